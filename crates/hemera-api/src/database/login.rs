//! The address and the login that connections are opened with. It may change while the server runs.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::config::DatabaseUrl;

/// What new connections are opened with. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Login(Arc<ArcSwap<NumberedLogin>>);

/// A login, and how many were there before it.
#[derive(Debug)]
pub(crate) struct NumberedLogin {
    pub(crate) url: DatabaseUrl,
    pub(crate) number: u64,
}

impl Login {
    pub(super) fn new(url: DatabaseUrl) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(NumberedLogin { url, number: 0 })))
    }

    /// The login that counts now.
    pub(crate) fn current(&self) -> Arc<NumberedLogin> {
        self.0.load_full()
    }

    /// Whether a connection was opened with the login that counts now.
    pub(super) fn is_current(&self, number: u64) -> bool {
        self.0.load().number == number
    }

    pub(super) fn replace(&self, url: &DatabaseUrl) {
        self.0.rcu(|current| NumberedLogin {
            url: url.clone(),
            number: current.number + 1,
        });
    }
}
