//! Callers: who proved itself and how, why others did not, and which service keys are in use.

use std::time::{SystemTime, UNIX_EPOCH};

use clerk::Refusal;
use permissions::Role;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// A time in seconds since 1970.
type Timestamp = Gauge<f64, std::sync::atomic::AtomicU64>;

/// How a secret key of Clerk's came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClerkSecretAs {
    /// In `Authorization`, under whatever scheme.
    Bearer,
    /// In `X-API-Key`, in whatever form.
    ServiceKey,
}

/// A configured service key, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountedKey<'a> {
    /// The name under which it is configured.
    pub(crate) name: &'a str,
    /// When it ends, if it does.
    pub(crate) expires: Option<SystemTime>,
}

/// What is counted of credentials.
#[derive(Debug)]
pub(crate) struct AuthMetrics {
    accepted: Family<AcceptedLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    secrets: Family<SecretLabels, Counter>,
    key_uses: Family<KeyLabels, Counter>,
    key_last_used: Family<KeyLabels, Timestamp>,
    key_expiry: Family<KeyLabels, Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AcceptedLabels {
    proof: &'static str,
    role: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SecretLabels {
    sent_as: &'static str,
}

/// A service key by the name under which it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KeyLabels {
    name: String,
}

impl AuthMetrics {
    pub(super) fn register(registry: &mut Registry, service_keys: &[CountedKey<'_>]) -> Self {
        let metrics = Self {
            accepted: Family::default(),
            refusals: Family::default(),
            secrets: Family::default(),
            key_uses: Family::default(),
            key_last_used: Family::default(),
            key_expiry: Family::default(),
        };
        registry.register(
            "auth_accepted",
            "Credentials that proved their caller",
            metrics.accepted.clone(),
        );
        registry.register(
            "auth_refusals",
            "Credentials that were refused, by inner reason",
            metrics.refusals.clone(),
        );
        registry.register(
            "clerk_secret_presented",
            "Secret keys of Clerk that came as a credential, and so have leaked",
            metrics.secrets.clone(),
        );
        metrics.register_keys(registry, service_keys);
        // They are there from the start with 0, so that the first one is an increase.
        for refusal in Refusal::all() {
            let reason = refusal.reason();
            drop(metrics.refusals.get_or_create(&RefusalLabels { reason }));
        }
        for place in ClerkSecretAs::ALL {
            let sent_as = place.name();
            drop(metrics.secrets.get_or_create(&SecretLabels { sent_as }));
        }
        metrics
    }

    fn register_keys(&self, registry: &mut Registry, service_keys: &[CountedKey<'_>]) {
        for key in service_keys {
            self.add_key(key);
        }
        registry.register(
            "service_key_uses",
            "Requests with a service key",
            self.key_uses.clone(),
        );
        registry.register_with_unit(
            "service_key_last_used_timestamp",
            "When a service key was last accepted; absent until then",
            Unit::Seconds,
            self.key_last_used.clone(),
        );
        registry.register_with_unit(
            "service_key_expiry_timestamp",
            "When a service key ends; absent for one that does not",
            Unit::Seconds,
            self.key_expiry.clone(),
        );
    }

    fn add_key(&self, key: &CountedKey<'_>) {
        let labels = KeyLabels::of(key.name);
        drop(self.key_uses.get_or_create(&labels));
        match key.expires {
            Some(expires) => {
                self.key_expiry.get_or_create(&labels).set(seconds(expires));
            }
            None => {
                self.key_expiry.remove(&labels);
            }
        }
    }

    /// Counts these keys from now on in place of those, whose series end where they are not among them.
    pub(crate) fn replace_keys(&self, former: &[CountedKey<'_>], present: &[CountedKey<'_>]) {
        let is_present = |name| present.iter().any(|key| key.name == name);
        for key in former.iter().filter(|key| !is_present(key.name)) {
            let labels = KeyLabels::of(key.name);
            self.key_uses.remove(&labels);
            self.key_last_used.remove(&labels);
            self.key_expiry.remove(&labels);
        }
        for key in present {
            self.add_key(key);
        }
    }

    /// Counts a caller that has proved itself, by the kind of its proof, and by the name of its service key.
    pub(crate) fn accepted(&self, proof: &'static str, role: Role, key_name: Option<&str>, now: SystemTime) {
        let role = role.name();
        self.accepted.get_or_create(&AcceptedLabels { proof, role }).inc();
        if let Some(name) = key_name {
            let labels = KeyLabels::of(name);
            self.key_uses.get_or_create(&labels).inc();
            self.key_last_used.get_or_create(&labels).set(seconds(now));
        }
    }

    /// Counts a credential that was refused, and where it was a secret key of Clerk's, that too.
    pub(crate) fn refused(&self, reason: &'static str, clerk_secret: Option<ClerkSecretAs>) {
        self.refusals.get_or_create(&RefusalLabels { reason }).inc();
        if let Some(place) = clerk_secret {
            let sent_as = place.name();
            self.secrets.get_or_create(&SecretLabels { sent_as }).inc();
        }
    }
}

impl ClerkSecretAs {
    pub(crate) const ALL: [Self; 2] = [Self::Bearer, Self::ServiceKey];

    fn name(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::ServiceKey => "service_key",
        }
    }
}

impl KeyLabels {
    fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }
}

fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
