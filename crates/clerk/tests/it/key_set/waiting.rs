//! How many checks wait for a fetch.

use std::pin::{Pin, pin};
use std::time::Duration;

use clerk::KeySetPolicy;
use futures_util::FutureExt as _;

use super::{Stage, unknown};
use crate::support::server::Reply;
use crate::support::token::session_token;

const TOO_MANY: &str = "too many wait";

type Waits<'a> = Vec<Pin<Box<dyn Future<Output = &'static str> + 'a>>>;

/// As many tokens under unknown keys as may wait, each of them waiting.
fn all_that_may_wait(stage: &Stage) -> Waits<'_> {
    let mut waits: Waits<'_> = Vec::new();
    for index in 0..KeySetPolicy::default().most_waiting {
        let mut wait: Pin<Box<dyn Future<Output = _>>> =
            Box::pin(async move { stage.verify(&unknown(index)).await });
        assert!((&mut wait).now_or_never().is_none());
        waits.push(wait);
    }
    waits
}

#[tokio::test]
async fn unknown_key_ids_that_wait_for_a_fetch_do_not_delay_known_ones() {
    let stage = Stage::start().await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    stage.clock.advance(Duration::from_secs(40));
    stage.answer(Reply::Silence);
    let mut waits = all_that_may_wait(&stage);
    assert_eq!(stage.verify(&unknown(1000)).await, TOO_MANY);
    assert_eq!(stage.verify(&session_token()).await, "accepted");

    // A caller that goes away gives its place to another one.
    drop(waits.pop());
    let (one_more, beyond) = (unknown(1001), unknown(1002));
    let mut one_more = pin!(stage.verify(&one_more));
    assert!((&mut one_more).now_or_never().is_none());
    assert_eq!(stage.verify(&beyond).await, TOO_MANY);
}

/// Keys that are too old have to be fetched before any token is accepted. Those of a known key wait all the same.
#[tokio::test]
async fn a_token_of_a_known_key_waits_without_a_place() {
    let stage = Stage::start().await;
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    stage.clock.advance(Duration::from_mins(5));
    stage.answer(Reply::Silence);
    let _waits = all_that_may_wait(&stage);
    assert_eq!(stage.verify(&unknown(1000)).await, TOO_MANY);
    let good = session_token();
    let mut good = pin!(stage.verify(&good));
    assert!((&mut good).now_or_never().is_none());
}
