//! A certificate of a test's own, and a client that trusts it.

use std::time::Duration;

use rcgen::generate_simple_self_signed;
use tempfile::TempDir;

/// A folder with a certificate for `localhost` and its key.
pub(crate) fn pair() -> (TempDir, [(&'static str, String); 2]) {
    let folder = tempfile::tempdir().unwrap();
    let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let text = |path: std::path::PathBuf| path.into_os_string().into_string().unwrap();
    let settings = [
        ("HEMERA_HTTP__TLS_CERTIFICATE", text(certificate)),
        ("HEMERA_HTTP__TLS_KEY", text(key)),
    ];
    (folder, settings)
}

pub(crate) fn borrowed<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

pub(crate) fn client(folder: &TempDir) -> reqwest::Client {
    let pem = std::fs::read(folder.path().join("cert.pem")).unwrap();
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()])
        .timeout(Duration::from_secs(20))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
