//! What lives how long: no task without a demand, flights that outlive callers, none that outlives its cell.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use freshness::{Cell, Policy, SystemClock, Unavailable};
use tokio::runtime::{Builder, Handle};

use crate::support::{Script, Turn, exact, secs, until};

/// Polls a future once and drops it: a caller that gives up.
async fn give_up_on(future: impl Future) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(
            future.as_mut().poll(context).is_pending(),
            "there was nothing to wait for"
        );
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn nothing_is_loaded_and_no_task_runs_before_the_first_demand() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    clock.advance(secs(3600));
    assert_eq!(cell.peek(), None);
    assert_eq!(
        (script.loads(), Handle::current().metrics().num_alive_tasks()),
        (0, 0)
    );
}

#[tokio::test]
async fn no_task_stays_behind_when_a_flight_has_landed() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    cell.get().await.unwrap();
    clock.advance(secs(3600));
    until(|| Handle::current().metrics().num_alive_tasks() == 0).await;
    assert_eq!(script.loads(), 1);
}

#[tokio::test]
async fn a_first_caller_that_gives_up_does_not_cancel_the_load_of_others() {
    let script = Script::of([Turn::Living(secs(60))]).gated();
    let (cell, _clock) = script.cell(exact());
    give_up_on(cell.get()).await;
    until(|| script.loads() == 1).await;
    let second = tokio::spawn({
        let cell = cell.clone();
        async move { cell.get().await }
    });
    script.open();
    assert_eq!(second.await.unwrap().unwrap().value, 1);
    assert_eq!(script.loads(), 1);
}

#[tokio::test]
async fn a_flight_lands_even_if_all_its_callers_gave_up() {
    let script = Script::of([Turn::Living(secs(60))]).gated();
    let (cell, _clock) = script.cell(exact());
    give_up_on(cell.get()).await;
    give_up_on(cell.get()).await;
    script.open();
    until(|| cell.peek().is_some()).await;
    assert_eq!(script.loads(), 1);
}

#[tokio::test]
async fn a_flight_under_way_ends_with_the_last_clone_of_its_cell() {
    let script = Script::of([Turn::Hang]);
    let (cell, _clock) = script.cell(exact());
    give_up_on(cell.get()).await;
    until(|| script.loads() == 1).await;
    let clone = cell.clone();
    drop(cell);
    tokio::task::yield_now().await;
    assert_eq!(script.ended(), 0, "a clone is the same cell");
    drop(clone);
    until(|| script.ended() == 1).await;
    until(|| Handle::current().metrics().num_alive_tasks() == 0).await;
}

#[tokio::test]
async fn a_cell_dropped_before_its_flight_began_never_loads() {
    let script = Script::of([Turn::Hang]);
    let (cell, _clock) = script.cell(exact());
    give_up_on(cell.get()).await;
    drop(cell);
    until(|| Handle::current().metrics().num_alive_tasks() == 0).await;
    assert_eq!(script.loads(), 0);
}

#[test]
fn a_runtime_ends_during_a_hanging_load_and_the_cell_works_in_another() {
    let script = Script::of([Turn::Hang, Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        give_up_on(cell.get()).await;
        until(|| script.loads() == 1).await;
    });
    drop(runtime);
    assert_eq!(script.ended(), 1);

    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let unavailable = runtime.block_on(cell.get()).unwrap_err();
    assert!(
        matches!(unavailable, Unavailable::Interrupted { .. }),
        "{unavailable:?}"
    );
    clock.advance(secs(5));
    assert_eq!(runtime.block_on(cell.get()).unwrap().value, 2);
}

#[test]
fn without_a_runtime_a_demand_is_refused_and_an_aging_value_is_served() {
    let script = Script::of([Turn::Living(secs(60))]);
    let (cell, clock) = script.cell(exact());
    let unavailable = futures_util::FutureExt::now_or_never(cell.get())
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(unavailable, Unavailable::Interrupted { .. }),
        "{unavailable:?}"
    );

    clock.advance(secs(5));
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(cell.get()).unwrap();
    clock.advance(secs(50));
    let aging = futures_util::FutureExt::now_or_never(cell.get())
        .unwrap()
        .unwrap();
    assert_eq!(aging.value, 1);
}

#[tokio::test]
async fn a_cell_prints_no_value() {
    let load = || async { Ok::<_, std::convert::Infallible>(freshness::Loaded::for_ever("hunter2")) };
    let cell = Cell::new(load, Policy::default(), Arc::new(SystemClock));
    cell.warm().await.unwrap();
    assert_eq!(
        format!("{cell:?}"),
        r#"Cell { what: "value", generation: Some(Generation(1)), .. }"#
    );
}

#[test]
fn a_cell_and_its_futures_can_go_to_any_thread() {
    fn is_send_and_sync<T: Send + Sync>(_: &T) {}
    fn is_send<T: Send>(_: &T) {}
    let (cell, _clock) = Script::of([Turn::ForEver]).cell(exact());
    is_send_and_sync(&cell);
    is_send(&cell.get());
    is_send(&cell.warm());
}
