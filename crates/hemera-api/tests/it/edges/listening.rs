//! Where the server refuses to listen.

use hemera_api::config::{Config, Faults, Inputs};

fn load(settings: &[(&str, &str)]) -> Result<Config, Faults> {
    let least = [
        ("DATABASE_URL", "postgres://hemera@localhost/hemera"),
        ("CLERK_SECRET_KEY", "sk_test_4711"),
        ("CLERK_ISSUER", "https://clerk.example.com"),
    ];
    let environment = least
        .iter()
        .chain(settings)
        .map(|(name, value)| (name.into(), value.into()));
    Config::load(&Inputs {
        environment: environment.collect(),
        environment_file: None,
        file: None,
    })
}

#[test]
fn an_address_that_others_reach_needs_tls_or_a_proxy_that_speaks_it() {
    for address in [
        "0.0.0.0:8080",
        "[::]:8080",
        "10.1.2.3:8080",
        "203.0.113.1:443",
        "[2001:db8::1]:443",
    ] {
        let listen = ("HEMERA_HTTP__LISTEN", address);
        let fault = load(&[listen]).unwrap_err().to_string();
        assert!(
            fault.contains("HEMERA_HTTP__LISTEN") && fault.contains("HEMERA_HTTP__TLS_AT_PROXY=true"),
            "{fault}"
        );
        load(&[listen, ("HEMERA_HTTP__TLS_AT_PROXY", "true")]).unwrap();
        let pair = [
            listen,
            ("HEMERA_HTTP__TLS_CERTIFICATE", "cert.pem"),
            ("HEMERA_HTTP__TLS_KEY", "key.pem"),
        ];
        assert!(load(&pair).unwrap().http.tls.is_some());
    }
    for address in ["127.0.0.1:8080", "127.8.8.8:1", "[::1]:8080"] {
        load(&[("HEMERA_HTTP__LISTEN", address)]).unwrap();
    }
}

#[test]
fn half_a_pair_is_a_fault() {
    let certificate = load(&[("HEMERA_HTTP__TLS_CERTIFICATE", "cert.pem")])
        .unwrap_err()
        .to_string();
    assert!(
        certificate.contains("HEMERA_HTTP__TLS_KEY: is missing"),
        "{certificate}"
    );
    let key = load(&[("HEMERA_HTTP__TLS_KEY", "key.pem")])
        .unwrap_err()
        .to_string();
    assert!(key.contains("HEMERA_HTTP__TLS_CERTIFICATE: is missing"), "{key}");
}

#[test]
fn networks_are_read_strictly() {
    for odd in ["10.0.0.1/8", "10.0.0.0/33", "example.com", "10.0.0.0/8;::1", "*"] {
        let fault = load(&[("HEMERA_HTTP__ALLOWED_CLIENTS", odd)])
            .unwrap_err()
            .to_string();
        assert!(
            fault.contains("HEMERA_HTTP__ALLOWED_CLIENTS") && !fault.contains(odd),
            "{fault}"
        );
    }
    let config = load(&[("HEMERA_HTTP__ALLOWED_CLIENTS", "10.0.0.0/8,, ::1 ")]).unwrap();
    assert_eq!(config.http.allowed_clients.len(), 2);
}
