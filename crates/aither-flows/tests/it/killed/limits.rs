//! A full disk, a directory without rights, and a mask, which only a process of its own can have.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use aither_client::testing::{InMemoryHemera, ParticipationSeed};

use super::{child, example, run, said};
use crate::support::{Tree, course_id, is_temporary, material, participation_id, seeds, topic};

/// A Hemera with two small courses, and one with materials of a megabyte.
async fn academy() -> InMemoryHemera {
    let mut builder = InMemoryHemera::builder().without_limits();
    for (id, days) in [("a", 1), ("b", 2), ("c", 3)] {
        let (mut course, participation) = seeds(id, days);
        if id == "b" {
            let large = (0..40).map(|number| {
                let mut large = material(&format!("m{number}"), number);
                large.html_content = Some("x".repeat(25_000));
                large
            });
            course = course.with_materials([topic("t", large)]);
        }
        builder = builder.with_course(course).with_participation(participation);
    }
    builder.start().await.unwrap()
}

/// Runs the program under a shell command that sets its limits first.
async fn run_under(hemera: &InMemoryHemera, limits: &str, arguments: &[&str]) -> Output {
    let script = format!("{limits}; exec \"$0\" \"$@\"");
    let program = example();
    let mut all = vec!["-c", &script, program.to_str().unwrap()];
    all.extend(arguments);
    child(hemera, Path::new("/bin/sh"), &all).output().await.unwrap()
}

/// The single line on standard error of a process that failed.
#[track_caller]
fn failure(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

#[tokio::test]
async fn a_full_disk_is_one_line_and_the_next_sync_completes() {
    let hemera = academy().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    // No file may have more than 64 KiB; the signal that says so is ignored, as it is on a full disk.
    let full = "trap '' XFSZ; ulimit -f 128";
    let text = failure(&run_under(&hemera, full, &["sync", path]).await);
    assert!(
        text.contains("materials.json") && text.contains("there is no room; make some"),
        "{text}"
    );
    let left = Tree::of(directory.path());
    assert!(
        left.0.keys().all(|name| !is_temporary(name)),
        "{:?}",
        left.files()
    );
    assert!(left.0.contains_key("courses/a/materials.json"));
    assert!(
        !left.0.contains_key("courses/b/course.json"),
        "a course is written as a whole or not"
    );

    said(&run(&hemera, "sync", directory.path(), None).await, "lines");
    Tree::of(directory.path()).assert_true_manifest();
}

#[tokio::test]
async fn a_disk_that_is_full_during_an_import_is_one_line_and_the_next_run_completes() {
    let hemera = InMemoryHemera::builder()
        .without_limits()
        .with_course(seeds("a", 1).0);
    let seed = |number| ParticipationSeed::new(participation_id(&format!("p{number}")), course_id("a"));
    let hemera = hemera
        .with_participations((1..=250).map(seed))
        .start()
        .await
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let input = directory.path().join("results.csv");
    let rows = (1..=250).map(|number| format!("p{number},true\n"));
    let text = ["participationId,complete\n".to_owned()].into_iter().chain(rows);
    fs::write(&input, text.collect::<String>()).unwrap();
    // 8 KiB have room for the lines of one request and for a part of those of the second.
    let full = "trap '' XFSZ; ulimit -f 16";
    let text = failure(&run_under(&hemera, full, &["import", input.to_str().unwrap()]).await);
    assert!(
        text.contains(".journal") && text.contains("there is no room; make some"),
        "{text}"
    );
    let completed = run(&hemera, "import", &input, None).await;
    said(&completed, "lines");
    let report: serde_json::Value = serde_json::from_slice(&completed.stdout).unwrap();
    let counts = ["writtenBefore", "unchanged", "updated"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(
        counts,
        [100, 100, 50],
        "whole lines alone stay, and nothing is written twice"
    );
}

/// The program as a user who owns nothing, also where the tests run as root.
struct OtherUser {
    program: std::path::PathBuf,
}

impl OtherUser {
    fn new(place: &Path) -> Self {
        let program = place.join("program");
        // The folders of the build may be closed to others.
        fs::copy(example(), &program).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        Self { program }
    }

    async fn run(&self, hemera: &InMemoryHemera, arguments: &[&str]) -> Output {
        let mut command = child(hemera, &self.program, arguments);
        if nix::unistd::geteuid().is_root() {
            command.uid(65_534).gid(65_534).current_dir("/");
        }
        command.output().await.unwrap()
    }
}

#[tokio::test]
async fn a_directory_that_may_not_be_written_is_one_line_and_stays_as_it_is() {
    let hemera = academy().await;
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let directory = place.path().join("data");
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o555)).unwrap();
    let other = OtherUser::new(place.path());
    let text = failure(&other.run(&hemera, &["sync", directory.to_str().unwrap()]).await);
    assert!(text.contains("this user may not do that there"), "{text}");
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
    assert_eq!(hemera.requests().len(), 0);

    let input = place.path().join("results.csv");
    fs::write(&input, "participationId,complete\na-1,true\n").unwrap();
    fs::set_permissions(&input, Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o555)).unwrap();
    let text = failure(&other.run(&hemera, &["import", input.to_str().unwrap()]).await);
    assert!(
        text.contains(".journal") && text.contains("this user may not do that there"),
        "{text}"
    );
    assert_eq!(hemera.requests().len(), 0, "nothing is written without a journal");
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn the_mask_of_the_process_neither_opens_nor_closes_files() {
    let hemera = academy().await;
    for mask in ["000", "777"] {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let output = run_under(
            &hemera,
            &format!("umask {mask}"),
            &["sync", data.to_str().unwrap()],
        )
        .await;
        said(&output, "lines");
        for (path, node) in Tree::of(&data).0 {
            let expected = if node.content.is_some() { 0o600 } else { 0o700 };
            assert_eq!(node.mode, expected, "{path} under {mask}");
        }
    }
}
