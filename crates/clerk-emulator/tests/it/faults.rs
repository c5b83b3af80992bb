//! What goes wrong on purpose.

use std::time::{Duration, Instant};

use clerk_emulator::{Effect, Fault};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::json;

use super::support::{Caller, SERVICE_USER, production, service_user};

#[tokio::test]
async fn a_status_fault_counts_down_and_the_request_is_not_carried_out() {
    let (emulator, caller) = production().await;
    let ban = format!("/v1/users/{}/ban", service_user(&emulator));
    let fault = json!({"path": "/v1/users/*/ban", "method": "POST", "times": 2, "effect": {"status": 503}});
    caller.post("/__emulator/faults", fault).await.ok();
    caller.poke(&ban).await.refused(503, "internal_clerk_error");
    caller.get("/v1/users").await.ok();
    caller.poke(&ban).await.refused(503, "internal_clerk_error");
    let user = caller
        .get(&format!("/v1/users/{}", service_user(&emulator)))
        .await
        .ok();
    assert_eq!(user["banned"], false);
    caller.poke(&ban).await.ok();
}

#[tokio::test]
async fn too_many_requests_say_when_to_come_back() {
    let (emulator, caller) = production().await;
    emulator.add_fault(Fault::new("/v1/**", Effect::RetryAfter(7)).times(1));
    let answer = caller.get("/v1/users").await;
    assert_eq!(answer.header(RETRY_AFTER.as_str()), "7");
    answer.refused(429, "too_many_requests");
}

#[tokio::test]
async fn a_cut_request_is_not_carried_out_and_a_lost_answer_is() {
    let (emulator, caller) = production().await;
    let native = Caller::native(&emulator.base_url());
    let ticket = emulator.ticket(SERVICE_USER, Duration::from_mins(5)).unwrap();
    let redeem = || {
        let form = [("strategy", "ticket"), ("ticket", ticket.as_str())];
        native
            .request(Method::POST, "/v1/client/sign_ins")
            .form(&form)
            .send()
    };
    emulator.add_fault(Fault::new("/v1/client/sign_ins", Effect::Cut).times(1));
    assert!(redeem().await.unwrap_err().is_request());
    emulator.add_fault(Fault::new("/v1/client/sign_ins", Effect::LoseAnswer).times(1));
    assert!(redeem().await.unwrap_err().is_request());
    native
        .redeem(&ticket)
        .await
        .refused(400, "sign_in_token_already_used_code");
    let statuses: Vec<_> = emulator
        .journal("POST", "/v1/client/sign_ins")
        .iter()
        .map(|one| one.status)
        .collect();
    assert_eq!(statuses, [None, None, Some(400)]);
    caller.get("/v1/users").await.ok();
}

#[tokio::test]
async fn garbage_is_an_html_page_with_status_200() {
    let (emulator, caller) = production().await;
    emulator.add_fault(Fault::new("/v1/jwks", Effect::Garbage));
    let answer = caller.get("/v1/jwks").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header(CONTENT_TYPE.as_str()).starts_with("text/html"));
    emulator.clear_faults();
    caller.get("/v1/jwks").await.ok();
}

#[tokio::test]
async fn a_held_request_goes_on_when_the_faults_are_cleared() {
    let (emulator, caller) = production().await;
    emulator.add_fault(Fault::new("/v1/users/count", Effect::Hold));
    let held = tokio::spawn({
        let caller = caller.clone();
        async move { caller.get("/v1/users/count").await }
    });
    while emulator.journal("GET", "/v1/users/count").is_empty() {
        tokio::task::yield_now().await;
    }
    caller.get("/v1/users").await.ok();
    assert!(!held.is_finished());
    caller.delete("/__emulator/faults").await.ok();
    assert_eq!(held.await.unwrap().ok()["total_count"], 4);
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the delay is of real time, so it is measured in it"
)]
async fn a_delay_is_of_real_time() {
    let (emulator, caller) = production().await;
    emulator.add_fault(Fault::new("/**", Effect::None).with_delay(Duration::from_millis(120)));
    let before = Instant::now();
    caller.get("/v1/users").await.ok();
    assert!(
        before.elapsed() >= Duration::from_millis(120),
        "{:?}",
        before.elapsed()
    );
}
