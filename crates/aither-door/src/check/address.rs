//! Where a request was sent to. A page that has its own name resolve to this host (DNS rebinding) is recognized by its `Host`.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri};

use crate::entrance::Entrance;
use crate::refusal::Refusal;

/// The names of this host. Others that lead here, such as those of `/etc/hosts`, may lead elsewhere, too.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The port of `http` where none is written.
const USUAL_PORT: u16 = 80;

/// The target is a path, and there is exactly one `Host`: a name of this host, on TCP with the port of the door.
pub(super) fn check(entrance: &Entrance, target: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => return Err(Refusal::HostMissing),
        (Some(_), Some(_)) => return Err(Refusal::HostRepeated),
        (Some(host), None) => host,
    };
    if target.authority().is_some() || !target.path().starts_with('/') {
        return Err(Refusal::NotAPath);
    }
    if is_ours(entrance, host) {
        Ok(())
    } else {
        Err(Refusal::HostForeign)
    }
}

fn is_ours(entrance: &Entrance, host: &HeaderValue) -> bool {
    let Ok(authority) = Authority::try_from(host.as_bytes()) else {
        return false;
    };
    let name = authority.host();
    // Where something comes before the name, it is a user.
    let Some(rest) = authority.as_str().strip_prefix(name) else {
        return false;
    };
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => Some(USUAL_PORT),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        _ => None,
    };
    let is_port = match entrance {
        Entrance::Tcp { port: ours, .. } => port == Some(*ours),
        // A socket has no port; programs write what they like.
        Entrance::Unix => port.is_some(),
    };
    is_port && NAMES.iter().any(|ours| name.eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORT: u16 = 4100;

    fn refusal(entrance: &Entrance, target: &str, hosts: &[&str]) -> Option<Refusal> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, host.parse().unwrap());
        }
        check(entrance, &target.parse().unwrap(), &headers).err()
    }

    #[test]
    fn the_names_of_this_host_with_our_port_pass() {
        let entrance = Entrance::for_tests(PORT);
        for host in ["localhost:4100", "LocalHost:4100", "127.0.0.1:4100", "[::1]:4100"] {
            assert_eq!(refusal(&entrance, "/livez", &[host]), None, "{host}");
        }
        let usual = Entrance::for_tests(80);
        for host in ["localhost", "127.0.0.1:80", "[::1]"] {
            assert_eq!(refusal(&usual, "/livez", &[host]), None, "{host}");
        }
    }

    #[test]
    fn every_other_host_is_foreign() {
        let entrance = Entrance::for_tests(PORT);
        for host in [
            "localhost",
            "localhost:",
            "localhost:80",
            "localhost:41000",
            "localhost:4100:4100",
            "localhost:+4100",
            "localhost.:4100",
            "evil.example:4100",
            "localhost.evil.example:4100",
            "127.0.0.1.evil.example:4100",
            "127.0.0.2:4100",
            "127.1:4100",
            "0.0.0.0:4100",
            "2130706433:4100",
            "::1:4100",
            "[::]:4100",
            "[::ffff:127.0.0.1]:4100",
            "user@localhost:4100",
            "localhost@evil.example:4100",
            "http://localhost:4100",
            "localhost:4100, evil.example",
            "localhost:4100/",
            " ",
            "",
        ] {
            assert_eq!(
                refusal(&entrance, "/livez", &[host]),
                Some(Refusal::HostForeign),
                "{host:?}"
            );
        }
    }

    #[test]
    fn on_a_socket_any_port_passes_and_no_other_name() {
        for (host, is_ours) in [
            ("localhost", true),
            ("localhost:4100", true),
            ("localhost:", false),
            ("evil.example", false),
            ("localhost:99999", false),
        ] {
            let refused = refusal(&Entrance::Unix, "/livez", &[host]);
            assert_eq!(refused.is_none(), is_ours, "{host}");
        }
    }

    #[test]
    fn none_two_and_a_whole_url_are_refused() {
        let entrance = Entrance::for_tests(PORT);
        let good = "localhost:4100";
        assert_eq!(refusal(&entrance, "/livez", &[]), Some(Refusal::HostMissing));
        assert_eq!(
            refusal(&entrance, "/livez", &[good, good]),
            Some(Refusal::HostRepeated)
        );
        for target in [
            "http://localhost:4100/livez",
            "http://evil.example/livez",
            "*",
            "localhost:4100",
        ] {
            assert_eq!(
                refusal(&entrance, target, &[good]),
                Some(Refusal::NotAPath),
                "{target}"
            );
        }
        // In the order in which the page for operators lists them.
        let both = refusal(&entrance, "http://evil.example/livez", &["evil.example"]);
        assert_eq!(both, Some(Refusal::NotAPath));
    }
}
