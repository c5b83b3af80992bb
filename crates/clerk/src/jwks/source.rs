//! Where a key set is fetched: a load for the cell that keeps it fresh.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Load, Loaded};

use super::activity::FetchLog;
use super::document::usable_keys;
use super::key::{Keys, LastFetched};
use crate::backend::BackendApi;
use crate::error::{Error, ErrorKind};
use crate::frontend::FrontendApi;
use crate::operation::ClerkOperation;

/// Who publishes the keys.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum KeySource {
    /// `GET /v1/jwks` at the Backend API, with the secret key. Clerk does not limit its rate.
    Backend(BackendApi),
    /// `GET /.well-known/jwks.json` at the issuer, without any credential.
    Issuer(FrontendApi),
}

pub(super) struct KeyLoad {
    pub(super) source: KeySource,
    pub(super) max_age: Duration,
    pub(super) log: Arc<FetchLog>,
    pub(super) last: LastFetched,
}

impl Load for KeyLoad {
    type Value = Arc<Keys>;
    type Error = Error;

    async fn load(&self) -> Result<Loaded<Arc<Keys>>, Error> {
        let fetch = self.log.begin();
        let document = match &self.source {
            KeySource::Backend(api) => api.jwks().await?,
            KeySource::Issuer(api) => api.jwks().await?,
        };
        let keys = usable_keys(&document);
        if keys.is_empty() {
            // Not a key set to replace a good one with.
            return Err(
                Error::new(ClerkOperation::ReadKeySet, ErrorKind::Unintelligible).with_code("no_usable_key")
            );
        }
        fetch.succeeded();
        let keys = Arc::new(keys);
        *self.last.lock() = Some(Arc::clone(&keys));
        Ok(Loaded::living(keys, self.max_age))
    }

    fn wait_after(&self, error: &Error) -> Option<Duration> {
        error.retry_after()
    }

    fn what(&self) -> &'static str {
        "Clerk's key set"
    }
}
