//! The turn to mint: held while one process asks the issuer, and given back however that ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use uuid::Uuid;

use super::{StoreError, TokenStore};

/// Longer than a mint takes, sign-in included. A process that dies with its turn holds up the others for that long.
const LIFETIME: Duration = Duration::from_secs(8);

/// The lock of a name, held under an owner that nobody else can name. A turn that is dropped (its flight has reached its
/// deadline, or the client is gone) is given back all the same, where there is still a runtime to do it.
pub(super) struct Claim(Option<Held>);

struct Held {
    store: Arc<dyn TokenStore>,
    name: String,
    owner: String,
}

impl Claim {
    /// `None` where another has it.
    pub(super) async fn take(store: &Arc<dyn TokenStore>, name: &str) -> Result<Option<Self>, StoreError> {
        let held = Held {
            store: Arc::clone(store),
            name: name.to_owned(),
            owner: Uuid::new_v4().to_string(),
        };
        let taken = store.claim(name, &held.owner, LIFETIME).await?;
        Ok(taken.then_some(Self(Some(held))))
    }

    /// Gives it back, so that those who wait need not wait for its end.
    pub(super) async fn release(mut self) {
        if let Some(held) = self.0.take() {
            held.give_back().await;
        }
    }
}

impl Held {
    async fn give_back(self) {
        if let Err(error) = self.store.release(&self.name, &self.owner).await {
            tracing::debug!(%error, "the turn to mint was not given back; it ends by itself");
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let (Some(held), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            drop(runtime.spawn(held.give_back()));
        }
    }
}
