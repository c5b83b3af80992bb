//! The requests that are sent: their addresses and headers.

use std::time::Duration;

use aither_client::hemera_types::{
    CourseId, CourseLevel, CourseQuery, ParticipationId, ResultUpdate, Timestamp,
};
use aither_client::{HemeraClient, RateLimit};

use crate::support::{
    Bench, NumberedTokens, Reply, Server, course, course_page, envelope, list, participation, started_at,
};

fn check_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn futures_of_all_calls_are_send() {
    fn check_handle<T: Clone + Send + Sync + 'static>() {}
    check_handle::<HemeraClient>();
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let (client, query) = (&bench.client, CourseQuery::default());
    let (course, participation) = (
        CourseId::parse("course_1").unwrap(),
        ParticipationId::parse("part_1").unwrap(),
    );
    let update = ResultUpdate::default().complete();
    drop(check_send(client.service_course(&course)));
    drop(check_send(client.service_course_materials(&course)));
    drop(check_send(client.service_participation(&participation)));
    drop(check_send(client.update_service_participation_result(
        &participation,
        &update,
        None,
    )));
    drop(check_send(client.service_usage(7)));
    check_send(client.service_courses(&query)).await.unwrap();
}

#[tokio::test]
async fn request_has_the_expected_headers() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    bench.list().await.unwrap();
    let seen = bench.server.only();
    assert_eq!(
        seen.header("user-agent"),
        concat!("aither-client/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("x-request-id").len(), 36);
    assert_eq!(seen.header("authorization"), "Bearer token-1");
    assert!(!seen.headers.contains_key("x-api-key"));
    assert!(seen.body.is_empty());
}

#[tokio::test]
async fn each_call_has_its_own_request_id() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    for _ in 0..2 {
        bench.list().await.unwrap();
    }
    let seen = bench.server.received();
    assert_ne!(seen[0].header("x-request-id"), seen[1].header("x-request-id"));
}

#[tokio::test]
async fn each_operation_uses_its_method_and_path() {
    let usage = envelope(&serde_json::json!({ "days": 30, "rows": [] }));
    let materials = envelope(&serde_json::json!({ "courseId": "course_1", "topics": [] }));
    let replies = [course_page(), course(), materials, participation(), usage];
    let bench = Bench::new(Server::script(replies.map(|body| Reply::json(200, body))).await);
    let client = &bench.client;
    let id = CourseId::parse("course_1").unwrap();
    list(client).await.unwrap();
    client.service_course(&id).await.unwrap();
    client.service_course_materials(&id).await.unwrap();
    client
        .service_participation(&ParticipationId::parse("part_1").unwrap())
        .await
        .unwrap();
    client.service_usage(30).await.unwrap();
    let lines: Vec<_> = bench
        .server
        .received()
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.uri))
        .collect();
    assert_eq!(
        lines,
        [
            "GET /api/service/courses",
            "GET /api/service/courses/course_1",
            "GET /api/service/courses/course_1/materials",
            "GET /api/service/participations/part_1",
            "GET /api/service/usage?days=30",
        ]
    );
}

#[tokio::test]
async fn query_is_spelled_as_in_the_contract() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let query = CourseQuery {
        level: Some(CourseLevel::Beginner),
        published: false,
        updated_since: Some(Timestamp::parse("2026-03-15T12:00:00+01:00").unwrap()),
        limit: 500,
        offset: 1_000,
        ..CourseQuery::default()
    };
    bench.client.service_courses(&query).await.unwrap();
    assert_eq!(
        bench.server.only().uri.query().unwrap(),
        "level=BEGINNER&published=false&updatedSince=2026-03-15T11%3A00%3A00.000Z&limit=500&offset=1000"
    );
}

#[tokio::test]
async fn path_prefix_of_the_base_url_is_kept() {
    let bench = Bench::new(Server::always(Reply::courses()).await);
    let base_url = format!("{}/academy/", bench.server.origin()).parse().unwrap();
    let client = HemeraClient::builder(base_url, NumberedTokens::new())
        .build()
        .unwrap();
    list(&client).await.unwrap();
    assert_eq!(bench.server.only().uri.path(), "/academy/api/service/courses");
}

#[tokio::test]
async fn update_that_sets_nothing_is_not_sent() {
    let bench = Bench::new(Server::always(Reply::json(200, participation())).await);
    let id = ParticipationId::parse("part_1").unwrap();
    let error = bench
        .client
        .update_service_participation_result(&id, &ResultUpdate::default(), None)
        .await
        .unwrap_err();
    assert!(error.is_invalid() && !error.is_transient());
    assert_eq!((error.attempts(), bench.server.received().len()), (0, 0));
}

#[tokio::test]
async fn announced_limit_is_kept_and_shared_between_clones() {
    let reply = Reply::courses()
        .with_header("x-ratelimit-limit", "100")
        .with_header("x-ratelimit-remaining", "19")
        .with_header("x-ratelimit-reset", "1773576001");
    let bench = Bench::new(Server::script([reply, Reply::courses()]).await);
    let clone = bench.client.clone();
    assert_eq!(clone.rate_limit(), None);
    for _ in 0..2 {
        bench.list().await.unwrap();
        let RateLimit {
            limit,
            remaining,
            reset,
            ..
        } = clone.rate_limit().unwrap();
        assert_eq!(
            (limit, remaining, reset),
            (100, 19, started_at() + Duration::from_secs(1))
        );
    }
}
