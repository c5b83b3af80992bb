//! One run at a time.

use std::fs::File;

use aither_flows::sync::SyncError;

use super::SyncBench;

#[tokio::test]
async fn a_second_run_is_refused_at_once() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    bench.run(bench.sync()).await;
    let lock = File::open(bench.directory().join(".lock")).unwrap();
    lock.lock().unwrap();
    let before = bench.tree();
    bench.hemera.clear_requests();
    let error = bench.sync().run().await.unwrap_err();
    assert!(matches!(error, SyncError::Busy { .. }));
    assert!(
        error.to_string().contains("in use by another sync: wait"),
        "{error}"
    );
    assert_eq!(bench.tree(), before);
    assert_eq!(bench.hemera.requests().len(), 0);
    drop(lock);
    bench.run(bench.sync()).await;
}

#[tokio::test]
async fn a_run_that_waits_for_hemera_keeps_others_out_and_its_end_lets_them_in() {
    let bench = SyncBench::new(&[("a", 1)]).await;
    let first = bench.sync().with_progress(SecondRun(bench.sync()));
    first.run().await.unwrap();
    bench.run(bench.sync()).await;
}

/// Runs another sync during a step.
struct SecondRun(aither_flows::sync::Sync);

impl aither_flows::Progress for SecondRun {
    fn step(&self, _: aither_flows::Step) {
        let sync = self.0.clone();
        let second = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(sync.run())
        });
        assert!(matches!(second.join().unwrap(), Err(SyncError::Busy { .. })));
    }
}
