//! What `migrate --roles` would do: it is done in a transaction that is rolled back, and compared with what was before.

mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use self::script::Waiting;
use super::names::RoleNames;
use super::query::{self, ExcessRight, HeldRight};
use super::{Aborted, RolesError, connect_within, excess};
use crate::config::DatabaseUrl;
use crate::database::MigrationLimits;

/// What a run would change.
#[derive(Debug, Default)]
pub(crate) struct RolesPreview {
    created: Vec<String>,
    granted: Vec<String>,
    taken: Vec<String>,
    /// Statements about what migrations that are pending make.
    after_migrations: Vec<String>,
    handed_over: Vec<String>,
    /// The rights that the login cannot revoke.
    pub(crate) remaining: Vec<ExcessRight>,
}

/// Tries what a run would do, and leaves nothing of it.
///
/// # Errors
/// [`RolesError`]: a run would fail with the same.
pub(crate) async fn preview(
    url: &DatabaseUrl,
    names: &RoleNames,
    limits: MigrationLimits,
) -> Result<RolesPreview, RolesError> {
    let mut connection = connect_within(url, limits).await?;
    let tried = try_out(&mut connection, names).await;
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    tried.map_err(|aborted| RolesError::of(url, aborted))
}

async fn try_out(connection: &mut PgConnection, names: &RoleNames) -> Result<RolesPreview, Aborted> {
    let mut transaction = connection.begin().await?;
    query::wait_for_turn(&mut transaction).await?;
    let before = query::held_rights(&mut transaction, names).await?;
    let created = super::create_roles(&mut transaction, names).await?;
    query::join(&mut transaction, &names.owner()).await?;
    let waiting = script::run(&mut transaction, names).await?;
    let handed_over = query::statements_of_handing_over(&mut transaction, &names.owner()).await?;
    let remaining = excess::revoke(&mut transaction, names).await?;
    let after = query::held_rights(&mut transaction, names).await?;
    transaction.rollback().await?;
    Ok(compared(
        &before,
        &after,
        created,
        waiting,
        handed_over,
        remaining,
    ))
}

fn compared(
    before: &BTreeSet<HeldRight>,
    after: &BTreeSet<HeldRight>,
    created: Vec<String>,
    waiting: Vec<Waiting>,
    handed_over: Vec<String>,
    remaining: Vec<ExcessRight>,
) -> RolesPreview {
    // All rights were taken back first, and what gives some of them waits: these would not be taken back.
    let is_settled = |right: &&HeldRight| !waiting.iter().any(|waiting| waiting.concerns(&right.object));
    RolesPreview {
        created,
        granted: grouped(after.difference(before).filter(is_settled)),
        taken: grouped(before.difference(after).filter(is_settled)),
        after_migrations: waiting.into_iter().map(|waiting| waiting.statement).collect(),
        handed_over,
        remaining,
    }
}

/// A line for each role, privilege and object, with the columns.
fn grouped<'r>(rights: impl Iterator<Item = &'r HeldRight>) -> Vec<String> {
    let mut groups: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for right in rights {
        let key = (
            right.role.as_str(),
            right.object.as_str(),
            right.privilege.as_str(),
        );
        groups.entry(key).or_default().extend(right.field.as_deref());
    }
    let line = |((role, object, privilege), fields): ((&str, &str, &str), Vec<&str>)| {
        if fields.is_empty() {
            format!("{role}: {privilege} on {object}")
        } else {
            format!("{role}: {privilege} ({}) on {object}", fields.join(", "))
        }
    };
    groups.into_iter().map(line).collect()
}

impl RolesPreview {
    pub(crate) fn as_json(&self) -> Value {
        json!({
            "created": self.created,
            "granted": self.granted,
            "takenBack": self.taken,
            "afterTheMigrations": self.after_migrations,
            "handedOver": self.handed_over,
            "remaining": self.remaining.iter().map(|right| json!({
                "role": right.role,
                "right": right.right,
                "statement": right.statement,
            })).collect::<Vec<_>>(),
        })
    }
}

impl Display for RolesPreview {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let remaining: Vec<String> = self
            .remaining
            .iter()
            .map(|right| {
                format!(
                    "{}: {} (a superuser can: {})",
                    right.role, right.right, right.statement
                )
            })
            .collect();
        for (title, lines) in [
            ("roles would be created", &self.created),
            ("rights would be granted", &self.granted),
            ("rights would be taken back", &self.taken),
            (
                "statements would run after the migrations, on what these make",
                &self.after_migrations,
            ),
            ("objects would change their owner", &self.handed_over),
            ("rights would remain that this login cannot revoke", &remaining),
        ] {
            if lines.is_empty() && title.contains("after the migrations") {
                continue;
            }
            writeln!(f, "{} {title}", lines.len())?;
            for line in lines {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}
