//! An address of this host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use crate::error::BindError;

/// Listens on an address that only this host can reach.
pub(crate) fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), BindError> {
    let is_loopback = match address.ip() {
        IpAddr::V4(ip) => ip == Ipv4Addr::LOCALHOST,
        IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST,
    };
    if !is_loopback {
        return Err(BindError::NotLoopback(address));
    }
    let listen = || {
        let listener = TcpListener::bind(address)?;
        let bound = listener.local_addr()?;
        Ok((listener, bound))
    };
    listen().map_err(|fault| BindError::Address { address, fault })
}
