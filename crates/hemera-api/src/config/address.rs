//! Where an address is: on this machine, in a network that the internet does not reach, or on the internet.

use std::net::IpAddr;

/// Whether the address belongs to this machine or to a network that the internet does not reach. `0.0.0.0` and `::` are
/// all addresses of the machine, so they do not.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Whether others reach the address over the internet, if they reach it at all. All addresses of a machine (`0.0.0.0`) may
/// be private ones.
pub(super) fn is_on_the_internet(address: IpAddr) -> bool {
    let is_shared = match address.to_canonical() {
        // Between a provider and its customers (RFC 6598).
        IpAddr::V4(v4) => v4.octets()[0] == 100 && v4.octets()[1] & 0b1100_0000 == 64,
        IpAddr::V6(_) => false,
    };
    !is_private(address) && !address.is_unspecified() && !is_shared
}

/// The same for a host. Where a name leads is not known here.
pub(super) fn is_host_on_the_internet(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(host).parse().is_ok_and(is_on_the_internet)
}
