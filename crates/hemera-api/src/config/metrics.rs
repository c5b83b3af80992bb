//! Settings of the metrics.

use std::net::SocketAddr;

use super::address::is_private;
use super::http::HttpConfig;
use super::setting::{Setting, settings};
use super::source::{Invalid, Source};

settings! { SETTINGS:
    /// Where Prometheus reads the metrics, over http at /metrics: an address of the loopback or of a private network, with
    /// a port of its own; port 0 takes a free one. Not set: nowhere.
    LISTEN: SocketAddr = Setting::at("metrics.listen").example("127.0.0.1:9464");

    /// Accept any other address there (0.0.0.0 in a container, say), because only the monitoring can reach it.
    NETWORK_IS_PRIVATE: bool = Setting::at("metrics.network_is_private").or("false");
}

/// Where the metrics are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// The address to listen on, port 0 taking a free one. `None`: nowhere.
    pub listen: Option<SocketAddr>,
}

impl MetricsConfig {
    /// The address alone, to read from and not to listen on.
    pub(super) fn read_listen(source: &mut Source) -> Result<Option<SocketAddr>, Invalid> {
        source.find(&LISTEN)
    }

    /// Callers come in elsewhere, where `http` says.
    pub(super) fn read(source: &mut Source, http: &Result<HttpConfig, Invalid>) -> Result<Self, Invalid> {
        let listen = source.find(&LISTEN);
        let network_is_private = source.read(&NETWORK_IS_PRIVATE);
        let (listen, network_is_private) = (listen?, network_is_private?);
        let Some(address) = listen else {
            return Ok(Self { listen });
        };
        let is_callers = |http: &HttpConfig| address.port() != 0 && address.port() == http.listen.port();
        if http.as_ref().is_ok_and(is_callers) {
            return Err(source.refuse(
                &LISTEN,
                "has the port of HEMERA_HTTP__LISTEN: metrics need one that callers do not reach",
            ));
        }
        if !network_is_private && !is_private(address.ip()) {
            return Err(source.refuse(
                &LISTEN,
                "can be reached from elsewhere, and /metrics has no password: set an address of the loopback or of a \
                 private network, or HEMERA_METRICS__NETWORK_IS_PRIVATE=true where only the monitoring gets there",
            ));
        }
        Ok(Self { listen })
    }
}
