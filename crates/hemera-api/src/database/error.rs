//! Why the database cannot be used.

use std::borrow::Cow;

use sqlx::migrate::MigrateError;

use super::LEAST_VERSION;
use crate::config::DatabaseUrl;

/// PostgreSQL's codes for a table and a column that do not exist, and for a missing privilege.
pub(super) const UNDEFINED_TABLE: &str = "42P01";
const UNDEFINED_COLUMN: &str = "42703";
pub(super) const INSUFFICIENT_PRIVILEGE: &str = "42501";
/// PostgreSQL's code for a statement that was ended, for example by `statement_timeout`.
const QUERY_CANCELED: &str = "57014";
/// PostgreSQL's codes for a lock that was not free in time, and for two sessions that wait for each other.
const LOCK_NOT_AVAILABLE: &str = "55P03";
const DEADLOCK: &str = "40P01";

/// Why the database cannot be used. Each in one line, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// No connection could be made.
    #[error("the database {address} cannot be reached ({cause}): check {setting}, and that PostgreSQL runs")]
    Unreachable {
        /// The setting with the address.
        setting: &'static str,
        /// Host, port and database.
        address: String,
        /// The error, in one line.
        cause: String,
    },
    /// PostgreSQL has answered, and refuses the connection.
    #[error("PostgreSQL refuses a connection to {address}, of {setting} ({cause}): {remedy}")]
    Refused {
        /// The setting with the address.
        setting: &'static str,
        /// Host, port and database.
        address: String,
        /// PostgreSQL's reason, in one line.
        cause: String,
        /// What to do.
        remedy: &'static str,
    },
    /// PostgreSQL is older than Hemera supports.
    #[error(
        "the database {address} is a PostgreSQL {version}, and Hemera needs {} or newer: upgrade it, or use another",
        LEAST_VERSION
    )]
    TooOld {
        /// Host, port and database.
        address: String,
        /// Its version.
        version: String,
    },
    /// The schema is older than this server.
    #[error(
        "the schema of {address} is too old: its newest migration is {}, this server needs {needed}, and it lacks {missing} of \
         {known} migrations: run `hemera-api migrate --roles` first", shown_version(*.found)
    )]
    NotMigrated {
        /// Host, port and database.
        address: String,
        /// The newest migration that was applied, if any was.
        found: Option<i64>,
        /// The newest migration that is missing.
        needed: i64,
        /// How many are missing.
        missing: usize,
        /// How many this server knows.
        known: usize,
    },
    /// The login may not read the list of migrations.
    #[error(
        "the login of DATABASE_URL may not use the schema of {address}: make it a member of the server's role \
         (`hemera-api migrate --roles`, then `grant hemera_server to …`)"
    )]
    NotPermitted {
        /// Host, port and database.
        address: String,
    },
    /// A session begins without the deadlines that the server asks for.
    #[error(
        "a session of {login} in {address} has no {name} of at most {limit_ms} ms (a pooler may drop what a session asks \
         for when it begins): alter role {login} in database {database} set {name} = '{limit_ms}ms'"
    )]
    NoDeadline {
        /// Host, port and database.
        address: String,
        /// The role that the server logs in as.
        login: String,
        /// The database.
        database: String,
        /// PostgreSQL's name of the setting.
        name: &'static str,
        /// The longest that the setting may be, in milliseconds.
        limit_ms: u128,
    },
    /// A pooler gives the statements that one connection has prepared to no other session, or to the wrong connection.
    #[error(
        "a pooler at {address} loses prepared statements ({cause}), so that answers may be wrong: use PgBouncer 1.21 or newer \
         with max_prepared_statements above 0, its session mode, or the address of PostgreSQL itself (docs/poolers.md)"
    )]
    StatementsLost {
        /// Host, port and database.
        address: String,
        /// What was seen, in one line.
        cause: String,
    },
    /// While one connection uses a session, another gets none.
    #[error(
        "{address} gives no second session while one is in use: let the pooler have at least as many sessions as all servers \
         together have connections (HEMERA_DATABASE__MAX_CONNECTIONS and one more each; docs/poolers.md)"
    )]
    NoSecondSession {
        /// Host, port and database.
        address: String,
    },
    /// A pooler gives the transactions of one connection to several sessions.
    #[error(
        "a pooler at {address} gives the transactions of one connection to several sessions, and `migrate` holds a lock that \
         belongs to one: set HEMERA_DATABASE__ADMIN_URL to the address of PostgreSQL itself (docs/poolers.md)"
    )]
    PoolerForMigration {
        /// Host, port and database.
        address: String,
    },
    /// The database keeps text in an encoding that lacks characters.
    #[error(
        "the database {address} keeps text as {encoding}, which cannot hold every character that callers send: make another \
         one with `create database NAME encoding 'UTF8' template template0`, and use that"
    )]
    NotUtf8 {
        /// Host, port and database.
        address: String,
        /// PostgreSQL's name of the encoding.
        encoding: String,
    },
    /// The database takes no writes.
    #[error(
        "the database {address} takes no writes (it is a standby, or default_transaction_read_only is on): let the address lead \
         to the primary, through a proxy that knows which member that is (docs/failover.md)"
    )]
    ReadOnly {
        /// Host, port and database.
        address: String,
    },
    /// The schema is newer than this `hemera-api`.
    #[error(
        "the database {address} has the migration {version}, which this version of hemera-api does not have: migrate with \
         the newest version that uses this database (older servers go on with it)"
    )]
    NewerSchema {
        /// Host, port and database.
        address: String,
        /// The migration.
        version: i64,
    },
    /// The login may not change the schema.
    #[error(
        "the login {login} may not change the schema of {address} ({cause}): set HEMERA_DATABASE__ADMIN_URL to a login that \
         is a member of the owner's role (`grant hemera_owner to …`), or the first time to one that owns the database"
    )]
    NotOwner {
        /// Host, port and database.
        address: String,
        /// The role that `migrate` logs in as.
        login: String,
        /// PostgreSQL's reason, in one line.
        cause: String,
    },
    /// The login may not read the audit trail.
    #[error(
        "the login {login} may not read the audit trail of {address} ({cause}): make it a member of the auditors' role \
         (`hemera-api migrate --roles`, then `grant hemera_auditor to …`)"
    )]
    NotAuditor {
        /// Host, port and database.
        address: String,
        /// The role that the command logs in as.
        login: String,
        /// PostgreSQL's reason, in one line.
        cause: String,
    },
    /// The schema lacks what a command reads.
    #[error(
        "the database {address} lacks what this command reads ({cause}): run `hemera-api migrate --roles` with this version \
         first"
    )]
    OlderSchema {
        /// Host, port and database.
        address: String,
        /// PostgreSQL's reason, in one line.
        cause: String,
    },
    /// Other sessions hold what the change needs, for longer than it may wait.
    #[error(
        "the database {address} cannot be changed now ({cause}): another session holds a table for too long, and nothing of this \
         step was kept: find it with `select pid, usename, application_name, xact_start, query from pg_stat_activity order by \
         xact_start`, let it end, and run this again (--lock-attempts lets it try for longer)"
    )]
    Locked {
        /// Host, port and database.
        address: String,
        /// PostgreSQL's reason, in one line.
        cause: String,
    },
    /// Another run holds the turn.
    #[error(
        "another run of `hemera-api migrate` changes the database {address}: wait until it has ended, and run this again \
         (--lock-attempts lets it wait for longer)"
    )]
    AlreadyMigrating {
        /// Host, port and database.
        address: String,
    },
    /// A statement took longer than it may.
    #[error(
        "the database {address} cannot be migrated ({cause}): a statement took longer than --statement-timeout, and nothing of \
         this step was kept: run it again when few write, with --statement-timeout 30m"
    )]
    StatementTooSlow {
        /// Host, port and database.
        address: String,
        /// PostgreSQL's reason, in one line.
        cause: String,
    },
    /// A migration failed.
    #[error("the database {address} cannot be migrated ({cause}): nothing of the failed step was kept")]
    MigrationFailed {
        /// Host, port and database.
        address: String,
        /// The error, in one line.
        cause: String,
    },
}

impl DatabaseError {
    /// Why a connection could not be made.
    pub(crate) fn connecting(url: &DatabaseUrl, error: &sqlx::Error) -> Self {
        let (address, cause, setting) = (url.shown(), cause_of(error), url.setting());
        match code_of(error).as_deref() {
            Some(code) => Self::Refused {
                setting,
                address,
                remedy: remedy_of_refusal(code, &cause),
                cause,
            },
            None => Self::Unreachable {
                setting,
                address,
                cause,
            },
        }
    }

    /// Why a statement of a check at the start failed.
    pub(crate) fn checking(url: &DatabaseUrl, error: &sqlx::Error) -> Self {
        Self::Unreachable {
            setting: url.setting(),
            address: url.shown(),
            cause: cause_of(error),
        }
    }

    /// Why a statement that reads the audit trail failed.
    pub(crate) fn reading_audit(url: &DatabaseUrl, error: &sqlx::Error) -> Self {
        let (address, cause) = (url.shown(), cause_of(error));
        match code_of(error).as_deref() {
            Some(INSUFFICIENT_PRIVILEGE) => Self::NotAuditor {
                address,
                login: url.login(),
                cause,
            },
            Some(UNDEFINED_TABLE | UNDEFINED_COLUMN) => Self::OlderSchema { address, cause },
            _ => Self::Unreachable {
                setting: url.setting(),
                address,
                cause,
            },
        }
    }

    /// Why the migrations could not be applied.
    pub(crate) fn migrating(url: &DatabaseUrl, error: &MigrateError) -> Self {
        let address = url.shown();
        match error {
            MigrateError::VersionMissing(version) => Self::NewerSchema {
                address,
                version: *version,
            },
            MigrateError::Execute(error) => Self::changing(url, error),
            MigrateError::ExecuteMigration(error, _)
                if has_code(error, INSUFFICIENT_PRIVILEGE)
                    || has_code(error, QUERY_CANCELED)
                    || is_about_locks(error) =>
            {
                Self::changing(url, error)
            }
            error => Self::MigrationFailed {
                address,
                cause: one_line(error),
            },
        }
    }

    /// Why a statement of `migrate` failed.
    pub(crate) fn changing(url: &DatabaseUrl, error: &sqlx::Error) -> Self {
        let (address, cause) = (url.shown(), cause_of(error));
        if has_code(error, INSUFFICIENT_PRIVILEGE) {
            let login = url.login();
            Self::NotOwner {
                address,
                login,
                cause,
            }
        } else if is_about_locks(error) {
            Self::Locked { address, cause }
        } else if has_code(error, QUERY_CANCELED) {
            Self::StatementTooSlow { address, cause }
        } else {
            Self::MigrationFailed { address, cause }
        }
    }
}

fn shown_version(found: Option<i64>) -> String {
    found.map_or_else(|| "none".to_owned(), |version| version.to_string())
}

/// Whether the error is PostgreSQL's with this SQLSTATE.
pub(super) fn has_code(error: &sqlx::Error, code: &str) -> bool {
    code_of(error).as_deref() == Some(code)
}

/// Whether a statement failed because others hold what it needs.
pub(super) fn is_about_locks(error: &sqlx::Error) -> bool {
    has_code(error, LOCK_NOT_AVAILABLE) || has_code(error, DEADLOCK)
}

fn code_of(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// What to do about PostgreSQL's refusal of a connection, by its SQLSTATE.
fn remedy_of_refusal(code: &str, cause: &str) -> &'static str {
    match code {
        "3D000" => "create the database, or correct its name in the address",
        "42501" => "grant the login the right to connect, or use another login",
        "53300" => "let PostgreSQL accept more connections (max_connections), or end other sessions",
        "57P03" => "wait until it has started, and look at its log",
        // PgBouncer's words for what a connection asks for when it begins.
        "08P01" if cause.contains("unsupported startup parameter") => {
            "let the pooler ignore it (PgBouncer: ignore_startup_parameters = extra_float_digits, options), and see docs/poolers.md"
        }
        code if code.starts_with("28") => "correct user and password in the address",
        _ => "look at PostgreSQL's log",
    }
}

/// The reason of an error in one line: PostgreSQL's own message where there is one.
pub(crate) fn cause_of(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => to_one_line(error.message()),
        error => one_line(error),
    }
}

pub(super) fn one_line(error: &dyn std::error::Error) -> String {
    to_one_line(&error.to_string())
}

fn to_one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
