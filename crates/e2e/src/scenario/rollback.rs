//! The way back to the service key, and forward again: the service user is shut out, Aither goes on with the key, and the
//! service user is let in again. Once on a plan of Clerk's with bans, once on one without.

use aither_client::hemera_types::CourseQuery;
use aither_client::{ClerkServiceUser, HemeraClient};
use clerk::{ServiceUser, UserRef};
use reqwest::header::AUTHORIZATION;
use secrecy::ExposeSecret;

use crate::accounts::SERVICE;
use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::operator::Operator;
use crate::scenario::by_key::ServiceKey;
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::{Walk, answered, refused};

/// A plan of Clerk's, and how Hemera answers a user who is shut out on it.
#[derive(Clone, Copy, Debug)]
struct Plan {
    name: &'static str,
    has_bans: bool,
    refusal: u16,
}

const PLANS: [Plan; 2] = [
    Plan {
        name: "pro",
        has_bans: true,
        refusal: 401,
    },
    Plan {
        name: "hobby",
        has_bans: false,
        refusal: 403,
    },
];

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("Back to the service key and forward again, on two plans of Clerk's");
    let key = ServiceKey::make();
    let mut settings = key.settings();
    // So that a shut-out counts with the next request and not within a minute.
    settings.push(("HEMERA_ROLES__MAX_AGE", "1ms".to_owned()));
    settings.push(("HEMERA_ROLES__COOL_DOWN", "0s".to_owned()));
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;
    let operator = Operator::new(programs, &stack, SERVICE);
    for plan in PLANS {
        let name = plan.name;
        let step = format!("{name}: clerk disable, and a token that was good is refused");
        walk.step(checklist, &step, shut_out(&walk, &operator, plan))
            .await;
        let step = format!("{name}: Aither goes on with the service key");
        walk.step(checklist, &step, by_key(&walk, &key)).await;
        let step = format!("{name}: clerk enable ends new sessions, and Aither is let in again");
        walk.step(checklist, &step, let_in(&walk, &operator, plan)).await;
    }
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

async fn shut_out(walk: &Walk<'_>, operator: &Operator<'_>, plan: Plan) -> Result<(), Failure> {
    walk.clerk.set_plan(plan.name).await?;
    let minted = service(walk).mint().await.map_err(anyhow::Error::from)?;
    let bearer = format!("Bearer {}", minted.jwt.expose_secret());
    let headers = [(AUTHORIZATION.as_str(), bearer.as_str())];
    answered(200, &walk.get_courses(&headers).await?)?;
    let printed = operator.succeeds("disable --yes").await?;
    holds("it to say so", printed.contains("is shut out"), &printed)?;
    let says_no_bans = printed.contains("has no bans (402)");
    equal("that the plan has no bans", !plan.has_bans, says_no_bans)?;
    answered(plan.refusal, &walk.get_courses(&headers).await?)?;
    // Nothing gives it back by accident.
    for command in ["setup --yes", "token --yes", "enroll --yes"] {
        operator.refuses(command).await?;
    }
    operator.refuses("status").await.map(drop)
}

async fn by_key(walk: &Walk<'_>, key: &ServiceKey) -> Result<(), Failure> {
    let client = walk.client_with_key(key.text())?;
    let courses = client.service_courses(&CourseQuery::default()).await?;
    equal("published courses", 3, courses.items.len())?;
    for course in &courses.items {
        client.service_course(&course.id).await?;
    }
    refused(403, client.service_usage(7).await)
}

async fn let_in(walk: &Walk<'_>, operator: &Operator<'_>, plan: Plan) -> Result<(), Failure> {
    // Without bans a sign-in goes on being possible.
    let newcomer = service(walk);
    equal("a sign-in", !plan.has_bans, newcomer.mint().await.is_ok())?;
    operator.succeeds("enable --yes").await?;
    if let Some(session) = newcomer.session_id() {
        let sessions = walk.accounts.backend().sessions();
        let session = sessions.get(&session).await.map_err(anyhow::Error::from)?;
        equal("the session's status", "revoked", session.status.as_str())?;
    }
    client(walk)?.service_courses(&CourseQuery::default()).await?;
    operator.succeeds("status").await.map(drop)
}

fn service(walk: &Walk<'_>) -> ServiceUser {
    walk.accounts.sign_in(UserRef::EmailAddress(SERVICE.to_owned()))
}

/// A client that has not signed in yet.
fn client(walk: &Walk<'_>) -> anyhow::Result<HemeraClient> {
    Ok(walk.client_with(ClerkServiceUser::new(service(walk)))?.build()?)
}
