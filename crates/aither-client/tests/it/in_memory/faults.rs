//! Faults on purpose, met by the real client.

use std::time::Duration;

use aither_client::StatusCode;
use aither_client::hemera_types::{
    CourseQuery, IfMatch, Operation, ResultItem, ResultUpdate, ResultUpdates, ResultVerdict,
};
use aither_client::testing::{Fault, InMemoryHemera, ParticipationSeed};
use freshness::Clock as _;

use super::{academy, course_id, participation_id};

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

fn update_of(id: &str) -> ResultItem {
    ResultItem::new(participation_id(id), ResultUpdate::default().complete())
}

/// Hemera with three participations, and updates that complete them.
async fn three() -> (InMemoryHemera, ResultUpdates) {
    let (builder, _) = academy();
    let more =
        ["part_2", "part_3"].map(|id| ParticipationSeed::new(participation_id(id), course_id("course_1")));
    let hemera = builder.with_participations(more).start().await.unwrap();
    let updates = ["part_1", "part_2", "part_3"].map(update_of);
    (hemera, ResultUpdates::new(updates.into()).unwrap())
}

#[tokio::test]
async fn a_lost_database_leaves_verdicts_open_that_the_same_request_closes() {
    use ResultVerdict::{NotReached, Unchanged, Unknown, Updated};

    let (hemera, updates) = three().await;
    let client = hemera.client();
    hemera.fail_next(Fault::DatabaseLost { after: 1 });
    let verdicts = async || {
        let written = client
            .update_service_participation_results(&updates)
            .await
            .unwrap();
        let verdicts = written
            .results
            .iter()
            .map(|result| result.verdict.known().unwrap());
        verdicts.collect::<Vec<_>>()
    };
    assert_eq!(verdicts().await, [Updated, Unknown, NotReached]);
    assert_eq!(verdicts().await, [Unchanged, Unchanged, Updated]);
    hemera.clear_requests();
    hemera.fail_next(Fault::DatabaseLost { after: 0 });
    assert_eq!(verdicts().await, [Unchanged; 3]);
    assert_eq!(statuses(&hemera), [Some(503), Some(200)]);
}

#[tokio::test]
async fn a_write_whose_database_is_lost_may_have_happened() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let client = hemera.client_builder().with_max_attempts(1).build().unwrap();
    let (id, update) = (participation_id("part_1"), ResultUpdate::default().complete());
    for (fault, status) in [
        (Fault::InternalError, 500),
        (Fault::DatabaseLost { after: 0 }, 503),
    ] {
        let before = hemera.participation(&id).unwrap();
        hemera.fail_next(fault);
        let error = client
            .update_service_participation_result(&id, &update, None)
            .await;
        assert_eq!(error.unwrap_err().status().unwrap().as_u16(), status);
        let is_written = hemera.participation(&id).unwrap() != before;
        assert_eq!(is_written, status == 503, "{fault:?}");
    }
}

#[tokio::test]
async fn a_conflict_concerns_the_first_of_many_updates() {
    let (hemera, _) = three().await;
    let tag = IfMatch::parse("\"1\"").unwrap();
    let updates = ["part_1", "part_2"].map(|id| update_of(id).only_if(tag.clone()));
    let updates = ResultUpdates::new(updates.into()).unwrap();
    hemera.fail_next(Fault::Conflict);
    let written = hemera
        .client()
        .update_service_participation_results(&updates)
        .await;
    let written = written.unwrap();
    assert_eq!(written.results[0].verdict, ResultVerdict::PreconditionFailed);
    assert_eq!(written.results[1].verdict, ResultVerdict::Updated);
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
