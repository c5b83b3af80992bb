//! The command lines of the documents, run as they stand there against a server with the demo data.

use crate::checklist::Checklist;
use crate::example::examples;
use crate::failure::{Failure, holds};
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

const DOCUMENTS: [(&str, &str); 2] = [
    ("docs/api.md", include_str!("../../../../docs/api.md")),
    (
        "docs/rate-limits.md",
        include_str!("../../../../docs/rate-limits.md"),
    ),
];

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("The command lines of the documents");
    for (name, document) in DOCUMENTS {
        // Each with a server of its own: what one has counted and written is nothing to the other.
        let stack = Stack::start(programs, Instance::Production, &[]).await?;
        let walk = Walk::new(&stack)?;
        let step = run(&walk, document);
        walk.step(
            checklist,
            &format!("{name}: every curl line, and what it prints"),
            step,
        )
        .await;
        checklist
            .step("Everything stops in order, exit code 0", stopped(stack))
            .await;
    }
    Ok(())
}

async fn run(walk: &Walk<'_>, document: &str) -> Result<(), Failure> {
    let subject = walk.accounts.with_role("api-client").await?;
    let token = walk.accounts.token_of(&subject).await?;
    let hemera = walk.stack.hemera_url.as_str().trim_end_matches('/');
    let examples = examples(document);
    holds("at least two examples", examples.len() >= 2, examples.len())?;
    for example in examples {
        let outcome = example.run(hemera, &token).await;
        outcome.map_err(|failure| failure.at(format!("line {}", example.line)))?;
    }
    Ok(())
}
