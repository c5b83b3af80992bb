//! Results of many participations from a file, by the command `aither`.

use std::fmt::Write as _;
use std::path::Path;

use crate::aither::{Aither, kill};
use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::walk::Walk;

/// Participations of the course that the imports write to: three requests.
const ROWS: u32 = 250;
/// The row at which an import is killed: in the middle of its second request.
const KILLED_AT: u32 = 150;

pub(super) async fn steps(walk: &Walk<'_>, aither: &Aither<'_>, checklist: &mut Checklist) {
    let step = "Rows with faults are all named, and nothing is written";
    walk.step(checklist, step, names_all_faults(walk, aither)).await;
    let step = "An import that is killed loses nothing, and writes nothing twice";
    walk.step(checklist, step, survives_a_kill(walk, aither)).await;
    let step = "Each of its results has a record of its own";
    walk.step(checklist, step, is_audited(walk)).await;
}

async fn names_all_faults(walk: &Walk<'_>, aither: &Aither<'_>) -> Result<(), Failure> {
    let pool = walk.stack.database.pool();
    query::make_large_course(pool, i32::try_from(ROWS).unwrap_or(i32::MAX)).await?;
    let long = "a".repeat(2001);
    let rows = format!(
        "\u{feff}participationId,resultOutcome,complete\r\nimport_1,\"one\r\ntwo\",true\r\nimport_2,{long},true\r\nimport_3,three,perhaps\r\nno id,four,true\r\n"
    );
    let file = aither.file("faults.csv", &rows)?;
    let refused = aither.ends(&["results", "import", text(&file)?], 1).await?;
    // The header is row 1; the text with a line break in it is fine.
    for place in [
        "row 5",
        "row 3",
        "row 4",
        "resultOutcome",
        "complete",
        "participationId",
    ] {
        holds("every fault with its place", refused.contains(place), &refused)?;
    }
    equal(
        "the versions",
        vec![(1, i64::from(ROWS))],
        query::versions_of_large_course(pool).await?,
    )
}

/// Another session holds the row of one participation: the import waits there, and is killed.
async fn survives_a_kill(walk: &Walk<'_>, aither: &Aither<'_>) -> Result<(), Failure> {
    let pool = walk.stack.database.pool();
    let mut rows = "participationId,resultOutcome,complete\n".to_owned();
    for row in 1..=ROWS {
        // Writing to a text cannot fail.
        let _ = writeln!(rows, "import_{row},Outcome {row},true");
    }
    let file = aither.file("results.csv", &rows)?;
    let arguments = ["results", "import", text(&file)?];
    let mut lock = query::lock_participation(pool, &format!("import_{KILLED_AT}")).await?;
    let import = aither.start(&arguments)?;
    query::until_a_session_waits(pool, &mut lock).await?;
    kill(import).await?;
    let halfway = query::versions_of_large_course(pool).await?;
    let versions: Vec<i64> = halfway.iter().map(|(version, _)| *version).collect();
    equal("the versions at the kill", vec![1, 2], versions)?;
    lock.rollback().await?;
    let report = aither.json(&arguments).await?;
    holds(
        "a complete report",
        report["report"]["notWritten"] == serde_json::json!([]),
        &report,
    )?;
    equal(
        "the versions",
        vec![(2, i64::from(ROWS))],
        query::versions_of_large_course(pool).await?,
    )?;
    let again = aither.json(&arguments).await?;
    equal(
        "results written by another run",
        Some(0),
        again["report"]["updated"].as_u64(),
    )?;
    equal(
        "the versions",
        vec![(2, i64::from(ROWS))],
        query::versions_of_large_course(pool).await?,
    )
}

async fn is_audited(walk: &Walk<'_>) -> Result<(), Failure> {
    let records = query::changes_of_large_course(walk.stack.database.pool()).await?;
    equal(
        "records of a change for each participation",
        vec![(1, i64::from(ROWS))],
        records,
    )
}

fn text(path: &Path) -> Result<&str, Failure> {
    path.to_str()
        .ok_or_else(|| Failure::new("a path that is text", format!("{}", path.display())))
}
