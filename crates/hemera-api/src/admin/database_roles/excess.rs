//! Rights that the roles have and should not have: granted by hand, by other logins, or to PUBLIC.

use std::fmt::Write as _;

use sqlx::PgConnection;

use super::RoleNames;
use super::query::{self, ExcessRight};

/// Takes back every right that the current login can take back, and returns those that remain.
pub(super) async fn revoke(
    connection: &mut PgConnection,
    names: &RoleNames,
) -> sqlx::Result<Vec<ExcessRight>> {
    let found = query::excess_rights(connection, names).await?;
    let (revocable, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|right| right.is_revocable);
    if revocable.is_empty() {
        return Ok(others);
    }
    for right in revocable {
        query::take_back(connection, right).await?;
    }
    query::excess_rights(connection, names).await
}

/// The rights that remain, and what to do about them.
pub(super) fn described(address: &str, rights: &[ExcessRight]) -> String {
    let mut text = format!(
        "the roles of {address} are granted, but they can do more than they should, by rights that this login cannot revoke:"
    );
    // Writing to a text cannot fail.
    for ExcessRight { role, right, .. } in rights {
        let _ = write!(text, "\n  {role}: {right}");
    }
    text.push_str("\nlet a superuser run this, then run `hemera-api migrate --roles` again:");
    for ExcessRight { statement, .. } in rights {
        let _ = write!(text, "\n  {statement};");
    }
    text
}
