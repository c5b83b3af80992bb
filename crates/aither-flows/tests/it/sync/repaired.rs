//! Directories that are not as the last run has left them.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::{MINUTE, SyncBench};
use crate::support::course_id;

#[tokio::test]
async fn files_that_were_deleted_or_edited_are_written_again() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    bench.advance(MINUTE);
    fs::remove_file(bench.directory().join("courses/a/materials.json")).unwrap();
    fs::write(bench.directory().join("courses/b/participants.json"), "{}").unwrap();
    let report = bench.run(bench.sync()).await;
    assert!(!report.is_full_pass);
    assert_eq!((report.repaired, report.files_written), (2, 2));
    assert_eq!(report.changed, ["a", "b"].map(course_id));
    assert_eq!(bench.tree().difference(&before), [""; 0]);
    bench.tree().assert_true_manifest();
    assert!(bench.run(bench.sync()).await.is_unchanged());
}

#[tokio::test]
async fn a_folder_that_was_deleted_is_made_again() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    fs::remove_dir_all(bench.directory().join("courses")).unwrap();
    assert_eq!(bench.run(bench.sync()).await.files_written, 3);
    assert_eq!(bench.tree().difference(&before), [""; 0]);
}

#[tokio::test]
async fn a_missing_or_corrupt_manifest_is_made_again_without_writing_files() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let manifest = bench.directory().join("manifest.json");
    let whole = fs::read(&manifest).unwrap();
    for corrupt in [
        None,
        Some(&whole[..whole.len() / 2]),
        Some(b"\0\0\0".as_slice()),
        Some(b"{\"format\":1}"),
    ] {
        match corrupt {
            Some(text) => fs::write(&manifest, text).unwrap(),
            None => fs::remove_file(&manifest).unwrap(),
        }
        let before = bench.tree();
        let report = bench.run(bench.sync()).await;
        assert!(report.is_full_pass);
        assert_eq!((report.files_written, report.courses), (0, 2));
        let after = bench.tree();
        after.assert_true_manifest();
        assert_eq!(
            after.0["courses/a/course.json"],
            before.0["courses/a/course.json"]
        );
    }
}

#[tokio::test]
async fn without_a_manifest_courses_that_are_gone_are_removed_too() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    fs::remove_file(bench.directory().join("manifest.json")).unwrap();
    bench.hemera.remove_course(&course_id("a"));
    assert_eq!(bench.run(bench.sync()).await.removed, [course_id("a")]);
    bench.tree().assert_true_manifest();
}

#[tokio::test]
async fn what_an_interrupted_run_left_behind_is_removed() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    let directory = bench.directory();
    fs::write(directory.join(".manifest.json.new"), "{").unwrap();
    fs::write(directory.join("courses/a/.course.json.new"), "{").unwrap();
    fs::create_dir(directory.join("courses/stray")).unwrap();
    fs::write(directory.join("courses/stray/participants.json"), "{}").unwrap();
    let report = bench.run(bench.sync()).await;
    assert_eq!(
        (report.repaired, report.requests),
        (2 + 2, 1),
        "two files, and the rights of a folder and a file"
    );
    assert_eq!(report.removed, [course_id("stray")]);
    assert_eq!(bench.tree().difference(&before), [""; 0]);
}

#[tokio::test]
async fn rights_for_others_are_taken_away() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let open = |path: &str, mode| {
        fs::set_permissions(bench.directory().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    open("courses", 0o755);
    open("courses/a", 0o777);
    open("courses/a/participants.json", 0o644);
    open("manifest.json", 0o640);
    bench.run(bench.sync()).await;
    for (path, node) in bench.tree().0 {
        assert_eq!(node.mode & 0o077, 0, "{path}");
    }
}

#[tokio::test]
async fn symbolic_links_lead_nowhere() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    let outside = tempfile::tempdir().unwrap();
    let victim = outside.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    let directory = bench.directory();
    // In place of files: the links are replaced, and what they led to is not touched.
    for name in [
        "manifest.json",
        "courses/a/course.json",
        "courses/a/.participants.json.new",
    ] {
        let _ = fs::remove_file(directory.join(name));
        symlink(&victim, directory.join(name)).unwrap();
    }
    bench.run(bench.sync()).await;
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    assert_eq!(bench.tree().difference(&before), [""; 0]);
    // In place of folders and of the lock: the run is refused.
    for name in ["courses/a", "courses", ".lock"] {
        let (path, moved) = (directory.join(name), outside.path().join("moved"));
        fs::rename(&path, &moved).unwrap();
        symlink(outside.path(), &path).unwrap();
        fs::remove_file(directory.join("manifest.json")).unwrap();
        let error = bench.sync().run().await.unwrap_err();
        assert!(
            error.to_string().contains("symbolic link is in its place"),
            "{name}: {error}"
        );
        fs::remove_file(&path).unwrap();
        fs::rename(&moved, &path).unwrap();
        bench.run(bench.sync()).await;
    }
    let mut names: Vec<_> = fs::read_dir(outside.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["victim"]);
    assert_eq!(bench.tree().difference(&before), [""; 0]);
}

#[tokio::test]
async fn a_pipe_in_place_of_a_file_does_not_stop_a_run() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    let file = bench.directory().join("courses/a/course.json");
    fs::remove_file(&file).unwrap();
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    bench.run(bench.sync()).await;
    assert_eq!(bench.tree().difference(&before), [""; 0]);
}
