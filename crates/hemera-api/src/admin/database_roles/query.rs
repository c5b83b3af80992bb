//! SQL of the database roles.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection};

use super::RoleNames;

/// The privileges of each role.
const GRANTS: &str = include_str!("grants.sql");

/// A right that a role should not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcessRight {
    /// The role that has it: the server's, the auditors', or `public`, which stands for every role.
    pub role: String,
    /// The right, such as `temporary on database hemera`.
    pub right: String,
    /// The statement that takes it back.
    pub statement: String,
    /// Whether the current login can take it back.
    pub(super) is_revocable: bool,
}

/// Waits until no other run is active in this database. The turn ends with the transaction.
pub(super) async fn wait_for_turn(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query_scalar!(r#"select pg_advisory_xact_lock(hashtext('hemera_roles'))::text as "turn?""#)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Creates a role that cannot log in, and returns whether it is new.
///
/// A run in another database of the cluster may create it at the same moment; then this waits, and finds it.
pub(super) async fn create_unless_there(connection: &mut PgConnection, role: &str) -> sqlx::Result<bool> {
    let there = sqlx::query_scalar!(
        r#"select exists (select from pg_roles where rolname = $1) as "there!""#,
        role
    )
    .fetch_one(&mut *connection)
    .await?;
    if !there {
        // The names are ours: letters, digits and underscores.
        sqlx::raw_sql(AssertSqlSafe(format!(
            "do $$ begin create role {role} nologin;
             exception when duplicate_object or unique_violation then null; end $$"
        )))
        .execute(connection)
        .await?;
    }
    Ok(!there)
}

/// What a role can do besides having privileges, in words; empty if it is as it should be.
pub(super) async fn attributes(connection: &mut PgConnection, role: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"
        select words as "words!"
        from pg_roles r
        cross join lateral (values
            ('may log in', r.rolcanlogin),
            ('is a superuser', r.rolsuper),
            ('may create roles', r.rolcreaterole),
            ('may create databases', r.rolcreatedb),
            ('may replicate', r.rolreplication),
            ('bypasses row security', r.rolbypassrls),
            ('is a member of other roles', exists (select from pg_auth_members where member = r.oid))
        ) as excess (words, holds)
        where r.rolname = $1 and holds
        "#,
        role,
    )
    .fetch_all(connection)
    .await
}

/// Makes the current login a member of the owner role, unless it has its rights already: only a member can make it the
/// owner of something, and migrate what it owns.
pub(super) async fn join(connection: &mut PgConnection, owner: &str) -> sqlx::Result<()> {
    let belongs = sqlx::query_scalar!(
        r#"select pg_has_role(current_user, $1::text::name, 'USAGE') as "belongs!""#,
        owner
    )
    .fetch_one(&mut *connection)
    .await?;
    if !belongs {
        sqlx::raw_sql(AssertSqlSafe(format!("grant {owner} to current_user")))
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Gives each role the privileges in `grants.sql`, and revokes all others that the current login can revoke.
pub(super) async fn grant(connection: &mut PgConnection, names: &RoleNames) -> sqlx::Result<()> {
    let script = script(connection, names).await?;
    run(connection, &script).await
}

/// Runs statements of ours that return nothing. PostgreSQL has quoted the names in them.
pub(super) async fn run(connection: &mut PgConnection, statements: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(connection)
        .await
        .map(drop)
}

/// The statements of `grants.sql` for this database and these roles.
pub(super) async fn script(connection: &mut PgConnection, names: &RoleNames) -> sqlx::Result<String> {
    let place = sqlx::query!(
        r#"select quote_ident(current_database()) as "database!", quote_ident(current_schema()) as "schema!""#
    )
    .fetch_one(&mut *connection)
    .await?;
    let grants = GRANTS
        .replace(":\"database\"", &place.database)
        .replace(":\"schema\"", &place.schema)
        .replace(":\"server\"", &names.server())
        .replace(":\"auditor\"", &names.auditor())
        .replace(":\"owner\"", &names.owner());
    // PostgreSQL notes each right that it could not revoke; `excess_rights` finds them all.
    Ok(format!("set local client_min_messages = error;\n{grants}"))
}

/// A right of a role, or of `public`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HeldRight {
    pub(super) role: String,
    pub(super) privilege: String,
    /// What it is on, such as `table audit_log`.
    pub(super) object: String,
    /// The column, if it is on one column only.
    pub(super) field: Option<String>,
}

/// The rights of the roles in this database, and those of PUBLIC on it and in the schema.
pub(super) async fn held_rights(
    connection: &mut PgConnection,
    names: &RoleNames,
) -> sqlx::Result<BTreeSet<HeldRight>> {
    let rights = sqlx::query_file_as!(HeldRight, "src/admin/database_roles/held.sql", &names.all())
        .fetch_all(connection)
        .await?;
    Ok(rights.into_iter().collect())
}

/// The rights of the server's and the auditors' role that `grants.sql` does not list, and those of PUBLIC that matter.
pub(super) async fn excess_rights(
    connection: &mut PgConnection,
    names: &RoleNames,
) -> sqlx::Result<Vec<ExcessRight>> {
    let roles = [names.server(), names.auditor()];
    sqlx::query_file_as!(
        ExcessRight,
        "src/admin/database_roles/excess.sql",
        &roles,
        names.owner()
    )
    .fetch_all(connection)
    .await
}

/// Takes back a right.
pub(super) async fn take_back(connection: &mut PgConnection, right: ExcessRight) -> sqlx::Result<()> {
    // PostgreSQL has quoted the names in it.
    sqlx::raw_sql(AssertSqlSafe(right.statement))
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes the owner role the owner of what the current login owns in the schema, and returns how many objects these were.
/// Indexes and the sequences of identity columns follow their tables; what belongs to an extension stays.
pub(super) async fn hand_over(connection: &mut PgConnection, owner: &str) -> sqlx::Result<usize> {
    let statements = statements_of_handing_over(connection, owner).await?;
    for statement in &statements {
        run(connection, statement).await?;
    }
    Ok(statements.len())
}

/// The statements that do so.
pub(super) async fn statements_of_handing_over(
    connection: &mut PgConnection,
    owner: &str,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"
        with thing (kind, identity, catalog, oid, owner) as (
            select
                case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view'
                    else 'table' end,
                oid::regclass::text, 'pg_class'::regclass, oid, relowner
            from pg_class
            where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
            union all
            select 'type', oid::regtype::text, 'pg_type'::regclass, oid, typowner
            from pg_type
            where typnamespace = current_schema()::regnamespace and typtype in ('e', 'd', 'r')
            union all
            select 'routine', oid::regprocedure::text, 'pg_proc'::regclass, oid, proowner
            from pg_proc
            where pronamespace = current_schema()::regnamespace and prokind in ('f', 'p')
        )
        -- The schema itself may belong to its database's owner, of whom the login is a member.
        select format('alter schema %I owner to %I', nspname, $1::text) as "statement!"
        from pg_namespace
        where nspname = current_schema() and nspowner <> $1::text::regrole
            and pg_has_role(current_user, nspowner, 'USAGE')
        union all
        select format('alter %s %s owner to %I', kind, identity, $1::text)
        from thing
        where owner = current_user::regrole
            and not exists (
                select from pg_depend d
                where d.classid = thing.catalog and d.objid = thing.oid
                    and (d.deptype = 'e' or (kind = 'sequence' and d.deptype in ('a', 'i')))
            )
        "#,
        owner,
    )
    .fetch_all(connection)
    .await
}
