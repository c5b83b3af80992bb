//! The server's certificate and its key.

use std::path::Path;

use http::StatusCode;
use tempfile::TempDir;

use super::said;
use crate::support::tls::{borrowed, client, pair};
use crate::support::{CapturedLog, Served};

/// Puts a file of one pair into the place of another's.
fn replace(name: &str, of: &TempDir, by: &TempDir) {
    let at = |folder: &TempDir| Path::new(folder.path()).join(name);
    std::fs::copy(at(by), at(of)).unwrap();
}

async fn livez(server: &Served, client: &reqwest::Client) -> Result<StatusCode, reqwest::Error> {
    let url = format!("https://localhost:{}/livez", server.address.port());
    client.get(url).send().await.map(|answer| answer.status())
}

/// Certificate and key are replaced one after the other: until both fit, handshakes get the old pair. A connection that
/// is open stays.
#[tokio::test]
async fn new_handshakes_get_the_new_pair_once_it_is_one() {
    let (files, settings) = pair();
    let (new, _) = pair();
    // Trusts the old certificate, also after the file is another one.
    let of_old = client(&files);
    let server = Served::start_with(&borrowed(&settings)).await;
    livez(&server, &of_old).await.unwrap();
    let log = CapturedLog::start();

    replace("cert.pem", &files, &new);
    server.secrets.read_now().await;
    let lines = said(&log, "WARN");
    assert!(
        lines.len() == 1
            && lines[0].contains("HEMERA_HTTP__TLS_CERTIFICATE and HEMERA_HTTP__TLS_KEY to a pair"),
        "{lines:?}"
    );
    let (other_old, of_new) = (reqwest::Client::clone(&of_old), client(&new));
    livez(&server, &of_new).await.unwrap_err();

    replace("key.pem", &files, &new);
    server.secrets.read_now().await;
    assert_eq!(said(&log, "INFO"), ["secret tls_certificate was replaced"]);
    assert_eq!(livez(&server, &of_new).await.unwrap(), 200);
    // Over the connection that it has.
    assert_eq!(livez(&server, &other_old).await.unwrap(), 200);
    drop((of_old, other_old));
}

#[tokio::test]
async fn files_that_cannot_be_used_leave_the_pair_in_use() {
    let (files, settings) = pair();
    let server = Served::start_with(&borrowed(&settings)).await;
    let trusting = client(&files);
    let log = CapturedLog::start();
    for (name, setting) in [
        ("cert.pem", "HEMERA_HTTP__TLS_CERTIFICATE"),
        ("key.pem", "HEMERA_HTTP__TLS_KEY"),
    ] {
        let path = files.path().join(name);
        let content = std::fs::read(&path).unwrap();
        for broken in ["", "-----BEGIN CERTIFICATE-----\nAAAA"] {
            let before = said(&log, "WARN").len();
            std::fs::write(&path, broken).unwrap();
            server.secrets.read_now().await;
            let lines = said(&log, "WARN");
            assert_eq!(lines.len(), before + 1);
            assert!(lines[before].contains(setting), "{lines:?}");
        }
        std::fs::remove_file(&path).unwrap();
        server.secrets.read_now().await;
        let lines = said(&log, "WARN");
        let wanted = format!("{setting}: names a file that cannot be read (entity not found)");
        assert!(lines.last().unwrap().contains(&wanted), "{lines:?}");
        std::fs::write(&path, content).unwrap();
    }
    assert_eq!(livez(&server, &trusting).await.unwrap(), 200);
}
