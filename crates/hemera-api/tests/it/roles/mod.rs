//! The roles of the database: what each may do, and how they come about.

mod excess;
mod granting;
mod login;
mod minimal;
mod picture;
mod refusals;
mod statements;

use hemera_api::database_roles::{RoleNames, grant};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};

use crate::support::{TestDatabase, administrate, fresh_name, parsed, role_names};

/// PostgreSQL's code for what the login has no right to.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// A database in which the roles were granted. The tests' databases are copies of one, but what holds for a database
/// as a whole is not copied.
async fn granted() -> TestDatabase {
    let database = TestDatabase::create().await;
    grant(&parsed(&database.url()), &role_names()).await.unwrap();
    database
}

/// Names that no other test has.
fn fresh() -> RoleNames {
    RoleNames::parse(&fresh_name("roles")).unwrap()
}

async fn drop_roles(names: &RoleNames) {
    for role in [names.server(), names.auditor(), names.owner()] {
        administrate(&format!("drop role if exists {role}")).await;
    }
}

/// A session with the rights of that role.
async fn session(database: &TestDatabase, role: &str) -> PgConnection {
    let options: PgConnectOptions = parsed(&database.url_as(role)).options();
    options.connect().await.unwrap()
}

/// What the database says to a statement: nothing where it obeys, else its code and words.
async fn attempt(connection: &mut PgConnection, sql: &str) -> Option<(String, String)> {
    let error = sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .err()?;
    let error = error.as_database_error().unwrap();
    Some((error.code().unwrap().into_owned(), error.message().to_owned()))
}

#[track_caller]
fn assert_refused(sql: &str, came: Option<(String, String)>) {
    let (code, message) = came.unwrap_or_else(|| panic!("obeyed: {sql}"));
    assert_eq!(code, INSUFFICIENT_PRIVILEGE, "{message}: {sql}");
}
