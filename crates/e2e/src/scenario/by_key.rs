//! The rollback path: a service key in place of Clerk.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::failure::{Failure, holds};
use crate::query;
use crate::scenario::reads_and_writes;
use crate::walk::{Walk, refused};

/// Whom the server takes the key's holder for.
const SUBJECT: &str = "aither-by-key";

/// A service key of this walk alone. Aither holds its text; the server knows only its hash.
pub(crate) struct ServiceKey(String);

impl ServiceKey {
    /// A new key.
    pub(crate) fn make() -> Self {
        Self(format!(
            "hk_{}{}",
            Uuid::new_v4().simple(),
            Uuid::new_v4().simple()
        ))
    }

    /// What Aither sends.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The settings that make the server accept it, under the name `rollback`.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let hash = hex::encode(Sha256::digest(&self.0));
        vec![
            ("HEMERA_SERVICE_KEYS__ROLLBACK__SHA256", hash),
            ("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", SUBJECT.to_owned()),
        ]
    }
}

/// Everything that the service user does, with the key; and a wrong key is refused.
pub(super) async fn whole_again(walk: &Walk<'_>, key: &ServiceKey) -> Result<(), Failure> {
    let client = walk.client_with_key(&key.0)?;
    reads_and_writes::reads(walk, &client).await?;
    reads_and_writes::writes(walk, &client).await?;
    refused(403, client.service_usage(7).await)?;
    let wrong = walk.client_with_key(&ServiceKey::make().0)?;
    refused(401, wrong.service_usage(7).await)?;
    let records = query::audit_records(walk.stack.database.pool(), SUBJECT).await?;
    holds(
        "audit records under the key's subject",
        records.len() >= 6,
        records.len(),
    )
}
