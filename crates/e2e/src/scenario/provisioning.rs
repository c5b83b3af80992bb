//! What an operator does at Clerk with the server's own commands, and what Aither and Hemera make of it.

use aither_client::hemera_types::CourseQuery;
use aither_client::{ClerkServiceUser, HemeraClient};
use clerk::{ServiceUser, UserRef};
use reqwest::header::AUTHORIZATION;
use secrecy::ExposeSecret;

use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::operator::Operator;
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::{Walk, answered, refused};

/// A service user that the seed does not have.
const NEWCOMER: &str = "aither-newcomer@hemera-academy.com";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("An operator sets up the service user, rotates it and shuts it out");
    // So that a ban counts with the next request and not within a minute.
    let settings = [
        ("HEMERA_ROLES__MAX_AGE", "1ms".to_owned()),
        ("HEMERA_ROLES__COOL_DOWN", "0s".to_owned()),
    ];
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;
    let operator = Operator::new(programs, &stack, NEWCOMER);
    let client = newcomer_client(&walk)?;

    let step = "clerk setup makes the user and the template, and Hemera lets it in";
    walk.step(checklist, step, set_up(&walk, &operator, &client))
        .await;
    let step = "clerk setup again changes nothing, and status sees no drift";
    walk.step(checklist, step, set_up_again(&walk, &operator)).await;
    let step = "clerk rotate ends Aither's session, and Aither signs in anew";
    walk.step(checklist, step, rotate(&walk, &operator, &client))
        .await;
    let step = "clerk disable: a token that was good is refused, and no other made";
    walk.step(checklist, step, disable(&walk, &operator)).await;
    let step = "clerk enable: it is let in again";
    walk.step(checklist, step, enable(&walk, &operator)).await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

async fn set_up(walk: &Walk<'_>, operator: &Operator<'_>, client: &HemeraClient) -> Result<(), Failure> {
    let templates = walk.accounts.backend().jwt_templates();
    for template in templates.list().await.map_err(anyhow::Error::from)? {
        let deleted = templates.delete(&template.id).await;
        deleted.map_err(anyhow::Error::from)?;
    }
    let (code, _) = operator.clerk("status").await?;
    equal("the exit code of status before", 1, code)?;
    operator.succeeds("setup --yes").await?;
    client.service_courses(&CourseQuery::default()).await?;
    Ok(())
}

async fn set_up_again(walk: &Walk<'_>, operator: &Operator<'_>) -> Result<(), Failure> {
    let before = writes(walk).await?;
    let printed = operator.succeeds("setup --yes").await?;
    holds("it to say so", printed.contains("nothing to change"), &printed)?;
    equal("writes to users and templates", before, writes(walk).await?)?;
    operator.succeeds("status").await.map(drop)
}

/// How many writes to users and templates Clerk has had.
async fn writes(walk: &Walk<'_>) -> Result<u64, Failure> {
    let mut writes = 0;
    for (method, path) in [
        ("POST", "/v1/users"),
        ("POST", "/v1/jwt_templates"),
        ("PATCH", "/v1/**"),
    ] {
        writes += walk.clerk.count(method, path).await?;
    }
    Ok(writes)
}

async fn rotate(walk: &Walk<'_>, operator: &Operator<'_>, client: &HemeraClient) -> Result<(), Failure> {
    let printed = operator.succeeds("rotate --yes").await?;
    let proof = "and Clerk refuses to mint from it";
    holds(
        "a proof that the session is dead",
        printed.contains(proof),
        &printed,
    )?;
    let sign_ins = walk.clerk.count("POST", "/v1/client/sign_ins").await?;
    // A new token is needed only when the old one is no longer good.
    if let Some(token) = client.tokens().peek() {
        client.tokens().invalidate(token.generation);
    }
    client.service_courses(&CourseQuery::default()).await?;
    equal(
        "sign-ins since",
        sign_ins + 1,
        walk.clerk.count("POST", "/v1/client/sign_ins").await?,
    )
}

async fn disable(walk: &Walk<'_>, operator: &Operator<'_>) -> Result<(), Failure> {
    let newcomer = newcomer(walk);
    let minted = newcomer.mint().await.map_err(anyhow::Error::from)?;
    let bearer = format!("Bearer {}", minted.jwt.expose_secret());
    let headers = [(AUTHORIZATION.as_str(), bearer.as_str())];
    answered(200, &walk.get_courses(&headers).await?)?;
    operator.succeeds("disable --yes").await?;
    answered(401, &walk.get_courses(&headers).await?)?;
    let refusal = newcomer.mint().await.err();
    equal(
        "Clerk's answer to a new sign-in",
        Some(Some("user_banned".to_owned())),
        refusal.map(|error| error.code().map(str::to_owned)),
    )
}

async fn enable(walk: &Walk<'_>, operator: &Operator<'_>) -> Result<(), Failure> {
    operator.succeeds("enable --yes").await?;
    let client = newcomer_client(walk)?;
    client.service_courses(&CourseQuery::default()).await?;
    refused(403, client.service_usage(7).await)
}

fn newcomer(walk: &Walk<'_>) -> ServiceUser {
    walk.accounts.sign_in(UserRef::EmailAddress(NEWCOMER.to_owned()))
}

/// A client that has not signed in yet.
fn newcomer_client(walk: &Walk<'_>) -> anyhow::Result<HemeraClient> {
    Ok(walk.client_with(ClerkServiceUser::new(newcomer(walk)))?.build()?)
}
