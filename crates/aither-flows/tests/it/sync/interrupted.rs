//! Runs that fail or are dropped halfway.

use std::time::Duration;

use aither_client::hemera_types::Operation;
use aither_client::testing::Fault;
use aither_flows::sync::SyncError;

use super::SyncBench;
use crate::support::{Tree, content};

const COURSES: [(&str, u64); 5] = [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)];

/// Every file that is there is whole, and the manifest says so of each that it names.
fn assert_consistent(tree: &Tree) {
    for path in tree.files() {
        let text = tree.0[path].content.as_deref().unwrap();
        serde_json::from_slice::<serde_json::Value>(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

#[tokio::test]
async fn the_next_run_continues_where_hemera_went_away() {
    let bench = SyncBench::new(&COURSES).await;
    // The list and two courses are read before.
    let away = Fault::Unavailable {
        retry_after: Duration::from_secs(1),
    };
    let progress = FailsAt {
        bench: std::sync::Arc::new(bench),
        course: 2,
        fault: away,
    };
    let bench = std::sync::Arc::clone(&progress.bench);
    let error = bench.sync().with_progress(progress).run().await.unwrap_err();
    assert!(matches!(error, SyncError::Hemera(_)));
    let text = error.to_string();
    assert!(!text.contains('\n') && text.contains("503"), "{text}");
    assert_consistent(&bench.tree());
    assert_eq!(
        content(&bench.directory(), "manifest.json")["courses"]
            .as_object()
            .unwrap()
            .len(),
        2
    );

    bench.hemera.clear_faults();
    bench.advance(Duration::from_mins(5));
    let report = bench.run(bench.sync()).await;
    assert_eq!(
        (report.is_full_pass, report.files_written, report.requests),
        (true, 9, 1 + 2 * 3)
    );
    bench.tree().assert_true_manifest();
}

/// Makes Hemera fail once a number of courses has been read.
struct FailsAt {
    bench: std::sync::Arc<SyncBench>,
    course: u64,
    fault: Fault,
}

impl aither_flows::Progress for FailsAt {
    fn step(&self, step: aither_flows::Step) {
        if step.phase == aither_flows::Phase::ReadCourses && step.done == self.course {
            self.bench.hemera.fail_next(self.fault.times(1_000));
        }
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_at_any_request_loses_nothing() {
    let whole = SyncBench::new(&COURSES).await;
    let requests = whole.run(whole.sync()).await.requests;
    for dropped_at in 0..requests {
        let bench = SyncBench::new(&COURSES).await;
        let sync = bench.sync();
        let mut run = Box::pin(sync.run());
        while u64::try_from(bench.hemera.requests().len()).unwrap() <= dropped_at {
            if tokio::time::timeout(Duration::from_micros(50), &mut run)
                .await
                .is_ok()
            {
                break;
            }
        }
        drop(run);
        // A write that had begun ends on its own thread, with the lock.
        let report = loop {
            match bench.sync().run().await {
                Err(SyncError::Busy { .. }) => tokio::task::yield_now().await,
                ended => break ended.unwrap(),
            }
        };
        assert_eq!(report.courses, 5, "dropped at {dropped_at}");
        bench.tree().assert_true_manifest();
        assert_eq!(
            bench.tree().difference(&whole.tree()),
            [""; 0],
            "dropped at {dropped_at}"
        );
    }
}

#[tokio::test]
async fn a_longer_pause_than_a_call_may_take_is_waited_for() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    let pause = Fault::RateLimited {
        retry_after: Duration::from_secs(90),
    };
    bench.hemera.fail_next(pause.on(Operation::GetCourseMaterials));
    let before = crate::support::now(&bench.clock);
    let report = bench.sync().run().await.unwrap();
    assert_eq!(report.courses, 1);
    let passed = crate::support::now(&bench.clock).to_offset_date_time() - before.to_offset_date_time();
    assert!(passed >= Duration::from_secs(90), "{passed}");

    let closed = Fault::RateLimited {
        retry_after: Duration::from_mins(10),
    };
    bench.hemera.fail_next(closed.times(10));
    let error = bench.sync().run().await.unwrap_err();
    assert!(error.to_string().contains("ask again in 600"), "{error}");
}
