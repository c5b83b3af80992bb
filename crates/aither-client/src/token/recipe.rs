//! Where a client's tokens come from, before the client is there.

use std::fmt;
use std::sync::Arc;

use freshness::Clock;

use super::TokenSource;

/// The time that a client lives by.
#[derive(Clone, Debug)]
pub(crate) struct Time {
    pub(crate) clock: Arc<dyn Clock>,
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
            make: Arc::new(make),
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
