//! The journal of an import.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use aither_flows::results::ImportError;
use serde_json::Value;

use super::ImportBench;

const INPUT: &str = "participationId,resultOutcome\np1,a secret text\np2,another\np3,third\n";

#[tokio::test]
async fn the_journal_is_private_has_no_texts_and_every_verdict() {
    let bench = ImportBench::new(2).await;
    let report = bench.run(&bench.import("results.csv", INPUT)).await.unwrap();
    let [journal] = bench.journals().try_into().unwrap();
    assert_eq!(report.journal, journal);
    let name = journal.file_name().unwrap().to_str().unwrap();
    assert!(
        name.starts_with("results.csv.") && name.len() == "results.csv..journal".len() + 16,
        "{name}"
    );
    assert_eq!(
        fs::metadata(&journal).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let text = fs::read_to_string(&journal).unwrap();
    assert!(!text.contains("secret"));
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["format"], 1);
    assert_eq!(lines[0]["rows"], 3);
    let verdicts: Vec<_> = lines[1..]
        .iter()
        .map(|line| (&line["row"], &line["verdict"]))
        .collect();
    let expected = [(2, "UPDATED"), (3, "UPDATED"), (4, "NOT_FOUND")];
    assert_eq!(verdicts.len(), 3);
    for ((row, verdict), expected) in verdicts.into_iter().zip(expected) {
        assert_eq!((row, verdict), (&expected.0.into(), &expected.1.into()));
    }
}

#[tokio::test]
async fn a_finished_import_sends_nothing_again_and_another_input_has_another_journal() {
    let bench = ImportBench::new(3).await;
    bench.run(&bench.import("results.csv", INPUT)).await.unwrap();
    bench.hemera.clear_requests();
    let [journal] = bench.journals().try_into().unwrap();
    let mode = || fs::metadata(&journal).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o644)).unwrap();
    let again = bench.run(&bench.import("results.csv", INPUT)).await.unwrap();
    assert_eq!(mode(), 0o600);
    assert_eq!((again.written_before, again.updated, again.unchanged), (3, 0, 0));
    assert_eq!(bench.hemera.requests().len(), 0);
    let edited = INPUT.replace("third", "edited");
    let report = bench.run(&bench.import("results.csv", edited)).await.unwrap();
    assert_eq!(
        (report.written_before, report.updated, report.unchanged),
        (0, 1, 2)
    );
    assert_eq!(bench.journals().len(), 2);
}

#[tokio::test]
async fn what_a_crash_has_left_unfinished_is_cut_off() {
    let bench = ImportBench::new(3).await;
    let import = bench.import("results.csv", INPUT);
    bench.run(&import).await.unwrap();
    let [journal] = bench.journals().try_into().unwrap();
    let whole = fs::read(&journal).unwrap();
    let lines: Vec<usize> = (0..whole.len()).filter(|place| whole[*place] == b'\n').collect();
    // Everywhere: in the header, at the end of a line, in a line; and with what a power cut may leave there.
    for (length, tail) in (0..whole.len())
        .step_by(7)
        .chain(lines.iter().map(|end| end + 1))
        .flat_map(|at| [(at, ""), (at, "\0\0\0")])
    {
        let is_in_header = length < lines[0] + 1;
        if is_in_header && !tail.is_empty() {
            continue;
        }
        fs::write(&journal, [&whole[..length], tail.as_bytes()].concat()).unwrap();
        let report = bench.run(&import).await.unwrap();
        let kept = lines
            .iter()
            .filter(|end| **end < length)
            .count()
            .saturating_sub(1);
        assert_eq!(report.written_before, kept as u64, "after {length} bytes");
        assert_eq!(report.unchanged, 3 - kept as u64, "after {length} bytes");
        let now = String::from_utf8(fs::read(&journal).unwrap()).unwrap();
        assert_eq!(now.lines().count(), 4, "after {length} bytes");
    }
    assert_eq!(bench.state("p1").3, "\"2\"");
}

#[tokio::test]
async fn a_second_import_of_the_same_input_is_refused() {
    let bench = ImportBench::new(3).await;
    let import = bench.import("results.csv", INPUT);
    bench.run(&import).await.unwrap();
    let [journal] = bench.journals().try_into().unwrap();
    let lock = File::open(&journal).unwrap();
    lock.lock().unwrap();
    let error = bench.run(&import).await.unwrap_err();
    assert!(matches!(error, ImportError::Busy { .. }), "{error}");
    assert!(error.to_string().contains("wait until it has ended"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_journal_of_this_input_is_left_alone() {
    let bench = ImportBench::new(3).await;
    let other = bench.import("other.csv", "participationId,complete\np1,true\n");
    let path = bench.place().join("chosen");
    bench.run(&other.with_journal(&path)).await.unwrap();
    let import = bench.import("results.csv", INPUT).with_journal(&path);
    let mine = bench.place().join("mine");
    fs::write(&mine, "my notes").unwrap();
    let linked = bench.place().join("linked");
    symlink(&mine, &linked).unwrap();
    bench.hemera.clear_requests();
    for (path, expected) in [
        (&path, "is not the journal of this input"),
        (&mine, "is not the journal of this input"),
        (&linked, "symbolic link is in its place"),
    ] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        let before = fs::read(path).unwrap();
        let error = bench.run(&import.clone().with_journal(path)).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(fs::read(path).unwrap(), before);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o644);
    }
    assert_eq!(bench.hemera.requests().len(), 0);
    let report = bench
        .run(&import.with_journal(bench.place().join("new")))
        .await
        .unwrap();
    assert_eq!(report.updated, 3);
}

#[tokio::test]
async fn a_journal_of_another_hemera_is_refused() {
    let bench = ImportBench::new(3).await;
    let other = ImportBench::new(3).await;
    let import = bench.import("results.csv", INPUT);
    bench.run(&import).await.unwrap();
    let error = other.run(&import).await.unwrap_err();
    assert!(matches!(error, ImportError::ForeignJournal { .. }), "{error}");
    assert_eq!(other.hemera.requests().len(), 0);
}

#[tokio::test]
async fn an_input_that_changes_after_its_check_is_not_written_further() {
    let bench = ImportBench::new(250).await;
    let row = |number: usize| format!("p{number:03},x\n").replace("p00", "p").replace("p0", "p");
    let header = "participationId,resultOutcome\n";
    let rows: String = (1..=250).map(row).collect();
    for (from, to) in [
        ("p200,x", "p200,y"),
        ("p250,x\n", "p250,x\np251,x\n"),
        ("p250,x\n", ""),
    ] {
        let import = bench.import("results.csv", format!("{header}{rows}"));
        let path = bench.place().join("results.csv");
        let changed = format!("{header}{}", rows.replace(from, to));
        let import = import.with_progress(ChangesInput { path, changed });
        let error = bench.run(&import).await.unwrap_err();
        assert!(
            matches!(error, ImportError::InputChanged { .. }),
            "{from:?}: {error}"
        );
        assert_ne!(bench.state("p200").0.as_deref(), Some("y"));
        for journal in bench.journals() {
            fs::remove_file(journal).unwrap();
        }
    }
}

/// Writes into the input, in place, when the first results are to be written.
struct ChangesInput {
    path: std::path::PathBuf,
    changed: String,
}

impl aither_flows::Progress for ChangesInput {
    fn step(&self, step: aither_flows::Step) {
        if step.phase == aither_flows::Phase::WriteResults && step.done == 0 {
            let mut file = OpenOptions::new()
                .write(true)
                .truncate(true)
                .open(&self.path)
                .unwrap();
            file.write_all(self.changed.as_bytes()).unwrap();
        }
    }
}
