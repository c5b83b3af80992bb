//! The counts of a key set's fetches, for metrics.

use std::time::Duration;

use clerk::KeySetActivity;

use super::Stage;
use crate::support::keys::key_set;
use crate::support::server::Reply;
use crate::support::token::session_token;

fn counts(activity: KeySetActivity) -> (u64, u64, Option<u64>) {
    let KeySetActivity {
        fetched, failed, age, ..
    } = activity;
    (fetched, failed, age.map(|age| age.as_secs()))
}

#[tokio::test]
async fn fetches_are_counted_by_outcome_and_the_age_is_of_the_last_good_one() {
    let stage = Stage::with(Reply::json(&key_set())).await;
    let activity = || counts(stage.verifier.keys().activity());
    assert_eq!(activity(), (0, 0, None));
    assert_eq!(stage.verify(&session_token()).await, "accepted");
    assert_eq!(activity(), (1, 0, Some(0)));
    stage.clock.advance(Duration::from_secs(400));
    assert_eq!(activity(), (1, 0, Some(400)));

    // What fails does not make the keys younger, also where what came was no key set.
    stage.answer(Reply::error(500, "internal_clerk_error"));
    stage.verify(&session_token()).await;
    stage.answer(Reply::json(&serde_json::json!({ "keys": [] })));
    stage.clock.advance(Duration::from_secs(5));
    stage.verify(&session_token()).await;
    assert_eq!(activity(), (1, 2, Some(405)));

    stage.answer(Reply::json(&key_set()));
    stage.clock.advance(Duration::from_secs(5));
    stage.verify(&session_token()).await;
    assert_eq!(activity(), (2, 2, Some(0)));
}
