//! The service user: signs in, stays signed in, and leaves a trace.

use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, JWT_TEMPLATE};

use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::walk::Walk;

/// How long a token of the template `hemera-api` lives.
const TOKEN_LIFE: Duration = Duration::from_mins(15);

/// One ticket, one session, one token: and Hemera admits it.
pub(super) async fn authenticates(walk: &Walk<'_>) -> Result<(), Failure> {
    let page = walk.client.service_courses(&CourseQuery::default()).await?;
    holds("three published courses", page.items.len() == 3, page.items.len())?;
    equal(
        "sign-in tokens made",
        1,
        walk.clerk.count("POST", "/v1/sign_in_tokens").await?,
    )?;
    equal(
        "sign-ins at the Frontend API",
        1,
        walk.clerk.count("POST", "/v1/client/sign_ins").await?,
    )?;
    equal(
        "sessions created directly",
        0,
        walk.clerk.count("POST", "/v1/sessions").await?,
    )?;
    equal("tokens minted", 1, mints(walk).await?)
}

/// Past the token's life the client gets a new one; before the last fifth of it, it does not.
pub(super) async fn renews(walk: &Walk<'_>) -> Result<(), Failure> {
    let before = mints(walk).await?;
    let sessions = sessions(walk).await?;
    walk.clock.advance(TOKEN_LIFE / 2);
    walk.client.service_courses(&CourseQuery::default()).await?;
    equal("tokens minted by half its life", before, mints(walk).await?)?;
    walk.clock.advance(TOKEN_LIFE);
    walk.client.service_courses(&CourseQuery::default()).await?;
    equal("tokens minted past its life", before + 1, mints(walk).await?)?;
    equal(
        "sessions of the service user",
        sessions,
        self::sessions(walk).await?,
    )
}

/// The emulator's clock is set back, so what it mints has expired for Hemera: a 401 that the client
/// answers with one new token and one retry.
pub(super) async fn replaces_a_refused_token(walk: &Walk<'_>) -> Result<(), Failure> {
    walk.clerk.run_clock_ahead(-3600).await?;
    walk.clock.advance(TOKEN_LIFE);
    let expired = walk.client.tokens().token().await;
    walk.clerk.run_clock_ahead(0).await?;
    holds(
        "a token from a clock set back",
        expired.is_ok(),
        expired.err().map(|error| error.to_string()),
    )?;
    let before = mints(walk).await?;
    walk.client.service_courses(&CourseQuery::default()).await?;
    equal("tokens minted for the retry", before + 1, mints(walk).await?)
}

/// Every action of the service user is in the audit log, the write with its fields.
pub(super) async fn is_audited(walk: &Walk<'_>) -> Result<(), Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let records = query::audit_records(walk.stack.database.pool(), &subject).await?;
    let has = |operation: &str, status: i16| {
        records.iter().any(|record| {
            record.operation.as_deref() == Some(operation)
                && record.status == status
                && record.role.as_deref() == Some("api-client")
                && record.proof.is_some()
        })
    };
    for (operation, status) in [
        ("courses.list", 200),
        ("courses.get", 200),
        ("courses.materials", 200),
        ("participations.get", 200),
        ("participations.update_result", 200),
        ("usage.get", 403),
        ("courses.list", 429),
    ] {
        holds(
            &format!("a record of {operation} with {status}"),
            has(operation, status),
            records.len(),
        )?;
    }
    let changes = records.iter().filter_map(|record| record.changed_fields.as_ref());
    holds(
        "the write's record to name the fields it changed",
        changes
            .clone()
            .any(|fields| fields.iter().any(|field| field == "resultOutcome")),
        changes.collect::<Vec<_>>(),
    )?;
    let refused = query::refused_without_caller(walk.stack.database.pool()).await?;
    holds("records of the refused credentials", refused >= 3, refused)
}

pub(super) async fn mints(walk: &Walk<'_>) -> Result<u64, Failure> {
    walk.clerk
        .count("POST", &format!("/v1/sessions/*/tokens/{JWT_TEMPLATE}"))
        .await
}

/// How many sessions the service user has.
async fn sessions(walk: &Walk<'_>) -> Result<usize, Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let sessions = walk
        .accounts
        .backend()
        .sessions()
        .list(&subject, None)
        .await
        .map_err(anyhow::Error::from)?;
    Ok(sessions.len())
}
