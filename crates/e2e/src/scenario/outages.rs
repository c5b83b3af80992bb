//! What goes wrong in the middle of it, and that Aither loses no request by it.

use aither_client::hemera_types::CourseQuery;
use reqwest::header::AUTHORIZATION;

use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::{Walk, answered};

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("Outages in the middle of it");
    // The least age and spacing, so that every request asks Clerk anew where it may.
    let settings = [
        ("HEMERA_ROLES__MAX_AGE", "1ms".to_owned()),
        ("HEMERA_ROLES__COOL_DOWN", "0s".to_owned()),
        ("HEMERA_TOKENS__KEYS_WINDOW", "0s".to_owned()),
        ("HEMERA_TOKENS__KEYS_COOL_DOWN", "0s".to_owned()),
    ];
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;
    walk.step(checklist, "Clerk answers: Aither reads", read(&walk))
        .await;
    walk.step(
        checklist,
        "Clerk is down: Aither goes on with what is known",
        while_clerk_is_down(&walk),
    )
    .await;
    walk.step(
        checklist,
        "The session is revoked: Aither signs in again",
        after_revocation(&walk),
    )
    .await;
    walk.step(
        checklist,
        "The service user is banned: its token opens nothing, until the ban ends",
        after_a_ban(&walk),
    )
    .await;
    walk.step(
        checklist,
        "The signing key is rotated: Aither goes on",
        after_rotation(&walk),
    )
    .await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

async fn read(walk: &Walk<'_>) -> Result<(), Failure> {
    walk.client.service_courses(&CourseQuery::default()).await?;
    Ok(())
}

async fn while_clerk_is_down(walk: &Walk<'_>) -> Result<(), Failure> {
    walk.clerk.set_down(true).await?;
    let outcome = read(walk).await;
    walk.clerk.set_down(false).await?;
    outcome
}

async fn after_revocation(walk: &Walk<'_>) -> Result<(), Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let sessions = walk.accounts.backend().sessions();
    for session in sessions.list(&subject, None).await.map_err(anyhow::Error::from)? {
        sessions.revoke(&session.id).await.map_err(anyhow::Error::from)?;
    }
    walk.clock.advance(std::time::Duration::from_hours(1));
    read(walk).await
}

/// The token in hand is of the old key; past its life comes one of the new key, which Hemera has not seen yet.
async fn after_rotation(walk: &Walk<'_>) -> Result<(), Failure> {
    walk.clerk.rotate_keys().await?;
    read(walk).await?;
    let fetches = walk.clerk.count("GET", "/v1/jwks").await?;
    walk.clock.advance(std::time::Duration::from_hours(1));
    read(walk).await?;
    equal(
        "reads of the key set",
        fetches + 1,
        walk.clerk.count("GET", "/v1/jwks").await?,
    )?;
    let subject = walk.accounts.with_role("api-client").await?;
    let bearer = format!("Bearer {}", walk.accounts.token_of(&subject).await?);
    answered(
        200,
        &walk.get_courses(&[(AUTHORIZATION.as_str(), &bearer)]).await?,
    )
}

/// A role is at most a millisecond old here, so a ban bites with the next few requests, and so does its end.
async fn after_a_ban(walk: &Walk<'_>) -> Result<(), Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let bearer = format!("Bearer {}", walk.accounts.token_of(&subject).await?);
    let headers = [(AUTHORIZATION.as_str(), bearer.as_str())];
    answered(200, &walk.get_courses(&headers).await?)?;
    let users = walk.accounts.backend().users();
    users.ban(&subject).await.map_err(anyhow::Error::from)?;
    let refused = soon(walk, &headers, 401).await;
    users.unban(&subject).await.map_err(anyhow::Error::from)?;
    refused?;
    soon(walk, &headers, 200).await
}

async fn soon(walk: &Walk<'_>, headers: &[(&str, &str)], status: u16) -> Result<(), Failure> {
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(walk.get_courses(headers).await?.status().as_u16());
        if seen.last() == Some(&status) {
            return Ok(());
        }
    }
    holds(&format!("{status} within three requests"), false, seen)
}
