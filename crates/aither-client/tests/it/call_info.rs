//! What a success says about its call: request id, attempts and time.

use std::num::NonZeroU32;
use std::time::Duration;

use aither_client::hemera_types::{CourseId, CourseQuery, ParticipationId, ResultUpdate};
use aither_client::{CallInfo, Pace};
use futures_util::TryStreamExt as _;

use crate::support::{
    Bench, NumberedTokens, Reply, Server, TokenReply, course, course_page, envelope, participation,
};

/// The one request id of all requests that the server has received.
fn request_id(server: &Server) -> String {
    let mut ids: Vec<String> = server
        .received()
        .iter()
        .map(|seen| seen.header("x-request-id").to_owned())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids.remove(0)
}

#[tokio::test]
async fn success_says_its_request_id_its_attempts_and_where_the_time_went() {
    let source = NumberedTokens::scripted([TokenReply::TransientFor(Duration::from_secs(4))]);
    let script = [Reply::unavailable(), Reply::Cut, Reply::courses()];
    let bench = Bench::with(Server::script(script).await, source, |builder| {
        builder.with_pace(Pace::new(NonZeroU32::new(6).unwrap(), NonZeroU32::MIN))
    });
    let page = bench.list().await.unwrap();
    assert_eq!(page.items.len(), 1, "it can be used like the page itself");
    let info = page.info();
    assert_eq!(info.attempts, 3);
    assert_eq!(info.request_id.as_str(), request_id(&bench.server));
    let spent = info.time_spent;
    assert!(spent.token >= Duration::from_secs(4), "{spent}");
    assert!(spent.retries >= Duration::from_millis(600), "{spent}");
    assert_eq!(spent.pacing + spent.retries, Duration::from_secs(20), "{spent}");
    assert_eq!(spent.total(), bench.slept(), "{spent}");
}

/// Makes one call of each operation, and returns what each said about itself.
async fn one_of_each(bench: &Bench) -> Vec<CallInfo> {
    let (client, course) = (&bench.client, CourseId::parse("course_1").unwrap());
    let participation = ParticipationId::parse("part_1").unwrap();
    let update = ResultUpdate::default().complete();
    vec![
        bench.list().await.unwrap().info().clone(),
        client.service_course(&course).await.unwrap().info().clone(),
        client
            .service_course_materials(&course)
            .await
            .unwrap()
            .info()
            .clone(),
        client
            .service_participation(&participation)
            .await
            .unwrap()
            .info()
            .clone(),
        client
            .update_service_participation_result(&participation, &update, None)
            .await
            .unwrap()
            .info()
            .clone(),
        client.service_usage(30).await.unwrap().info().clone(),
    ]
}

#[tokio::test]
async fn every_operation_says_what_its_call_took() {
    let usage = envelope(&serde_json::json!({ "days": 30, "rows": [] }));
    let materials = envelope(&serde_json::json!({ "courseId": "course_1", "topics": [] }));
    let bodies = [
        course_page(),
        course(),
        materials,
        participation(),
        participation(),
        usage,
    ];
    let bench = Bench::new(Server::script(bodies.map(|body| Reply::json(200, body))).await);
    let said = one_of_each(&bench).await;
    let received = bench.server.received();
    assert_eq!(said.len(), received.len());
    for (info, seen) in said.iter().zip(&received) {
        assert_eq!(
            (info.attempts, info.request_id.as_str()),
            (1, seen.header("x-request-id"))
        );
    }
}

/// The page has the request id of the original response; the call has its own.
#[tokio::test]
async fn confirmed_response_from_the_cache_says_what_its_own_call_took() {
    let tagged = Reply::courses().with_header("etag", "\"1\"");
    let bench = Bench::new(Server::script([tagged, Reply::unavailable(), Reply::unchanged("\"1\"")]).await);
    let first = bench.list().await.unwrap();
    let again = bench.list().await.unwrap();
    assert_eq!(*first, *again);
    assert_eq!((first.info().attempts, again.info().attempts), (1, 2));
    let received = bench.server.received();
    assert_eq!(
        again.info().request_id.as_str(),
        received[2].header("x-request-id")
    );
    assert_ne!(again.info().request_id, first.info().request_id);
}

#[tokio::test]
async fn stream_says_what_the_call_for_its_page_took() {
    let bench = Bench::new(Server::script([Reply::unavailable(), Reply::courses()]).await);
    let mut courses = bench.client.service_courses_stream(&CourseQuery::default());
    assert_eq!(courses.last_call(), None);
    courses.try_next().await.unwrap().unwrap();
    let info = courses.last_call().unwrap();
    assert_eq!(
        (info.attempts, info.request_id.as_str()),
        (2, &*request_id(&bench.server))
    );
}

#[tokio::test]
async fn undecodable_response_says_where_the_time_went() {
    let bench = Bench::new(Server::script([Reply::unavailable(), Reply::json(200, "{}")]).await);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_undecodable() && error.attempts() == 2);
    assert_eq!(error.time_spent().total(), bench.slept());
}
