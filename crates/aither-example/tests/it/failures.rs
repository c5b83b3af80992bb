//! What callers get where Hemera does not give what is asked for.

use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::hemera_types::Role;
use aither_client::testing::Fault;

use crate::support::{Answer, Gate, academy, service, service_of};

const LONG: Duration = Duration::from_mins(10);

fn retry_after(answer: &Answer) -> u64 {
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_limit_and_an_outage_say_when_to_try_again() {
    for (fault, code) in [
        (Fault::RateLimited { retry_after: LONG }, "HEMERA_IS_BUSY"),
        (Fault::Unavailable { retry_after: LONG }, "HEMERA_IS_UNAVAILABLE"),
    ] {
        let service = service().await;
        service.hemera.fail_next(fault);
        let refused = service.get("/api/slides").await;
        let error = refused.error(503, code);
        assert_eq!(retry_after(&refused), LONG.as_secs());
        let sent = service.hemera.requests().remove(0);
        assert_eq!(error["requestId"], sent.request_id.as_str());
        service.stop().await;
    }
}

#[tokio::test]
async fn a_hemera_that_closes_connections_is_unavailable() {
    let service = service().await;
    service.hemera.fail_next(Fault::Dropped.times(20));
    let refused = service.get("/api/slides").await;
    refused.error(503, "HEMERA_IS_UNAVAILABLE");
    assert!(retry_after(&refused) >= 1);
    service.stop().await;
}

#[tokio::test]
async fn a_hemera_that_does_not_answer_took_too_long() {
    let hemera = academy().with_sleep(Gate::closed()).start().await.unwrap();
    let patience = Duration::from_millis(50);
    let client = hemera
        .client_builder()
        .with_attempt_timeout(patience)
        .with_max_attempts(1);
    let service = service_of(hemera, client.build().unwrap());
    service.hemera.fail_next(Fault::Slow(LONG));
    service
        .get("/api/slides")
        .await
        .error(504, "HEMERA_TOOK_TOO_LONG");
    service.stop().await;
}

#[tokio::test]
async fn a_credential_without_the_role_is_a_matter_of_the_operator() {
    let hemera = academy().start().await.unwrap();
    let client = HemeraClient::builder(hemera.base_url().clone(), hemera.tokens(Role::User));
    let service = service_of(hemera, client.build().unwrap());
    let error = service
        .get("/api/slides")
        .await
        .error(502, "HEMERA_REFUSES_THE_SERVICE");
    assert!(
        error["message"].as_str().unwrap().contains("aither doctor"),
        "{error}"
    );
    service.stop().await;
}
