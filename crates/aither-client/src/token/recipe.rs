//! Where a client's tokens come from, before the client is there.

use std::fmt;
use std::sync::Arc;

use freshness::{Clock, Sleep};

use super::{SharedTokens, StoreKeys, TokenSource, TokenStore};

/// The time that a client lives by.
#[derive(Clone, Debug)]
pub(crate) struct Time {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleep: Arc<dyn Sleep>,
}

/// Where tokens are shared, and what they are sealed with.
#[derive(Clone, Debug)]
pub(crate) struct Sharing {
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) keys: StoreKeys,
}

type Make = dyn Fn(&Time) -> Arc<dyn TokenSource> + Send + Sync;

/// How a client comes by its source.
#[derive(Clone)]
pub(crate) enum Recipe {
    /// It was handed over, with whatever clock it has.
    Given(Arc<dyn TokenSource>),
    /// It is made with the client, and lives by the same clock: what the settings describe.
    Described {
        /// As `AITHER_AUTH` calls it.
        way: &'static str,
        /// Whose tokens they are, where another process may use them as well; it says so to nobody else.
        shared_as: Option<String>,
        make: Arc<Make>,
    },
}

impl Recipe {
    pub(crate) fn described(
        way: &'static str,
        make: impl Fn(&Time) -> Arc<dyn TokenSource> + Send + Sync + 'static,
    ) -> Self {
        Self::Described {
            way,
            shared_as: None,
            make: Arc::new(make),
        }
    }

    /// Sources of the same name may stand in for each other.
    pub(crate) fn with_name(mut self, name: String) -> Self {
        if let Self::Described { shared_as, .. } = &mut self {
            *shared_as = Some(name);
        }
        self
    }

    /// With its tokens in `store`, where there is a name to find them by.
    pub(crate) fn shared(self, store: &Sharing) -> Self {
        match self {
            Self::Described {
                way,
                shared_as: Some(name),
                make,
            } => {
                let (Sharing { store, keys }, whose) = (store.clone(), name.clone());
                let shared = move |time: &Time| -> Arc<dyn TokenSource> {
                    let tokens =
                        SharedTokens::new(make(time), Arc::clone(&store), keys.clone(), whose.clone());
                    Arc::new(tokens.on(time.clone()))
                };
                Self::described(way, shared).with_name(name)
            }
            alone => alone,
        }
    }

    pub(crate) fn make(&self, time: &Time) -> Arc<dyn TokenSource> {
        match self {
            Self::Given(source) => Arc::clone(source),
            Self::Described { make, .. } => make(time),
        }
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(source) => source.fmt(f),
            Self::Described { way, .. } => f.write_str(way),
        }
    }
}
