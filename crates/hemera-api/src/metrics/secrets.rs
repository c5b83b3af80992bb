//! Secrets in files that were read again.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What is counted of them. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct SecretMetrics {
    reloads: Family<ReloadLabels, Counter>,
    refused: Family<SecretLabels, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    secret: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SecretLabels {
    secret: &'static str,
}

/// A secret that can be replaced while the server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretName {
    ServiceKeys,
    ClerkSecretKey,
    TlsCertificate,
    DatabaseUrl,
}

impl SecretName {
    const ALL: [Self; 4] = [
        Self::ServiceKeys,
        Self::ClerkSecretKey,
        Self::TlsCertificate,
        Self::DatabaseUrl,
    ];

    /// As the log and the metrics call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ServiceKeys => "service_keys",
            Self::ClerkSecretKey => "clerk_secret_key",
            Self::TlsCertificate => "tls_certificate",
            Self::DatabaseUrl => "database_url",
        }
    }
}

const APPLIED: &str = "applied";
const REFUSED: &str = "refused";

impl SecretMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            reloads: Family::default(),
            refused: Family::default(),
        };
        registry.register(
            "secret_reloads",
            "New values in files of secrets, applied or refused",
            metrics.reloads.clone(),
        );
        registry.register(
            "secret_refused",
            "Whether the file of a secret holds a value that is not in use",
            metrics.refused.clone(),
        );
        // They are there from the start with 0, so that the first one is an increase.
        for name in SecretName::ALL {
            let secret = name.name();
            for result in [APPLIED, REFUSED] {
                drop(metrics.reloads.get_or_create(&ReloadLabels { secret, result }));
            }
            metrics.differs(name, false);
        }
        metrics
    }

    /// Counts a new value that is in use now.
    pub(crate) fn applied(&self, secret: SecretName) {
        let (secret, result) = (secret.name(), APPLIED);
        self.reloads.get_or_create(&ReloadLabels { secret, result }).inc();
    }

    /// Counts a new value that was refused.
    pub(crate) fn refused(&self, secret: SecretName) {
        let (secret, result) = (secret.name(), REFUSED);
        self.reloads.get_or_create(&ReloadLabels { secret, result }).inc();
    }

    /// Notes whether the file holds a value that is not in use.
    pub(crate) fn differs(&self, secret: SecretName, differs: bool) {
        let (secret, value) = (secret.name(), i64::from(differs));
        self.refused.get_or_create(&SecretLabels { secret }).set(value);
    }
}
