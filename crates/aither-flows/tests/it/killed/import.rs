//! An import that is killed.

use std::fmt::Write as _;
use std::path::Path;

use aither_client::hemera_types::ParticipationId;
use aither_client::testing::{InMemoryHemera, ParticipationSeed};

use super::{points, run, said, was_killed};
use crate::support::{course_id, participation_id, seeds};

const SEED: u64 = 1_300;
/// Two batches and a half.
const ROWS: usize = 250;

fn ids() -> Vec<ParticipationId> {
    (0..ROWS)
        .map(|number| participation_id(&format!("part_{number}")))
        .collect()
}

async fn academy() -> InMemoryHemera {
    let participations = ids()
        .into_iter()
        .map(|id| ParticipationSeed::new(id, course_id("a")));
    let builder = InMemoryHemera::builder()
        .without_limits()
        .with_course(seeds("a", 1).0);
    builder.with_participations(participations).start().await.unwrap()
}

fn write_input(path: &Path) {
    let mut text = "participationId,resultOutcome,complete\n".to_owned();
    for id in ids() {
        writeln!(text, "{id},Outcome of {id},true").unwrap();
    }
    std::fs::write(path, text).unwrap();
}

/// The only journal beside the input.
fn journal(directory: &Path) -> String {
    let mut journals = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let journal = journals
        .find(|path| path.extension().is_some_and(|end| end == "journal"))
        .unwrap();
    std::fs::read_to_string(journal).unwrap()
}

#[tokio::test]
async fn an_import_that_is_killed_anywhere_loses_nothing_and_writes_nothing_twice() {
    let whole = academy().await;
    let directory = tempfile::tempdir().unwrap();
    let input = directory.path().join("results.csv");
    write_input(&input);
    let lines = said(&run(&whole, "import", &input, None).await, "lines");
    let before: Vec<_> = ids().iter().map(|id| academy_version(&whole, id)).collect();

    for point in points(SEED, lines) {
        let hemera = academy().await;
        let directory = tempfile::tempdir().unwrap();
        let input = directory.path().join("results.csv");
        write_input(&input);
        assert!(
            was_killed(&run(&hemera, "import", &input, Some(point)).await),
            "line {point} of {lines}"
        );

        let report = run(&hemera, "import", &input, None).await;
        said(&report, "lines");
        let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
        let count = |name: &str| report[name].as_u64().unwrap();
        assert_eq!(
            count("updated") + count("unchanged") + count("writtenBefore"),
            ROWS as u64,
            "line {point}"
        );
        assert!(
            count("unchanged") <= 100,
            "no more than the request that was under way is sent twice"
        );
        for (id, version) in ids().iter().zip(&before) {
            let written = hemera.participation(id).unwrap();
            assert_eq!(
                written.result_outcome.as_deref(),
                Some(format!("Outcome of {id}").as_str()),
                "line {point}"
            );
            assert_eq!(written.version.to_string(), *version, "{id} after line {point}");
        }
        let journal = journal(directory.path());
        assert_eq!(journal.lines().count(), 1 + ROWS, "line {point}");
        assert!(
            journal
                .lines()
                .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
        );

        // All of it is in the journal: another run asks for nothing.
        hemera.clear_requests();
        let again = run(&hemera, "import", &input, None).await;
        let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!(again["writtenBefore"], ROWS, "line {point}");
        assert_eq!(hemera.requests().len(), 0);
    }
}

/// The version of a participation after one write, which every one must have in the end.
fn academy_version(hemera: &InMemoryHemera, id: &ParticipationId) -> String {
    hemera.participation(id).unwrap().version.to_string()
}

/// Linux says how much memory a process has had.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn ten_thousand_results_take_no_more_memory_than_a_thousand() {
    let mut memory = Vec::new();
    for rows in [1_000, 10_000] {
        let ids = (0..rows).map(|number| participation_id(&format!("part_{number}")));
        let participations = ids.map(|id| ParticipationSeed::new(id, course_id("a")));
        let builder = InMemoryHemera::builder()
            .without_limits()
            .with_course(seeds("a", 1).0);
        let hemera = builder.with_participations(participations).start().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let input = directory.path().join("results.csv");
        let text = "x".repeat(1_000);
        let mut all = "participationId,resultOutcome,resultNotes\n".to_owned();
        for number in 0..rows {
            writeln!(all, "part_{number},{text},{text}").unwrap();
        }
        std::fs::write(&input, all).unwrap();
        memory.push(said(&run(&hemera, "import", &input, None).await, "memory"));
    }
    // 18 MB more of input. The hashes of ids take less than 1 MiB.
    assert!(
        memory[1] < memory[0] + 4 * 1_024,
        "KiB for 1,000 and for 10,000 rows: {memory:?}"
    );
}
