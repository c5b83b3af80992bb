//! The token source of a client that is not built yet.

use std::fmt;
use std::sync::Arc;

use network::Network;

use super::{SharedTokens, StoreKeys, Time, TokenSource, TokenStore};
use crate::auth_method::AuthMethod;

/// The store through which processes share tokens, and the keys that seal them.
#[derive(Clone, Debug)]
pub(crate) struct SharedStore {
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) keys: StoreKeys,
}

type Built = Result<Arc<dyn TokenSource>, clerk::Error>;
type Build = dyn Fn(&Time, &Network) -> Built + Send + Sync;

/// How a client gets its token source.
#[derive(Clone)]
pub(crate) enum SourceSpec {
    /// The source was passed in; it has its own clock.
    Given(Arc<dyn TokenSource>),
    /// The settings describe the source. It is built together with the client, and uses its clock and its network.
    FromSettings {
        method: AuthMethod,
        /// The name of the shared store entry, if other processes may use these tokens; see `settings::sharing`.
        shared_name: Option<String>,
        build: Arc<Build>,
    },
}

impl SourceSpec {
    pub(crate) fn from_settings(
        method: AuthMethod,
        build: impl Fn(&Time, &Network) -> Built + Send + Sync + 'static,
    ) -> Self {
        Self::FromSettings {
            method,
            shared_name: None,
            build: Arc::new(build),
        }
    }

    /// Allows other processes to share the tokens under this name.
    pub(crate) fn with_shared_name(mut self, name: String) -> Self {
        if let Self::FromSettings { shared_name, .. } = &mut self {
            *shared_name = Some(name);
        }
        self
    }

    /// Shares the tokens through `store`, if the source has a name for that.
    pub(crate) fn shared_through(self, store: &SharedStore) -> Self {
        match self {
            Self::FromSettings {
                method,
                shared_name: Some(name),
                build,
            } => {
                let (SharedStore { store, keys }, entry) = (store.clone(), name.clone());
                let shared = move |time: &Time, network: &Network| -> Built {
                    let source = build(time, network)?;
                    let tokens = SharedTokens::new(source, Arc::clone(&store), keys.clone(), entry.clone());
                    Ok(Arc::new(tokens.with_time(time.clone())))
                };
                Self::from_settings(method, shared).with_shared_name(name)
            }
            not_shared => not_shared,
        }
    }

    /// Fails only if TLS cannot be set up.
    pub(crate) fn build(&self, time: &Time, network: &Network) -> Built {
        match self {
            Self::Given(source) => Ok(Arc::clone(source)),
            Self::FromSettings { build, .. } => build(time, network),
        }
    }
}

impl fmt::Debug for SourceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(source) => source.fmt(f),
            Self::FromSettings { method, .. } => fmt::Display::fmt(method, f),
        }
    }
}
