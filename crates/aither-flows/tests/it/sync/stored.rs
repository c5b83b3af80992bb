//! What is in the directory.

use std::fs;
use std::time::Duration;

use crate::support::{self, content};

use super::SyncBench;

#[tokio::test]
async fn the_first_run_stores_every_course_with_two_requests_each() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    let report = bench.run(bench.sync()).await;
    assert!(report.is_full_pass && !report.is_unchanged());
    assert_eq!(
        (report.courses, report.files_written, report.requests),
        (2, 6, 1 + 2 * 2)
    );

    let directory = bench.directory();
    let course = content(&directory, "courses/a/course.json");
    assert_eq!(course["title"], "Course a");
    assert!(course.get("participants").is_none());
    let participants = content(&directory, "courses/a/participants.json");
    assert_eq!(participants["courseId"], "a");
    assert_eq!(participants["participants"][0]["name"], "Name of a");
    assert_eq!(participants["participations"][0]["id"], "a-1");
    let materials = content(&directory, "courses/a/materials.json");
    assert_eq!(
        materials["topics"][0]["materials"][0]["htmlContent"],
        "<p>a-material</p>"
    );
    let manifest = content(&directory, "manifest.json");
    assert_eq!(manifest["format"], 1);
    assert_eq!(manifest["scope"], "CHANGED");
    assert_eq!(manifest["changesSince"], "2026-03-15T11:55:00.000Z");
    bench.tree().assert_true_manifest();
}

#[tokio::test]
async fn two_hundred_courses_take_four_hundred_and_one_requests_within_the_limit() {
    let ids: Vec<String> = (0..200).map(|number| format!("course_{number}")).collect();
    let courses: Vec<(&str, u64)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
    let clock = support::clock();
    let bench = SyncBench::of(&courses, clock.clone(), support::limited(&clock)).await;
    let report = bench.run(bench.sync()).await;
    assert_eq!((report.courses, report.requests), (200, 401));
    let took = support::time_within_limits(&bench.hemera);
    assert!(took < Duration::from_secs(4 * 60 + 10), "{took:?}");
    let again = bench.run(bench.sync()).await;
    assert!(again.is_unchanged() && again.requests == 1, "{again:?}");
}

#[tokio::test]
async fn nothing_has_rights_for_others_but_a_directory_that_has_other_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    for (path, node) in bench.tree().0 {
        let mode = if node.content.is_some() { 0o600 } else { 0o700 };
        assert_eq!(node.mode, mode, "{path}");
    }
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&bench.directory()), 0o700);

    let parent = tempfile::tempdir().unwrap();
    for (name, other_file, expected) in [("empty", false, 0o700), ("used", true, 0o755)] {
        let directory = parent.path().join(name);
        fs::create_dir(&directory).unwrap();
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
        if other_file {
            fs::write(directory.join("other"), "").unwrap();
        }
        bench.run(bench.sync_to(&directory)).await;
        assert_eq!(mode(&directory), expected, "{name}");
        assert_eq!(mode(&directory.join("courses")), 0o700);
    }
}

#[tokio::test]
async fn a_directory_that_no_sync_has_made_is_refused() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    for name in ["manifest.json", "courses"] {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join(name).join("a")).unwrap();
        fs::write(directory.path().join(name).join("a/course.json"), "mine").unwrap();
        let error = bench.sync_to(directory.path()).run().await.unwrap_err();
        assert!(
            error.to_string().contains("give a new or an empty directory"),
            "{error}"
        );
        let kept = fs::read_to_string(directory.path().join(name).join("a/course.json")).unwrap();
        assert_eq!(kept, "mine");
    }
    assert_eq!(bench.hemera.requests().len(), 0);
}

#[tokio::test]
async fn a_directory_of_a_later_version_is_refused_and_stays_as_it_is() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let manifest = bench.directory().join("manifest.json");
    fs::write(&manifest, r#"{"format":2}"#).unwrap();
    let before = bench.tree();
    let error = bench.sync().run().await.unwrap_err();
    assert!(error.to_string().contains("later version (format 2)"), "{error}");
    assert_eq!(bench.tree(), before);
}
