//! What a run reads, and what it writes.

use aither_client::hemera_types::Operation;
use aither_client::testing::CourseSeed;

use super::{DAY, MINUTE, SyncBench};
use crate::support::{content, course_id, material, seeds, topic, user_id};

#[tokio::test]
async fn a_run_without_changes_is_one_request_and_no_write() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    for passed in [MINUTE, MINUTE * 10, DAY / 2] {
        bench.advance(passed);
        let before = bench.tree();
        let report = bench.run(bench.sync()).await;
        assert!(report.is_unchanged() && !report.is_full_pass, "{report:?}");
        assert_eq!(report.requests, 1);
        assert_eq!(bench.tree(), before);
    }
}

#[tokio::test]
async fn a_run_directly_after_a_change_does_not_read_it_again() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    bench.advance(DAY / 2);
    let (course, _) = seeds("b", 3);
    bench
        .hemera
        .put_course(course.updated_at(crate::support::now(&bench.clock)));
    assert_eq!(bench.run(bench.sync()).await.requests, 3);
    let before = bench.tree();
    let report = bench.run(bench.sync()).await;
    assert!(report.is_unchanged() && report.requests == 1, "{report:?}");
    assert_eq!(bench.tree(), before);
}

#[tokio::test]
async fn only_files_that_changed_are_written() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let before = bench.tree();
    bench.advance(MINUTE * 10);
    let topics = [topic("t", [material("m", 1)])];
    bench.hemera.set_materials(&course_id("a"), topics).unwrap();
    let report = bench.run(bench.sync()).await;
    assert_eq!(report.changed, [course_id("a")]);
    assert_eq!((report.files_written, report.requests), (2, 3));
    let after = bench.tree();
    assert_eq!(
        after.difference(&before),
        ["courses/a/course.json", "courses/a/materials.json"]
    );
    assert_eq!(
        after.0["courses/a/participants.json"],
        before.0["courses/a/participants.json"]
    );
    after.assert_true_manifest();
}

#[tokio::test]
async fn a_full_pass_finds_what_does_not_move_the_time_of_change() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let first = bench.tree();
    bench
        .hemera
        .rename_participant(&user_id("a-1"), "Another name")
        .unwrap();
    bench.advance(MINUTE * (24 * 60 - 1));
    assert!(bench.run(bench.sync()).await.is_unchanged());
    bench.advance(MINUTE);
    let report = bench.run(bench.sync()).await;
    assert!(report.is_full_pass);
    assert_eq!(
        (report.changed.as_slice(), report.files_written),
        (&[course_id("a")][..], 1)
    );
    assert_eq!(bench.tree().difference(&first), ["courses/a/participants.json"]);

    // Everything was asked for by its entity tag, and only the one that had changed was sent.
    let requests = bench.hemera.requests();
    let sent = |operation| {
        let of = requests
            .iter()
            .filter(move |request| request.operation == Some(operation));
        of.map(|request| (request.if_none_match.is_some(), request.status.unwrap().as_u16()))
            .collect::<Vec<_>>()
    };
    assert_eq!(sent(Operation::GetCourse), [(true, 200), (true, 304)]);
    assert_eq!(sent(Operation::GetCourseMaterials), [(true, 304), (true, 304)]);

    bench.advance(MINUTE * (24 * 60 - 1));
    assert!(
        !bench.run(bench.sync()).await.is_full_pass,
        "the interval counts from the last full pass"
    );
}

#[tokio::test]
async fn the_interval_of_full_passes_is_the_caller_s() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    let hourly = || bench.sync().with_full_pass_every(MINUTE * 60);
    bench.run(hourly()).await;
    bench.advance(MINUTE * 59);
    assert!(!bench.run(hourly()).await.is_full_pass);
    bench.advance(MINUTE);
    let report = bench.run(hourly()).await;
    assert!(report.is_full_pass && report.is_unchanged());
    assert_eq!(report.requests, 3);
    assert!(
        bench
            .run(bench.sync().with_full_pass_every(std::time::Duration::ZERO))
            .await
            .is_full_pass
    );
}

#[tokio::test]
async fn a_course_that_is_gone_is_removed_by_the_full_pass_and_other_files_stay() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2), ("c", 3)]).await;
    bench.run(bench.sync()).await;
    std::fs::write(bench.directory().join("courses/b/notes.txt"), "mine").unwrap();
    bench.hemera.remove_course(&course_id("a"));
    bench.hemera.remove_course(&course_id("b"));
    let unpublished = CourseSeed::new(course_id("c"), "Course c").unpublished();
    bench.hemera.put_course(unpublished);
    bench.advance(DAY);
    let report = bench.run(bench.sync()).await;
    assert_eq!(report.removed, ["a", "b", "c"].map(course_id));
    assert_eq!(report.courses, 0);
    assert_eq!(bench.tree().files(), ["courses/b/notes.txt", "manifest.json"]);
    assert!(!bench.directory().join("courses/a").exists());
    let before = bench.tree();
    let report = bench.run(bench.sync()).await;
    assert!(report.is_unchanged(), "it is removed once: {report:?}");
    assert_eq!(bench.tree(), before);
}

#[tokio::test]
async fn a_course_that_vanishes_between_list_and_read_is_not_stored() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    let progress = RemovesCourse(std::sync::Arc::new(bench));
    let bench = std::sync::Arc::clone(&progress.0);
    let report = bench.run(bench.sync().with_progress(progress)).await;
    assert_eq!((report.courses, report.requests), (1, 1 + 1 + 2));
    bench.tree().assert_true_manifest();
}

/// Removes a course once it is listed.
struct RemovesCourse(std::sync::Arc<SyncBench>);

impl aither_flows::Progress for RemovesCourse {
    fn step(&self, step: aither_flows::Step) {
        if step.phase == aither_flows::Phase::ReadCourses {
            self.0.hemera.remove_course(&course_id("a"));
        }
    }
}

#[tokio::test]
async fn the_observer_sees_every_course() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    let steps = crate::support::Steps::default();
    bench.run(bench.sync().with_progress(steps.clone())).await;
    let steps: Vec<_> = steps
        .all()
        .iter()
        .map(|step| (step.phase.label(), step.done, step.total))
        .collect();
    assert_eq!(
        steps,
        [
            ("listing courses", 0, None),
            ("listing courses", 2, Some(2)),
            ("reading courses", 0, Some(2)),
            ("reading courses", 1, Some(2)),
            ("reading courses", 2, Some(2)),
        ]
    );
}

#[tokio::test]
async fn another_hemera_replaces_everything() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let other = SyncBench::new(&[("b", 2)]).await;
    let report = other.run(other.sync_to(&bench.directory())).await;
    assert!(report.is_full_pass);
    assert_eq!(report.removed, [course_id("a")]);
    assert!(
        other
            .hemera
            .requests()
            .iter()
            .all(|request| request.if_none_match.is_none())
    );
    bench.tree().assert_true_manifest();
    assert_eq!(
        content(&bench.directory(), "manifest.json")["hemera"],
        other.hemera.base_url().to_string()
    );
}
