//! `clerk status`: what is and what should be, side by side.

use clerk_emulator::Seed;
use serde_json::Value;

use super::{Operator, bare_user, service_user};

#[tokio::test]
async fn no_drift_is_exit_code_0_and_drift_is_1() {
    let operator = Operator::of_demo().await;
    operator.sign_in().await;
    insta::assert_snapshot!("status_without_drift", operator.shows("status").await);

    let operator = Operator::of(bare_user()).await;
    insta::assert_snapshot!("status_of_a_bare_user", operator.shows("status").await);

    let operator = Operator::of(Seed::default()).await;
    insta::assert_snapshot!("status_of_nothing", operator.shows("status").await);

    let operator = Operator::of(service_user(|user| user.banned = true)).await;
    insta::assert_snapshot!("status_of_a_banned_user", operator.shows("status").await);
}

#[tokio::test]
async fn it_only_reads() {
    let operator = Operator::of(bare_user()).await;
    operator.run("status").await;
    assert!(operator.clerk.journal("POST", "/**").is_empty());
    assert_eq!(operator.writes(), [""; 0]);
}

#[tokio::test]
async fn machines_can_read_it_too() {
    let operator = Operator::of(bare_user()).await;
    let ran = operator.run("status --json").await;
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["instance"]), (1, &"production".into()));
    let unmet = report["points"].as_array().unwrap();
    let unmet = unmet.iter().filter(|point| point["ok"] == false).count();
    assert_eq!(report["drift"], unmet);
}
