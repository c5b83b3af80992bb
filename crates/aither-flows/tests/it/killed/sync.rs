//! A sync that is killed.

use aither_client::testing::InMemoryHemera;
use tempfile::TempDir;

use super::{points, run, said, was_killed};
use crate::support::{Tree, course_id, is_temporary, material, seeds, topic, user_id};

const SEED: u64 = 13;

/// A Hemera with five courses, on the clock of the machine, which the process has, too.
async fn academy() -> InMemoryHemera {
    let mut builder = InMemoryHemera::builder().without_limits();
    for (id, days) in [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)] {
        let (course, participation) = seeds(id, days);
        builder = builder.with_course(course).with_participation(participation);
    }
    builder.start().await.unwrap()
}

/// Something of every kind: changed, new, gone, another name.
fn change(hemera: &InMemoryHemera) {
    hemera.remove_course(&course_id("a"));
    let topics = [topic("t", [material("m", 1)])];
    hemera.set_materials(&course_id("b"), topics).unwrap();
    hemera
        .rename_participant(&user_id("c-1"), "Another name")
        .unwrap();
    let (course, participation) = seeds("f", 6);
    hemera.put_course(course);
    hemera.put_participation(participation).unwrap();
}

/// The directory before the change, in a new place.
async fn synced(hemera: &InMemoryHemera) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    said(&run(hemera, "sync", directory.path(), None).await, "lines");
    directory
}

#[tokio::test]
async fn a_sync_that_is_killed_anywhere_leaves_whole_files_and_the_next_one_completes() {
    let hemera = academy().await;
    let mut directories = Vec::new();
    for _ in 0..=10 {
        directories.push(synced(&hemera).await);
    }
    let before = Tree::of(directories[0].path());
    change(&hemera);
    let whole = directories.pop().unwrap();
    let lines = said(&run(&hemera, "sync", whole.path(), None).await, "lines");
    let after = Tree::of(whole.path());
    assert!(!after.difference(&before).is_empty());

    for (point, directory) in points(SEED, lines).into_iter().zip(&directories) {
        let killed = run(&hemera, "sync", directory.path(), Some(point)).await;
        assert!(was_killed(&killed), "line {point} of {lines}");
        let left = Tree::of(directory.path());
        for path in left.files().into_iter().filter(|path| !is_temporary(path)) {
            let content = |tree: &Tree| tree.0.get(path).and_then(|node| node.content.clone());
            let is_old_or_new = [content(&before), content(&after)].contains(&content(&left));
            assert!(
                is_old_or_new || path == "manifest.json",
                "{path} after line {point}"
            );
            let text = content(&left).unwrap();
            assert!(
                serde_json::from_slice::<serde_json::Value>(&text).is_ok(),
                "{path} after line {point}"
            );
        }

        // At once: the lock of the killed process does not outlive it.
        said(&run(&hemera, "sync", directory.path(), None).await, "lines");
        let completed = Tree::of(directory.path());
        completed.assert_true_manifest();
        assert_eq!(completed.difference(&after), [""; 0], "after line {point}");
    }
}

#[tokio::test]
async fn the_first_sync_that_is_killed_is_continued_and_not_begun_again() {
    let hemera = academy().await;
    let whole = tempfile::tempdir().unwrap();
    let lines = said(&run(&hemera, "sync", whole.path(), None).await, "lines");
    // Ten anywhere, and every one at which a course is written.
    let of_a_course = lines / 5..=lines * 2 / 5;
    for point in points(SEED + 1, lines).into_iter().chain(of_a_course) {
        let directory = tempfile::tempdir().unwrap();
        assert!(
            was_killed(&run(&hemera, "sync", directory.path(), Some(point)).await),
            "line {point}"
        );
        let manifest = std::fs::read(directory.path().join("manifest.json")).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap_or_default();
        let stored = manifest["courses"].as_object().map_or(0, serde_json::Map::len);
        Tree::of(directory.path()).assert_files_of(&manifest);
        hemera.clear_requests();
        said(&run(&hemera, "sync", directory.path(), None).await, "lines");
        assert_eq!(hemera.requests().len(), 1 + 2 * (5 - stored), "line {point}");
        let completed = Tree::of(directory.path());
        completed.assert_true_manifest();
        assert_eq!(
            completed.difference(&Tree::of(whole.path())),
            [""; 0],
            "line {point}"
        );
    }
}
