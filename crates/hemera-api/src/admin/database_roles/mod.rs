//! Roles of the database: what a login may do, by what it is for.
//!
//! Three roles that nobody logs in as: the server's, an auditor's and the owner's. The logins are the operator's, and
//! become members of one of them. What each role may do is one file, `grants.sql`, which psql can run as well.

mod names;
mod query;

pub use self::names::{InvalidRolePrefix, RoleNames};

use sqlx::{Connection as _, PgConnection};

use crate::config::DatabaseUrl;
use crate::database::{DatabaseError, connect, one_line};

/// What was done about the roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The roles that were made now.
    pub created: Vec<String>,
    /// How many tables, types and functions were handed over to the owner now.
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
        /// What it is besides, in words.
        excess: String,
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

/// Makes the roles that are missing, gives each exactly its privileges in this database, and hands over to the owner
/// what the current login owns. All of it or nothing; may be repeated at any time, with servers running.
///
/// Roles belong to the whole cluster of databases, privileges to one. So several runs in one database wait for each
/// other, and of runs in several databases the first makes the roles.
///
/// # Errors
/// [`RolesError`], each in one line.
pub async fn grant(url: &DatabaseUrl, names: &RoleNames) -> Result<Report, RolesError> {
    let options = url.options().application_name("hemera-api migrate --roles");
    let mut connection = connect(url, &options).await?;
    let done = grant_in(&mut connection, names).await;
    // Courtesy to the server; it ends the session anyway.
    let _ = connection.close().await;
    done.map_err(|stopped| match stopped {
        Stopped::MoreThanPrivileges { role, excess } => RolesError::MoreThanPrivileges {
            role,
            excess: excess.join(", "),
        },
        Stopped::Refused(error) => RolesError::Failed {
            address: url.shown(),
            cause: one_line(&error),
        },
    })
}

/// What ended the transaction.
enum Stopped {
    MoreThanPrivileges { role: String, excess: Vec<String> },
    Refused(sqlx::Error),
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(error)
    }
}

async fn grant_in(connection: &mut PgConnection, names: &RoleNames) -> Result<Report, Stopped> {
    let mut transaction = connection.begin().await?;
    query::wait_for_turn(&mut transaction).await?;
    let mut created = Vec::new();
    for role in names.all() {
        if query::create_unless_there(&mut transaction, &role).await? {
            created.push(role);
        } else {
            let excess = query::excess(&mut transaction, &role).await?;
            if !excess.is_empty() {
                return Err(Stopped::MoreThanPrivileges { role, excess });
            }
        }
    }
    query::join(&mut transaction, &names.owner()).await?;
    query::grant(&mut transaction, names).await?;
    let handed_over = query::hand_over(&mut transaction, &names.owner()).await?;
    transaction.commit().await?;
    Ok(Report { created, handed_over })
}
