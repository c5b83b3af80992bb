//! Many callers, one load.

use freshness::Unavailable;

use crate::support::{Script, Turn, exact, secs, until};

const CALLERS: usize = 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_concurrent_first_callers_cause_one_load() {
    let script = Script::of([Turn::Living(secs(60))]).gated();
    let (cell, _clock) = script.cell(exact());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let cell = cell.clone();
            tokio::spawn(async move { cell.get().await.map(|held| held.value) })
        })
        .collect();
    until(|| script.loads() == 1).await;
    script.open();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap(), 1);
    }
    assert_eq!(script.loads(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_share_one_failure() {
    let script = Script::of([Turn::Refuse]).gated();
    let (cell, _clock) = script.cell(exact());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let cell = cell.clone();
            tokio::spawn(async move { cell.get().await })
        })
        .collect();
    until(|| script.loads() == 1).await;
    script.open();
    for caller in callers {
        let unavailable = caller.await.unwrap().unwrap_err();
        assert!(matches!(&unavailable, Unavailable::Failed { source, .. } if source.said == "no"));
        assert_eq!(unavailable.retry_in(), secs(5));
    }
    assert_eq!(script.loads(), 1);
}
