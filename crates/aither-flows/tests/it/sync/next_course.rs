//! The directory of the next course alone.

use aither_client::testing::CourseSeed;
use aither_flows::selection::next_course;
use aither_flows::sync::Scope;

use super::{DAY, MINUTE, SyncBench};
use crate::support::{course_id, new_client, now, seeds, time};

#[tokio::test]
async fn the_course_that_starts_first_is_the_next_and_of_several_the_smallest_id() {
    let bench = SyncBench::new(&[("past", 0), ("z", 3), ("b", 2), ("B", 2), ("c", 2)]).await;
    let unscheduled = CourseSeed::new(course_id("a"), "Without a date");
    bench.hemera.put_course(unscheduled);
    let (unpublished, _) = seeds("A", 1);
    bench.hemera.put_course(unpublished.unpublished());
    let client = new_client(&bench.hemera);
    for (after, expected) in [
        ("2026-03-15T11:59:59.999Z", Some("past")),
        ("2026-03-15T12:00:00.000Z", Some("B")),
        ("2026-03-17T11:59:59.999Z", Some("B")),
        ("2026-03-17T12:00:00.000Z", Some("z")),
        ("2026-03-18T12:00:00.000Z", None),
    ] {
        bench.hemera.clear_requests();
        let next = next_course(&client, time(after)).await.unwrap();
        assert_eq!(next.map(|course| course.id), expected.map(course_id), "{after}");
        assert_eq!(bench.hemera.requests().len(), 1);
    }
}

#[tokio::test]
async fn only_the_next_course_is_stored_until_another_one_is_next() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2), ("c", 3)]).await;
    let sync = || bench.sync().with_scope(Scope::NextCourse);
    let report = bench.run(sync()).await;
    assert_eq!((report.courses, report.requests), (1, 3));
    assert!(bench.tree().contains("Course a") && !bench.tree().contains("Course b"));

    bench.advance(MINUTE);
    let before = bench.tree();
    let report = bench.run(sync()).await;
    assert!(report.is_unchanged() && report.requests == 1, "{report:?}");
    assert_eq!(bench.tree(), before);

    bench.advance(MINUTE * (24 * 60 - 1));
    let report = bench.run(sync()).await;
    assert_eq!(
        (report.changed.as_slice(), report.removed.as_slice()),
        (&[course_id("b")][..], &[course_id("a")][..])
    );
    assert!(!bench.tree().contains("Course a"));
    bench.tree().assert_true_manifest();

    bench.advance(DAY * 2);
    let report = bench.run(sync()).await;
    assert_eq!(
        (report.courses, report.removed.as_slice()),
        (0, &[course_id("b")][..])
    );
    assert_eq!(bench.tree().files(), ["manifest.json"]);
}

#[tokio::test]
async fn a_change_of_the_next_course_is_read() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    let sync = || bench.sync().with_scope(Scope::NextCourse);
    bench.run(sync()).await;
    bench.advance(MINUTE);
    let (course, _) = seeds("a", 1);
    bench.hemera.put_course(course.updated_at(now(&bench.clock)));
    let report = bench.run(sync()).await;
    assert_eq!((report.files_written, report.requests), (1, 3));
}

#[tokio::test]
async fn another_scope_makes_another_directory_of_the_same() {
    let bench = SyncBench::new(&[("a", 1), ("b", 2)]).await;
    bench.run(bench.sync()).await;
    let all = bench.tree();
    let report = bench.run(bench.sync().with_scope(Scope::NextCourse)).await;
    assert_eq!(report.removed, [course_id("b")]);
    assert_eq!(report.files_written, 0);
    bench.tree().assert_true_manifest();
    let report = bench.run(bench.sync()).await;
    assert_eq!((report.is_full_pass, report.files_written), (true, 3));
    assert_eq!(bench.tree().difference(&all), [""; 0]);
}
