//! Who has sent a request: a program on this host, and neither a web page in a browser nor a proxy.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::refusal::Refusal;

/// What pages cannot set and browsers send: `Sec-Fetch-…` with every request to this host, and others of its kind.
const OF_BROWSERS: &str = "sec-";

/// What browsers ask before they send a page's request.
const OF_PREFLIGHTS: &str = "access-control-request-";

/// What `fetch` of Node.js sends with every request, and alone: a browser sends `Sec-Fetch-Site` and `Sec-Fetch-Dest` with it.
const OF_NODE: (&str, &str) = ("sec-fetch-mode", "cors");

const OF_PROXIES: [&str; 3] = ["forwarded", "via", "x-real-ip"];
const OF_PROXIES_TOO: &str = "x-forwarded-";

/// There is no header that only a browser or a proxy sends.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    for (name, value) in headers {
        if is_of_browser(name, value) {
            return Err(Refusal::FromBrowser);
        }
        let name = name.as_str();
        if OF_PROXIES.contains(&name) || name.starts_with(OF_PROXIES_TOO) {
            return Err(Refusal::ThroughProxy);
        }
    }
    Ok(())
}

fn is_of_browser(name: &HeaderName, value: &HeaderValue) -> bool {
    let is_node = (name.as_str(), value.as_bytes()) == (OF_NODE.0, OF_NODE.1.as_bytes());
    name == http::header::ORIGIN
        || name.as_str().starts_with(OF_PREFLIGHTS)
        || (name.as_str().starts_with(OF_BROWSERS) && !is_node)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(sent: &[(&'static str, &str)]) -> Option<Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        check(&headers).err()
    }

    #[test]
    fn headers_of_browsers_are_refused() {
        for header in [
            ("origin", "null"),
            ("origin", "http://localhost:4100"),
            ("origin", ""),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
            ("sec-fetch-mode", "no-cors"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-mode", "cors, cors"),
            ("sec-fetch-dest", "empty"),
            ("sec-fetch-user", "?1"),
            ("sec-fetch-storage-access", "active"),
            ("sec-ch-ua", "\"Chromium\""),
            ("sec-gpc", "1"),
            ("sec-websocket-key", "x"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-private-network", "true"),
        ] {
            assert_eq!(refusal(&[header]), Some(Refusal::FromBrowser), "{header:?}");
        }
    }

    #[test]
    fn a_browser_is_known_by_what_it_sends_beside_the_mode_that_node_sends_too() {
        assert_eq!(refusal(&[("sec-fetch-mode", "cors")]), None);
        for beside in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-dest", "empty"),
            ("origin", "null"),
        ] {
            let sent = [("sec-fetch-mode", "cors"), beside];
            assert_eq!(refusal(&sent), Some(Refusal::FromBrowser), "{beside:?}");
        }
    }

    #[test]
    fn headers_of_proxies_are_refused() {
        for header in [
            ("forwarded", "for=192.0.2.1"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-host", "localhost"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-anything", ""),
            ("x-real-ip", "127.0.0.1"),
            ("via", "1.1 proxy"),
        ] {
            assert_eq!(refusal(&[header]), Some(Refusal::ThroughProxy), "{header:?}");
        }
    }

    #[test]
    fn what_programs_send_passes() {
        assert_eq!(
            refusal(&[
                ("accept", "*/*"),
                ("user-agent", "node"),
                ("secret-santa", "x"),
                ("cookie", "a=b")
            ]),
            None
        );
    }
}
