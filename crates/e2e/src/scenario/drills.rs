//! Every drill, with bounds of a second or so; and that a drill is red where its promise is broken, and leaves the instance
//! as it found it where it is interrupted.

use serde_json::Value;

use crate::accounts::SERVICE;
use crate::checklist::Checklist;
use crate::drills::{Drills, NAMES};
use crate::example::{fits, trimmed};
use crate::failure::{Failure, equal, holds};
use crate::operator::Operator;
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs};
use crate::walk::Walk;

const DOCUMENT: &str = include_str!("../../../../docs/drills.md");

/// The drill whose whole output the document shows.
const SHOWN: &str = "key-rotation";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("Drills: the runbooks, performed and measured");
    let drills = Drills::start(programs).await?;
    {
        let walk = Walk::new(&drills.stack)?;
        for name in NAMES {
            let step = format!("{name}: every promise is kept, and all is as it was before");
            walk.step(checklist, &step, is_kept(&drills, programs, name))
                .await;
        }
        let step = "A server with older roles than the drill's settings say: red";
        walk.step(checklist, step, is_red_where_roles_are_older(&drills))
            .await;
        let step = "Ctrl-C in the middle: what was changed is given back";
        walk.step(checklist, step, is_given_back(&drills, programs)).await;
    }
    checklist
        .step("Everything stops in order, exit code 0", stopped(drills.stack))
        .await;
    Ok(())
}

async fn is_kept(drills: &Drills<'_>, programs: &Programs, name: &str) -> Result<(), Failure> {
    if name == SHOWN {
        let ran = drills.run(name, &[], &[]).await?.ended_with(0)?;
        let shown = shown(&format!("Drill {name}"));
        holds(
            &format!("what docs/drills.md shows: {shown}"),
            fits(&trimmed(shown), &trimmed(&ran.printed)),
            &ran.printed,
        )?;
        return is_as_before(drills, programs).await;
    }
    let ran = drills.run(name, &["--json"], &[]).await?.ended_with(0)?;
    let report = ran.json()?;
    equal("`kept` of the report", &Value::Bool(true), &report["kept"])?;
    equal(
        "the promises, as docs/drills.md has them",
        documented(name),
        promises(&report),
    )?;
    is_as_before(drills, programs).await
}

/// The promises of a report, without the plan in front of some, each once.
fn promises(report: &Value) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for promise in report["promises"].as_array().into_iter().flatten() {
        let text = promise["promise"].as_str().unwrap_or_default();
        let text = text.split_once(": ").map_or(text, |(_, text)| text);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// The promises in the section of a drill: the first cells of its table.
fn documented(name: &str) -> Vec<&'static str> {
    let heading = format!("### {name}\n");
    let section = DOCUMENT.split_once(&heading).map_or("", |(_, rest)| rest);
    let section = section.split_once("\n#").map_or(section, |(section, _)| section);
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split_once(" | ").map(|(cell, _)| cell));
    cells
        .filter(|cell| *cell != "promise" && !cell.starts_with("---"))
        .collect()
}

/// The block of the document that begins with this.
fn shown(beginning: &str) -> &'static str {
    let opening = format!("```text\n{beginning}");
    let block = DOCUMENT
        .split_once(&opening)
        .map_or("", |(before, _)| &DOCUMENT[before.len()..]);
    let block = block.strip_prefix("```text\n").unwrap_or(block);
    block.split_once("\n```").map_or(block, |(block, _)| block)
}

/// The drill expects a role of 300 ms at most; the server keeps it for a second.
async fn is_red_where_roles_are_older(drills: &Drills<'_>) -> Result<(), Failure> {
    let shorter = [("HEMERA_ROLES__MAX_AGE", "300ms")];
    let ran = drills
        .run("leaked-token", &["--json"], &shorter)
        .await?
        .ended_with(1)?;
    missed(&ran.json()?, "roles.max_age")
}

/// Fails unless a bound of this setting was missed.
fn missed(report: &Value, setting: &str) -> Result<(), Failure> {
    let missed = report["promises"].as_array().into_iter().flatten();
    let missed: Vec<&str> = missed
        .filter(|promise| promise["kept"] == false)
        .filter_map(|promise| promise["setting"].as_str())
        .collect();
    holds(
        &format!("the bound of {setting} to be missed"),
        missed.contains(&setting),
        &missed,
    )
}

async fn is_given_back(drills: &Drills<'_>, programs: &Programs) -> Result<(), Failure> {
    let ran = drills
        .interrupted("leaked-token", "✓ clerk disable")
        .await?
        .ended_with(3)?;
    holds(
        "a line that says so",
        ran.said.contains("it was interrupted"),
        &ran.said,
    )?;
    is_as_before(drills, programs).await
}

/// The service user is as it should be, and so are Clerk and the server's files.
async fn is_as_before(drills: &Drills<'_>, programs: &Programs) -> Result<(), Failure> {
    let files = drills.files()?;
    let contents: Vec<&str> = files.iter().map(|(_, content)| content.as_str()).collect();
    equal(
        "the contents of the server's files",
        vec![Instance::Production.secret_key(), "# none\n"],
        contents,
    )?;
    Operator::new(programs, &drills.stack, SERVICE)
        .succeeds("status")
        .await
        .map(drop)
}
