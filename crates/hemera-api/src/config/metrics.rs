//! Settings of the metrics.

use std::net::{IpAddr, SocketAddr};

use super::key;
use super::source::Source;

/// Where the metrics are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsConfig {
    /// The address to listen on, port 0 taking a free one. `None`: nowhere.
    pub listen: Option<SocketAddr>,
}

impl MetricsConfig {
    /// `public` is where callers come in: never the same.
    pub(super) fn take(source: &mut Source, public: SocketAddr) -> Self {
        let listen: Option<SocketAddr> = source.take(&key::METRICS_LISTEN);
        let network_is_private = source.flag(&key::METRICS_NETWORK_IS_PRIVATE);
        if let Some(address) = listen {
            if address.port() != 0 && address.port() == public.port() {
                source.fault(
                    &key::METRICS_LISTEN,
                    "has the port of HEMERA_HTTP__LISTEN: metrics need one that callers do not reach",
                );
            } else if !network_is_private && !is_private(address.ip()) {
                source.fault(
                    &key::METRICS_LISTEN,
                    "can be reached from elsewhere, and metrics are for whoever asks: set an address of the loopback or \
                     of a private network, or HEMERA_METRICS__NETWORK_IS_PRIVATE=true where only the monitoring gets there",
                );
            }
        }
        Self { listen }
    }
}

/// Whether the address belongs to this machine or to a network that the internet does not reach. `0.0.0.0` and `::` are
/// all addresses of the machine, so they do not.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}
