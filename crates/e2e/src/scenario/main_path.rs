//! The main path: every success criterion of the integration, on a production instance.

use std::pin::Pin;

use crate::auditor::LogKey;
use crate::checklist::Checklist;
use crate::failure::{Failure, equal};
use crate::scenario::by_key::{self, ServiceKey};
use crate::scenario::{figures, reads_and_writes, refusals, service_user, trail};
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

/// What stands above its steps.
pub(super) const TITLE: &str = "Aither at Hemera, with Clerk as a production instance";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario(TITLE);
    let key = ServiceKey::make();
    let log_key = LogKey::make(&programs.hemera_api).await?;
    let mut settings = key.settings();
    settings.extend(log_key.settings());
    // So short that the walk does not wait a minute for the limit to recover.
    settings.push(("HEMERA_LIMITS__WINDOW", "6s".to_owned()));
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;

    criteria(&walk, &key, checklist).await;
    trail::walk(programs, &stack, &log_key, checklist).await;

    let start = u64::try_from(stack.server_start.as_millis()).ok();
    checklist.figure("hemera-api, from start to listening", start, "ms");
    checklist.figure(
        "hemera-api, most memory resident",
        stack.server_peak_memory(),
        "KiB",
    );
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

/// Every success criterion, one after the other.
pub(super) async fn criteria(walk: &Walk<'_>, key: &ServiceKey, checklist: &mut Checklist) {
    let step = "The service user authenticates via Clerk";
    walk.step(checklist, step, service_user::authenticates(walk))
        .await;
    let step = "Without a token, with a forged or an expired one: 401, one body";
    walk.step(checklist, step, refusals::bad_credentials(walk)).await;
    let step = "Other roles are refused: 403";
    walk.step(checklist, step, refusals::other_roles(walk)).await;
    let step = "Aither reads courses, a course, its materials, a participation";
    walk.step(checklist, step, reads_and_writes::reads(walk, &walk.client))
        .await;
    let step = "Aither writes a result, and PostgreSQL holds it";
    walk.step(checklist, step, reads_and_writes::writes(walk, &walk.client))
        .await;
    let step = "No admin privilege is exposed: usage is 403, and 200 for an admin";
    walk.step(checklist, step, refusals::least_privilege(walk)).await;
    let step = "The server's login reads no e-mail address, changes no record";
    walk.step(checklist, step, refusals::least_privilege_in_the_database(walk))
        .await;
    let step = "The token is renewed across its expiry, ahead of it, and only then";
    walk.step(checklist, step, service_user::renews(walk)).await;
    let step = "A token that Hemera refuses is replaced, and the call goes on";
    walk.step(checklist, step, service_user::replaces_a_refused_token(walk))
        .await;
    let step = "The rate limit answers 429, and the client recovers";
    walk.step(checklist, step, refusals::rate_limit(walk)).await;
    let step = "The client's figures agree with what Clerk and Hemera have seen";
    walk.step(checklist, step, figures::agree(walk)).await;
    let step = "One trace leads from Aither's call to Hemera's log";
    walk.step(checklist, step, figures::one_trace(walk)).await;
    let step = "The same with the service key: reads, writes, no admin privilege";
    walk.step(checklist, step, by_key::whole_again(walk, key)).await;
    let step = "The audit log shows who did what, and who was refused";
    walk.step(checklist, step, service_user::is_audited(walk)).await;
}

/// A walk that leaves something running has not passed. On the heap, so that a walk is not as large as a stack.
pub(super) fn stopped(stack: Stack) -> Pin<Box<impl Future<Output = Result<(), Failure>>>> {
    Box::pin(async {
        let stopped = stack.stop().await;
        equal("the end", Ok(()), stopped.map_err(|error| format!("{error:#}")))
    })
}
