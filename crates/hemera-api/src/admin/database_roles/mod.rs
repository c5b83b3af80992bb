//! The database roles: what a login may do, by its purpose.
//!
//! Three roles that cannot log in: the server's, the auditors' and the owner's. The operator creates the logins and makes
//! each a member of one role. The privileges of all roles are in one file, `grants.sql`, which psql can run too.

mod excess;
mod names;
mod preview;
mod query;

pub use self::names::{InvalidRolePrefix, RoleNames};
pub(crate) use self::preview::{RolesPreview, preview};
pub use self::query::ExcessRight;

use sqlx::{Connection as _, PgConnection};

use crate::config::DatabaseUrl;
use crate::database::{DatabaseError, MigrationLimits, cause_of, connect};

/// What a run has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantReport {
    /// The roles that were created now.
    pub created: Vec<String>,
    /// How many tables, types and functions changed their owner to the owner role now.
    pub handed_over: usize,
}

/// Why the roles are not as they should be.
#[derive(Debug, thiserror::Error)]
pub enum RolesError {
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A role of that name exists and is more than a bundle of privileges.
    #[error(
        "the role {role} {excess}, which its members would inherit: drop it, or choose other names with --role-prefix"
    )]
    MoreThanPrivileges {
        /// The role's name.
        role: String,
        /// What it can do besides, in words.
        excess: String,
    },
    /// The roles are granted, and can do more than they should by rights that this login cannot revoke.
    #[error("{}", excess::described(.address, .rights))]
    ExcessRights {
        /// Host, port and database.
        address: String,
        /// The rights that remain.
        rights: Vec<ExcessRight>,
    },
    /// A statement failed.
    #[error(
        "the roles of {address} cannot be granted ({cause}): nothing was changed; run this as the owner of the \
         database with CREATEROLE, or as a superuser"
    )]
    Failed {
        /// Host, port and database.
        address: String,
        /// What the attempt gave, in one line.
        cause: String,
    },
}

impl RolesError {
    fn of(url: &DatabaseUrl, aborted: Aborted) -> Self {
        match aborted {
            Aborted::MoreThanPrivileges { role, attributes } => Self::MoreThanPrivileges {
                role,
                excess: attributes.join(", "),
            },
            Aborted::Refused(error) => match DatabaseError::changing(url, &error) {
                error @ DatabaseError::Locked { .. } => Self::Database(error),
                _ => Self::Failed {
                    address: url.shown(),
                    cause: cause_of(&error),
                },
            },
        }
    }
}

/// Creates the missing roles, gives each exactly its privileges in this database, and makes the owner role the owner of
/// what the current login owns. It changes everything or nothing, and may be repeated at any time, with servers running.
///
/// Roles belong to the whole cluster, privileges to one database. So runs in one database wait for each other, and of
/// runs in several databases the first creates the roles.
///
/// # Errors
/// [`RolesError`]. Nothing was changed, except with [`RolesError::ExcessRights`].
pub async fn grant(url: &DatabaseUrl, names: &RoleNames) -> Result<GrantReport, RolesError> {
    grant_within(url, names, MigrationLimits::default()).await
}

/// The same, within other limits.
///
/// # Errors
/// As [`grant`].
pub async fn grant_within(
    url: &DatabaseUrl,
    names: &RoleNames,
    limits: MigrationLimits,
) -> Result<GrantReport, RolesError> {
    let mut connection = connect_within(url, limits).await?;
    let mut attempts = limits.attempts("the rights of the roles");
    let done = loop {
        let done = grant_in(&mut connection, names).await;
        if !attempts.allow_another(done.as_ref().err().and_then(Aborted::sql_error)) {
            break done;
        }
        attempts.pause().await;
    };
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    let (report, rights) = done.map_err(|aborted| RolesError::of(url, aborted))?;
    if rights.is_empty() {
        return Ok(report);
    }
    Err(RolesError::ExcessRights {
        address: url.shown(),
        rights,
    })
}

async fn connect_within(url: &DatabaseUrl, limits: MigrationLimits) -> Result<PgConnection, DatabaseError> {
    let options = url.options().application_name("hemera-api migrate --roles");
    let mut connection = connect(url, &options).await?;
    limits
        .set(&mut connection)
        .await
        .map_err(|error| DatabaseError::checking(url, &error))?;
    Ok(connection)
}

/// Why the transaction was rolled back.
enum Aborted {
    MoreThanPrivileges { role: String, attributes: Vec<String> },
    Refused(sqlx::Error),
}

impl Aborted {
    fn sql_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::MoreThanPrivileges { .. } => None,
            Self::Refused(error) => Some(error),
        }
    }
}

impl From<sqlx::Error> for Aborted {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(error)
    }
}

/// Creates the missing roles, and returns which these were.
async fn create_roles(connection: &mut PgConnection, names: &RoleNames) -> Result<Vec<String>, Aborted> {
    let mut created = Vec::new();
    for role in names.all() {
        if query::create_unless_there(connection, &role).await? {
            created.push(role);
        } else {
            let attributes = query::attributes(connection, &role).await?;
            if !attributes.is_empty() {
                return Err(Aborted::MoreThanPrivileges { role, attributes });
            }
        }
    }
    Ok(created)
}

/// Returns what was done, and the rights that could not be revoked.
async fn grant_in(
    connection: &mut PgConnection,
    names: &RoleNames,
) -> Result<(GrantReport, Vec<ExcessRight>), Aborted> {
    let mut transaction = connection.begin().await?;
    query::wait_for_turn(&mut transaction).await?;
    let created = create_roles(&mut transaction, names).await?;
    query::join(&mut transaction, &names.owner()).await?;
    query::grant(&mut transaction, names).await?;
    let handed_over = query::hand_over(&mut transaction, &names.owner()).await?;
    let excess = excess::revoke(&mut transaction, names).await?;
    transaction.commit().await?;
    let report = GrantReport { created, handed_over };
    Ok((report, excess))
}
