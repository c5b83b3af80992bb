//! What must not work, and that it does not.

use aither_client::ClerkServiceUser;
use aither_client::hemera_types::{CourseQuery, JWT_TEMPLATE};
use clerk::UserRef;
use reqwest::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::accounts::SERVICE;
use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::walk::{Walk, answered, refused};

/// Nothing, nonsense, a forged and an expired token: 401, and one body for all of them.
pub(super) async fn bad_credentials(walk: &Walk<'_>) -> Result<(), Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let forged = walk.clerk.forge(&subject, JWT_TEMPLATE).await?;
    walk.clerk.run_clock_ahead(-3600).await?;
    let expired = walk.accounts.token_of(&subject).await;
    walk.clerk.run_clock_ahead(0).await?;
    let expired = expired?;

    let mut bodies = Vec::new();
    for token in [
        None,
        Some("nonsense"),
        Some(forged.as_str()),
        Some(expired.as_str()),
    ] {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|value| (AUTHORIZATION.as_str(), value.as_str()))
            .collect();
        let response = walk.get_courses(&headers).await?;
        answered(401, &response)?;
        let challenge = response
            .headers()
            .get(WWW_AUTHENTICATE)
            .and_then(|value| value.to_str().ok());
        let expected = if token.is_some() {
            "Bearer error=\"invalid_token\""
        } else {
            "Bearer"
        };
        equal(
            "WWW-Authenticate",
            Some(expected.to_owned()),
            challenge.map(str::to_owned),
        )?;
        let body: Value = response.json().await?;
        bodies.push(body["error"].clone());
    }
    holds(
        "one body for every bad credential",
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        &bodies,
    )
}

/// Users with other roles have valid tokens, and may not use the service API.
pub(super) async fn other_roles(walk: &Walk<'_>) -> Result<(), Failure> {
    for role in ["moderator", "user"] {
        let client = walk.client_of_role(role).await?;
        refused(403, client.service_courses(&CourseQuery::default()).await)?;
    }
    Ok(())
}

/// The service user is no admin; an admin is.
pub(super) async fn least_privilege(walk: &Walk<'_>) -> Result<(), Failure> {
    refused(403, walk.client.service_usage(7).await)?;
    let admin = walk.client_of_role("admin").await?;
    let usage = admin.service_usage(7).await?;
    holds(
        "the admin to see the service user's requests",
        !usage.rows.is_empty(),
        usage.rows.len(),
    )
}

/// The server's database login may do no more than the server needs: that bounds what a stolen login can do.
pub(super) async fn least_privilege_in_the_database(walk: &Walk<'_>) -> Result<(), Failure> {
    for statement in [
        "select email from users",
        "select payment_status from bookings",
        "update courses set title = 'x'",
        "update audit_log set subject = 'x'",
        "delete from audit_log",
        "drop table audit_log",
    ] {
        let came = Box::pin(query::refusal(walk.stack.database.url(), statement)).await?;
        let denied = came
            .as_deref()
            .is_some_and(|said| said.contains("permission denied") || said.contains("must be owner"));
        holds(
            &format!("`{statement}` to be refused to the server's login"),
            denied,
            came,
        )?;
    }
    Ok(())
}

/// A client that sends requests as fast as it can is refused with a time to wait; with retries on, it waits and
/// succeeds.
pub(super) async fn rate_limit(walk: &Walk<'_>) -> Result<(), Failure> {
    let user = || walk.accounts.sign_in(UserRef::EmailAddress(SERVICE.to_owned()));
    let token = user().mint().await.map_err(anyhow::Error::from)?;
    let bearer = format!("Bearer {}", token.jwt.expose_secret());
    let mut throttled = None;
    for _ in 0..200 {
        let response = walk.get_courses(&[(AUTHORIZATION.as_str(), &bearer)]).await?;
        if response.status() == 429 {
            throttled = Some(response);
            break;
        }
        answered(200, &response)?;
    }
    let response = throttled.ok_or_else(|| Failure::new("a 429 within 200 requests", "none"))?;
    let wait = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    holds(
        "a Retry-After of whole seconds, at least 1",
        wait.is_some_and(|wait| wait >= 1),
        wait,
    )?;
    equal(
        "what remains",
        Some("0"),
        response
            .headers()
            .get("x-ratelimit-remaining")
            .and_then(|v| v.to_str().ok()),
    )?;

    // More at the same time than the burst admits: some are refused, wait as the answer says, and are sent again.
    let client = walk.client_with(ClerkServiceUser::new(user()))?.build()?;
    let mut calls = JoinSet::new();
    for _ in 0..30 {
        let client = client.clone();
        calls.spawn(async move { client.service_courses(&CourseQuery::default()).await });
    }
    for answered in calls.join_all().await {
        answered?;
    }
    Ok(())
}
