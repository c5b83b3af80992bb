//! What the server's login can do beyond what a server needs.

use sqlx::PgConnection;

use super::{DatabaseError, query};
use crate::config::DatabaseUrl;

/// Logs one warning for each right that a server does not need. A login with too many rights serves as well as another,
/// so nothing else would show it.
///
/// # Errors
/// [`DatabaseError::Unreachable`] if the rights cannot be read.
pub(super) async fn warn_of_excess(
    connection: &mut PgConnection,
    url: &DatabaseUrl,
) -> Result<(), DatabaseError> {
    let excess = query::excess_of_login(connection)
        .await
        .map_err(|error| DatabaseError::checking(url, &error))?;
    for right in excess {
        tracing::warn!(
            "the database login {} {right}, which a server does not need: run `hemera-api migrate --roles`, and let the \
             server use a login that is a member of hemera_server alone (docs/database.md)",
            url.login()
        );
    }
    Ok(())
}
