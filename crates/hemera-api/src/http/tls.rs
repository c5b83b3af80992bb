//! TLS by rustls, where the server has a certificate of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::TlsConfig;

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificates cannot be read.
    #[error("{} has no certificates that can be read: HEMERA_HTTP__TLS_CERTIFICATE must name a PEM file", .0.display())]
    Certificate(PathBuf),
    /// The private key cannot be read.
    #[error("{} has no private key that can be read: HEMERA_HTTP__TLS_KEY must name a PEM file without a passphrase", .0.display())]
    Key(PathBuf),
    /// The two do not belong together, or rustls does not support them.
    #[error(
        "the certificate cannot be used with its key ({0}): set HEMERA_HTTP__TLS_CERTIFICATE and HEMERA_HTTP__TLS_KEY to a pair"
    )]
    Pair(rustls::Error),
}

/// Reads certificate and key. TLS 1.2 and 1.3, no client certificates, HTTP/1.1 only.
pub(crate) fn load(config: &TlsConfig) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(&config.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&config.key).map_err(|_| TlsError::Key(config.key.clone()))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Pair)?;
    let mut server = builder
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Pair)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(server))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = || TlsError::Certificate(path.to_owned());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|_| unreadable())?
        .collect();
    chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(unreadable)
}
