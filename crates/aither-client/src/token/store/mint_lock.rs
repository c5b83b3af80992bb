//! The lock to mint: held while one process asks the issuer, and released in any case.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use uuid::Uuid;

use super::{StoreError, TokenStore};

/// Longer than a mint takes, including a sign-in. A process that dies with the lock delays the others for this long.
const LIFETIME: Duration = Duration::from_secs(8);

/// The lock of a name, held by a unique owner. A lock that is dropped (the flight has reached its deadline, or the client
/// is gone) is released, too, if a runtime is still there to do it.
pub(super) struct MintLock(Option<Owned>);

struct Owned {
    store: Arc<dyn TokenStore>,
    name: String,
    owner: String,
}

impl MintLock {
    /// `None` if another process holds the lock.
    pub(super) async fn try_take(
        store: &Arc<dyn TokenStore>,
        name: &str,
    ) -> Result<Option<Self>, StoreError> {
        let owned = Owned {
            store: Arc::clone(store),
            name: name.to_owned(),
            owner: Uuid::new_v4().to_string(),
        };
        let taken = store.claim(name, &owned.owner, LIFETIME).await?;
        Ok(taken.then_some(Self(Some(owned))))
    }

    /// Releases the lock before it expires, so that other processes need not wait for that.
    pub(super) async fn release(mut self) {
        if let Some(owned) = self.0.take() {
            owned.release().await;
        }
    }
}

impl Owned {
    async fn release(self) {
        if let Err(error) = self.store.release(&self.name, &self.owner).await {
            let cause = error.cause();
            tracing::debug!(%error, cause, "the lock to mint was not released; it expires by itself");
        }
    }
}

impl Drop for MintLock {
    fn drop(&mut self) {
        if let (Some(owned), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            drop(runtime.spawn(owned.release()));
        }
    }
}
