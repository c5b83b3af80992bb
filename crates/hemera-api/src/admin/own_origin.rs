//! Where the server of these settings is reached from its own machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

use crate::config::HttpConfig;

/// Scheme, address and port.
///
/// # Errors
/// None that is known: every address makes an origin.
pub(super) fn own_origin(http: &HttpConfig) -> Result<Url, url::ParseError> {
    let scheme = if http.tls.is_some() { "https" } else { "http" };
    Url::parse(&format!("{scheme}://{}", reachable(http.listen)))
}

/// The address to call: for a server that listens on all addresses, the loopback address.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
