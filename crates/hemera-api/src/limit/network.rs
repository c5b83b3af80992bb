//! The addresses that one caller can choose from.

use std::net::{IpAddr, Ipv6Addr};

/// What stands for all addresses that one customer of a network has: a single IPv4 address, or a whole /64 of IPv6,
/// where counting single addresses would limit no one. An IPv4 address that is written as an IPv6 one counts as IPv4.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_customer_has_one_network() {
        for (address, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:0:7::1", "2001:db8:0:7::"),
            ("2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:db8:0:7::"),
            ("2001:db8:0:8::1", "2001:db8:0:8::"),
        ] {
            let expected: IpAddr = expected.parse().unwrap();
            assert_eq!(network(address.parse().unwrap()), expected, "{address}");
        }
    }
}
