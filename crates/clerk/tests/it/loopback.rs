//! Which URLs are this machine, and so may be called without TLS.

use clerk::is_loopback;
use url::Url;

#[test]
fn names_and_addresses_of_this_machine_are_loopback() {
    for text in [
        "http://localhost",
        "http://localhost:4010/v1",
        "http://LocalHost",
        "http://localhost.",
        "http://clerk.localhost:4010",
        "http://a.b.localhost",
        "http://clerk.localhost.",
        "http://127.0.0.1:4010",
        "http://127.255.255.254",
        "http://127.1",
        "http://[::1]:4010",
        "http://[::ffff:127.0.0.1]",
        "http://[::ffff:7f00:2]",
        "https://localhost",
    ] {
        assert!(is_loopback(&Url::parse(text).unwrap()), "{text}");
    }
}

#[test]
fn all_other_hosts_are_not_loopback() {
    for text in [
        "http://clerk.example.com",
        "http://localhost.example.com",
        "http://mylocalhost",
        "http://localhost-1",
        "http://localhost..",
        "http://127.0.0.1.example.com",
        "http://126.255.255.255",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://[::]",
        "http://[::2]",
        "http://[::127.0.0.1]",
        "http://[::ffff:10.0.0.1]",
        "http://[fe80::1]",
        "http://example.com/localhost",
        "http://localhost@example.com",
        "data:text/plain,localhost",
    ] {
        assert!(!is_loopback(&Url::parse(text).unwrap()), "{text}");
    }
}
