//! Directories without names and pictures.

use std::time::Duration;

use aither_client::testing::Fault;

use super::{DAY, SyncBench};
use crate::support::content;

#[tokio::test]
async fn a_pseudonymous_directory_never_has_a_name() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    let sync = || bench.sync().pseudonymous(true);
    bench.run(sync()).await;
    for _ in 0..2 {
        let tree = bench.tree();
        assert!(!tree.contains("Name of") && !tree.contains("images.example.com"));
        tree.assert_true_manifest();
        let participant = &content(&bench.directory(), "courses/a/participants.json")["participants"][0];
        assert!(participant["name"].is_null() && participant["imageUrl"].is_null());
        assert_eq!(participant["userId"], "a-1");
        bench.advance(DAY);
        assert!(bench.run(sync()).await.is_unchanged());
    }
}

#[tokio::test]
async fn names_are_removed_even_if_hemera_is_away() {
    for has_manifest in [true, false] {
        let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
        bench.run(bench.sync()).await;
        assert!(bench.tree().contains("Name of a"));
        std::fs::write(
            bench.directory().join("courses/b/participants.json"),
            "Name of b, edited",
        )
        .unwrap();
        if !has_manifest {
            std::fs::remove_file(bench.directory().join("manifest.json")).unwrap();
        }
        let away = Fault::Unavailable {
            retry_after: Duration::from_secs(1),
        };
        bench.hemera.fail_next(away.times(100));
        bench.sync().pseudonymous(true).run().await.unwrap_err();
        let tree = bench.tree();
        assert!(
            !tree.contains("Name of") && !tree.contains("images.example.com"),
            "{has_manifest}"
        );
        bench.hemera.clear_faults();
        bench.advance(Duration::from_mins(1));
        bench.run(bench.sync().pseudonymous(true)).await;
        let tree = bench.tree();
        assert!(!tree.contains("Name of"));
        tree.assert_true_manifest();
    }
}

/// A run with names was killed between a file and the manifest: of a course that the manifest names, and of one that it
/// does not.
#[tokio::test]
async fn names_of_a_run_that_was_killed_are_removed_even_if_hemera_is_away() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let courses = bench.directory().join("courses");
    let named = std::fs::read(courses.join("a/participants.json")).unwrap();
    bench.run(bench.sync().pseudonymous(true)).await;
    let before = bench.tree();
    std::fs::create_dir(courses.join("new")).unwrap();
    for course in ["a", "new"] {
        std::fs::write(courses.join(course).join("participants.json"), &named).unwrap();
    }
    let away = Fault::Unavailable {
        retry_after: Duration::from_secs(1),
    };
    bench.hemera.fail_next(away.times(100));
    bench.sync().pseudonymous(true).run().await.unwrap_err();
    let tree = bench.tree();
    assert!(!tree.contains("Name of") && !tree.contains("images.example.com"));
    bench.hemera.clear_faults();
    bench.advance(Duration::from_mins(1));
    bench.run(bench.sync().pseudonymous(true)).await;
    assert_eq!(bench.tree().difference(&before), [""; 0]);
    bench.tree().assert_true_manifest();
}

#[tokio::test]
async fn names_come_back_when_they_are_wanted_again() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    let report = bench.run(bench.sync().pseudonymous(true)).await;
    assert_eq!((report.files_written, report.requests), (1, 1));
    let report = bench.run(bench.sync()).await;
    assert!(report.is_full_pass);
    assert_eq!(report.files_written, 1);
    assert_eq!(bench.tree().difference(&before), [""; 0]);
}
