//! TLS by rustls, where the server has a certificate of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use freshness::Clock;
use hemera_types::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, RootCertStore, ServerConfig};
use sha2::{Digest as _, Sha256};

use crate::config::TlsConfig;

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificates cannot be read.
    #[error("{} has no certificates that can be read ({cause}): HEMERA_HTTP__TLS_CERTIFICATE must name a PEM file", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The private key cannot be read.
    #[error("{} has no private key that can be read ({cause}): HEMERA_HTTP__TLS_KEY must name a PEM file without a passphrase", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The two do not belong together, or rustls does not support them.
    #[error(
        "the certificate cannot be used with its key ({0}): set HEMERA_HTTP__TLS_CERTIFICATE and HEMERA_HTTP__TLS_KEY to a pair"
    )]
    Pair(rustls::Error),
    /// No client accepts the certificate any more, or yet.
    #[error(
        "the certificate in {} {problem}: set HEMERA_HTTP__TLS_CERTIFICATE and HEMERA_HTTP__TLS_KEY to a pair that is valid \
         now, and check this machine's clock", path.display()
    )]
    NotValidNow {
        /// The file.
        path: PathBuf,
        /// Since when, or until when.
        problem: String,
    },
}

impl TlsError {
    /// The setting that is wrong.
    pub(crate) fn setting(&self) -> &'static str {
        match self {
            Self::Certificate { .. } | Self::Pair(_) | Self::NotValidNow { .. } => {
                "HEMERA_HTTP__TLS_CERTIFICATE"
            }
            Self::Key { .. } => "HEMERA_HTTP__TLS_KEY",
        }
    }
}

/// A certificate with its key, ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// Of certificates and key, as they are in the files.
    fingerprint: [u8; 32],
    pub(crate) server: Arc<ServerConfig>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

/// Reads certificate and key. TLS 1.2 and 1.3, no client certificates, HTTP/1.1 only.
pub(crate) fn load(config: &TlsConfig) -> Result<Certificate, TlsError> {
    let chain = certificates(&config.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&config.key).map_err(|error| TlsError::Key {
        path: config.key.clone(),
        cause: cause(&error),
    })?;
    let mut content = Sha256::new();
    for part in chain.iter().map(AsRef::as_ref).chain([key.secret_der()]) {
        content.update(part.len().to_be_bytes());
        content.update(part);
    }
    let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Pair)?;
    let mut server = builder
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Pair)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Certificate {
        fingerprint: content.finalize().into(),
        server: Arc::new(server),
    })
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unreadable = |error: &pem::Error| TlsError::Certificate {
        path: path.to_owned(),
        cause: cause(error),
    };
    let chain = CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))?;
    let chain: Vec<_> = chain
        .collect::<Result<_, _>>()
        .map_err(|error| unreadable(&error))?;
    if chain.is_empty() {
        return Err(unreadable(&pem::Error::NoItemsFound));
    }
    Ok(chain)
}

/// What is wrong with a PEM file, without anything that it holds.
fn cause(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => error.kind().to_string(),
        pem::Error::NoItemsFound => "nothing of that kind is in it".to_owned(),
        _ => "it is no PEM".to_owned(),
    }
}

/// Holds that clients accept the certificate's dates now.
pub(crate) fn check_dates(config: &TlsConfig, clock: &dyn Clock) -> Result<(), TlsError> {
    let chain = certificates(&config.certificate)?;
    let (Some(own), Ok(now)) = (chain.first(), clock.now().wall.duration_since(UNIX_EPOCH)) else {
        return Ok(());
    };
    // As a client would that trusts this very certificate. It looks at the dates first; whom clients trust is theirs to say.
    let mut roots = RootCertStore::empty();
    if roots.add(own.clone()).is_err() {
        return Ok(());
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let Ok(client) = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build() else {
        return Ok(());
    };
    let name = ServerName::from(std::net::IpAddr::from([127, 0, 0, 1]));
    let now = UnixTime::since_unix_epoch(now);
    let verified = client.verify_server_cert(own, &[], &name, &[], now);
    let shown = |time: UnixTime| Timestamp::from(UNIX_EPOCH + std::time::Duration::from_secs(time.as_secs()));
    let problem = match verified {
        Err(rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            format!("has expired at {}", shown(not_after))
        }
        Err(rustls::Error::InvalidCertificate(CertificateError::NotValidYetContext {
            not_before, ..
        })) => {
            format!("is not valid before {}", shown(not_before))
        }
        _ => return Ok(()),
    };
    Err(TlsError::NotValidNow {
        path: config.certificate.clone(),
        problem,
    })
}
