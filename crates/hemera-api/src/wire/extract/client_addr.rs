//! The address that a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName};

/// The header to which each proxy appends the address that it sees.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The caller's address; `None` where it is not known.
///
/// Without trusted proxies it is the address of the connection's other end, and no header is believed. With `n` of them
/// it is the `n`th entry of `X-Forwarded-For` from the right: the proxies themselves have written those, and what stands
/// further left could come from the caller. A request that brings fewer entries did not come through all of
/// them; nothing is known of who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddr(pub Option<IpAddr>);

impl ClientAddr {
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted_proxies: usize) -> Self {
        let address = match trusted_proxies.checked_sub(1) {
            None => extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|info| info.0.ip()),
            Some(nearer) => forwarded(headers, nearer),
        };
        Self(address.map(|address| address.to_canonical()))
    }
}

/// The entry that stands before so many nearer ones. Several headers are one list in their order.
fn forwarded(headers: &HeaderMap, nearer: usize) -> Option<IpAddr> {
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    // A line that is not text is one entry that is no address.
    let entries = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    address_in(entries.into_iter().nth(nearer)?.trim())
}

/// Some proxies append the port.
fn address_in(entry: &str) -> Option<IpAddr> {
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = entry.parse().ok().or_else(bracketed);
    address.or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(lines: &[&'static str], proxies: usize) -> Option<String> {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 4000))));
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                X_FORWARDED_FOR,
                http::HeaderValue::from_bytes(line.as_bytes()).unwrap(),
            );
        }
        ClientAddr::of(&extensions, &headers, proxies)
            .0
            .map(|address| address.to_string())
    }

    #[test]
    fn header_is_ignored_without_a_trusted_proxy() {
        assert_eq!(client(&["203.0.113.9"], 0).as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn entries_are_counted_from_the_right_over_all_lines() {
        let lines = ["6.6.6.6, 203.0.113.9", "10.0.0.1,10.0.0.2"];
        for (proxies, expected) in [
            (1, "10.0.0.2"),
            (2, "10.0.0.1"),
            (3, "203.0.113.9"),
            (4, "6.6.6.6"),
        ] {
            assert_eq!(client(&lines, proxies).as_deref(), Some(expected), "{proxies}");
        }
    }

    #[test]
    fn missing_or_malformed_entry_gives_no_address() {
        for lines in [
            &[][..],
            &[""],
            &["unknown"],
            &["203.0.113.9,"],
            &["203.0.113.9, caf\u{e9}"],
        ] {
            assert_eq!(client(lines, 1), None, "{lines:?}");
        }
        assert_eq!(client(&["203.0.113.9"], 2), None);
    }

    #[test]
    fn ports_and_mapped_addresses_are_read() {
        for (entry, expected) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(client(&[entry], 1).as_deref(), Some(expected));
        }
    }

    proptest! {
        /// No matter what a caller writes in front, the address is the one that the nearest proxy wrote.
        #[test]
        fn caller_cannot_change_the_entry_of_a_proxy(
            forged in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..4),
            address in any::<[u8; 16]>(),
        ) {
            let address = IpAddr::from(address).to_canonical();
            let mut headers = HeaderMap::new();
            for line in forged {
                if let Ok(value) = http::HeaderValue::from_bytes(&line) {
                    headers.append(X_FORWARDED_FOR, value);
                }
            }
            // Nothing panics where there is only what a caller wrote.
            let _ = ClientAddr::of(&Extensions::new(), &headers, 2);
            headers.append(X_FORWARDED_FOR, address.to_string().parse().unwrap());
            prop_assert_eq!(ClientAddr::of(&Extensions::new(), &headers, 1), ClientAddr(Some(address)));
        }
    }
}
