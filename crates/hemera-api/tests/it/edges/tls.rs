//! TLS by the server itself.

use clerk_emulator::{ClerkEmulator, Options};
use freshness::SystemClock;
use hemera_api::App;
use hemera_api::config::{Config, Inputs};

use crate::support::tls::{borrowed, client, pair};
use crate::support::{Served, TestDatabase, environment};

#[tokio::test]
async fn with_a_certificate_the_server_speaks_tls_and_nothing_else() {
    let (folder, settings) = pair();
    let server = Served::start_with(&borrowed(&settings)).await;
    let url = format!(
        "https://localhost:{}/api/service/courses?limit=1",
        server.address.port()
    );
    let answer = client(&folder)
        .get(&url)
        .bearer_auth(&server.token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");

    // Whoever does not trust the certificate does not get as far as sending the token.
    let (strangers, _) = pair();
    client(&strangers)
        .get(&url)
        .bearer_auth(&server.token)
        .send()
        .await
        .unwrap_err();

    let mut plain = server.connect().await;
    plain
        .send("GET /livez HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await;
    let text = plain.read_bytes().await;
    assert!(
        !text.windows(4).any(|bytes| bytes == b"HTTP"),
        "plain HTTP is answered"
    );
}

/// A client that connects and says nothing does not hold the connection.
#[tokio::test]
async fn a_handshake_that_does_not_come_is_not_waited_for() {
    let (_folder, mut settings) = pair();
    let mut settings = settings.as_mut_slice().to_vec();
    settings.push(("HEMERA_HTTP__HEADER_TIMEOUT", "150ms".to_owned()));
    let server = Served::start_with(&borrowed(&settings)).await;
    let mut silent = server.connect().await;
    assert!(silent.read_bytes().await.is_empty());
}

#[tokio::test]
async fn without_tls_of_its_own_the_server_promises_none() {
    let server = Served::start_with(&[]).await;
    let answer = server
        .exchange(b"GET /livez HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        .await;
    assert!(!answer.has_header("strict-transport-security"));
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_stops_the_start_with_one_line() {
    let clerk = ClerkEmulator::start(Options::production().with_shared_key())
        .await
        .unwrap();
    let database = TestDatabase::create().await;
    let (_one, [certificate, key]) = pair();
    let (_two, [_, others_key]) = pair();
    let missing = (key.0, "/nonexistent/key.pem".to_owned());
    let swapped = (certificate.0, key.1.clone());
    for (pair, line) in [
        (
            [certificate.clone(), others_key],
            "set HEMERA_HTTP__TLS_CERTIFICATE and HEMERA_HTTP__TLS_KEY to a pair",
        ),
        ([certificate, missing], "/nonexistent/key.pem has no private key"),
        ([swapped, key], "has no certificates that can be read"),
    ] {
        let config = Config::load(&Inputs {
            environment: environment(&clerk, &database, &borrowed(&pair)),
            environment_file: None,
            file: None,
        })
        .unwrap();
        let error = App::build(&config, std::sync::Arc::new(SystemClock))
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains(line) && !text.contains('\n'), "{text}");
    }
}
