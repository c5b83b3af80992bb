//! The same flow on a development instance: one path for both kinds.

use crate::checklist::Checklist;
use crate::scenario::main_path::stopped;
use crate::scenario::{reads_and_writes, service_user};
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("The same, with Clerk as a development instance");
    let stack = Stack::start(programs, Instance::Development, &[]).await?;
    let walk = Walk::new(&stack)?;
    let step = "The service user authenticates via Clerk, on the same path";
    walk.step(checklist, step, service_user::authenticates(&walk))
        .await;
    let step = "Aither reads courses, a course, its materials, a participation";
    walk.step(checklist, step, reads_and_writes::reads(&walk, &walk.client))
        .await;
    let step = "Aither writes a result, and PostgreSQL holds it";
    walk.step(checklist, step, reads_and_writes::writes(&walk, &walk.client))
        .await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}
