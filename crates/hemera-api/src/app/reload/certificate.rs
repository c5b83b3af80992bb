//! The files of the server's certificate and its key.

use std::path::PathBuf;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use freshness::Clock;

use super::secret::{NotUsed, Secret};
use crate::config::TlsConfig;
use crate::http::tls::{self, Certificate};
use crate::metrics::SecretName;

/// `HEMERA_HTTP__TLS_CERTIFICATE` and `HEMERA_HTTP__TLS_KEY`: one secret, because they have to be a pair. Where one is
/// replaced after the other, the old pair stays until both are there.
pub(super) struct CertificateFiles {
    config: TlsConfig,
    clock: Arc<dyn Clock>,
    /// What handshakes take their certificate from.
    in_use: RustlsConfig,
}

impl CertificateFiles {
    pub(super) fn new(config: TlsConfig, clock: Arc<dyn Clock>, in_use: RustlsConfig) -> Self {
        Self {
            config,
            clock,
            in_use,
        }
    }
}

impl Secret for CertificateFiles {
    type Value = Certificate;

    const NAME: SecretName = SecretName::TlsCertificate;
    const SETTING: &'static str = "HEMERA_HTTP__TLS_CERTIFICATE";

    fn files(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            (Self::SETTING, self.config.certificate.clone()),
            ("HEMERA_HTTP__TLS_KEY", self.config.key.clone()),
        ]
    }

    fn read(&self) -> Result<Certificate, String> {
        let certificate = tls::load(&self.config).map_err(|error| error.to_string())?;
        tls::check_dates(&self.config, self.clock.as_ref()).map_err(|error| error.to_string())?;
        Ok(certificate)
    }

    /// New handshakes get the new certificate; connections that are open stay as they are.
    async fn replace(&self, _: &Certificate, new: &Certificate) -> Result<(), NotUsed> {
        self.in_use.reload_from_config(Arc::clone(&new.server));
        Ok(())
    }
}
