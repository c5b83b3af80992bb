//! Faults on purpose, met by the real client.

use std::time::Duration;

use aither_client::StatusCode;
use aither_client::hemera_types::{CourseQuery, Operation, ResultUpdate};
use aither_client::testing::{Fault, InMemoryHemera};

use super::{academy, participation_id};

fn statuses(hemera: &InMemoryHemera) -> Vec<Option<u16>> {
    let requests = hemera.requests();
    let statuses = requests
        .iter()
        .map(|request| request.status.map(|status| status.as_u16()));
    statuses.collect()
}

#[tokio::test]
async fn faults_that_pass_are_retried() {
    let (builder, clock) = academy();
    let hemera = builder.start().await.unwrap();
    let client = hemera.client_builder().without_response_cache().build().unwrap();
    let begin = clock_of(&clock);
    let cases = [
        (Fault::ExpiredToken, Some(401), Duration::ZERO),
        (
            Fault::RateLimited {
                retry_after: Duration::from_millis(6_500),
            },
            Some(429),
            Duration::from_secs(7),
        ),
        (
            Fault::Unavailable {
                retry_after: Duration::from_secs(9),
            },
            Some(503),
            Duration::from_secs(9),
        ),
        (Fault::Dropped, None, Duration::ZERO),
        (Fault::AnswerLost, None, Duration::ZERO),
    ];
    let mut waited = Duration::ZERO;
    for (fault, status, wait) in cases {
        hemera.clear_requests();
        hemera.fail_next(fault);
        let page = client.service_courses(&CourseQuery::default()).await;
        assert_eq!(page.unwrap().items.len(), 2, "{fault:?}");
        assert_eq!(statuses(&hemera), [status, Some(200)], "{fault:?}");
        waited += wait;
        let passed = clock_of(&clock).duration_since(begin).unwrap();
        assert!(passed >= waited, "{fault:?}: waited for {passed:?}");
    }
}

fn clock_of(clock: &freshness::ManualClock) -> std::time::SystemTime {
    use freshness::Clock as _;
    clock.now().wall
}

#[tokio::test]
async fn a_fault_is_met_as_often_and_by_the_operation_that_was_planned() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let client = hemera.client_builder().with_max_attempts(1).build().unwrap();
    let retry_after = Duration::from_secs(1);
    hemera.fail_next(
        Fault::Unavailable { retry_after }
            .on(Operation::GetParticipation)
            .times(2),
    );
    let (query, id) = (CourseQuery::default(), participation_id("part_1"));
    client.service_courses(&query).await.unwrap();
    for _ in 0..2 {
        let error = client.service_participation(&id).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    client.service_participation(&id).await.unwrap();
    hemera.fail_next(Fault::Dropped.times(3));
    hemera.clear_faults();
    client.service_participation(&id).await.unwrap();
}

#[tokio::test]
async fn conflict_is_a_write_of_another_caller() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let (client, id) = (hemera.client(), participation_id("part_1"));
    hemera.fail_next(Fault::Conflict);
    // A read passes it by.
    let read = client.service_participation(&id).await.unwrap();
    let update = ResultUpdate::default().with_notes("Calm and clear").unwrap();
    let write = async |version| {
        client
            .update_service_participation_result(&id, &update, Some(version))
            .await
    };
    let refused = write(&read.version).await.unwrap_err();
    assert!(refused.is_precondition_failed());
    let read = client.service_participation(&id).await.unwrap();
    assert_eq!(read.result_notes, None);
    write(&read.version).await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_to_a_write_leaves_it_written_once() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let (client, id) = (hemera.client(), participation_id("part_1"));
    let read = client.service_participation(&id).await.unwrap();
    hemera.fail_next(Fault::AnswerLost);
    let update = ResultUpdate::default().complete();
    let written = client
        .update_service_participation_result(&id, &update, Some(&read.version))
        .await
        .unwrap();
    assert_eq!(written.info().attempts, 2);
    hemera.fail_next(Fault::Dropped);
    let again = client
        .update_service_participation_result(&id, &update, None)
        .await
        .unwrap();
    assert_eq!(again.version, written.version);
}

#[tokio::test]
async fn a_slow_answer_comes_when_its_time_has_passed() {
    let (builder, clock) = academy();
    let hemera = builder.start().await.unwrap();
    let begin = clock_of(&clock);
    hemera.fail_next(Fault::Slow(Duration::from_secs(3)));
    hemera
        .client()
        .service_courses(&CourseQuery::default())
        .await
        .unwrap();
    let passed = clock_of(&clock).duration_since(begin).unwrap();
    assert_eq!(passed, Duration::from_secs(3));
}
