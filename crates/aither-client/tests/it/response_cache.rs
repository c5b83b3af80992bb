//! The response cache: what is unchanged is not sent again, and a 304 becomes the cached value.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aither_client::hemera_types::{CourseId, CourseQuery, ParticipationId, ResultUpdate};
use aither_client::{ResponseCacheLimits, SecretString, Token, TokenFuture, TokenSource};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshness::{ManualClock, RecordedSleep};
use parking_lot::Mutex;

use crate::support::{
    Bench, Received, Reply, Server, client_of, course, course_page, envelope, failure, list, participation,
    started_at,
};

/// Answers 200 with the tag `"1"`, and 304 to a request that sends this tag.
fn current(seen: &Received) -> Reply {
    if seen.if_none_match() == "\"1\"" {
        return Reply::unchanged("\"1\"");
    }
    let body = match seen.uri.path() {
        "/api/service/courses" => course_page(),
        path if path.contains("/participations/") => participation(),
        path if path.ends_with("/materials") => {
            envelope(&serde_json::json!({ "courseId": "course_1", "topics": [] }))
        }
        _ => course(),
    };
    Reply::json(200, body).with_header("etag", "\"1\"")
}

/// The `If-None-Match` of each request.
fn tags_sent(server: &Server) -> Vec<String> {
    server
        .received()
        .iter()
        .map(|seen| seen.if_none_match().to_owned())
        .collect()
}

#[tokio::test]
async fn unchanged_resources_give_the_cached_value() {
    let bench = Bench::new(Server::by(current).await);
    let clone = bench.client.clone();
    let id = CourseId::parse("course_1").unwrap();
    let participation = ParticipationId::parse("part_1").unwrap();
    let first = (
        bench.list().await.unwrap().into_inner(),
        bench.client.service_course(&id).await.unwrap().into_inner(),
        bench
            .client
            .service_course_materials(&id)
            .await
            .unwrap()
            .into_inner(),
        bench
            .client
            .service_participation(&participation)
            .await
            .unwrap()
            .into_inner(),
    );
    let again = (
        list(&clone).await.unwrap().into_inner(),
        clone.service_course(&id).await.unwrap().into_inner(),
        clone.service_course_materials(&id).await.unwrap().into_inner(),
        clone
            .service_participation(&participation)
            .await
            .unwrap()
            .into_inner(),
    );
    assert_eq!(again, first);
    assert_eq!(again.3.version.to_string(), "\"1\"");
    let expected = [[""; 4], ["\"1\""; 4]].concat();
    assert_eq!(tags_sent(&bench.server), expected);
}

#[tokio::test]
async fn changed_resource_replaces_the_cached_one() {
    let mut newer = course_page();
    newer["data"][0]["participantCount"] = 8.into();
    let replies = [
        Reply::courses().with_header("etag", "\"1-gzip\""),
        Reply::json(200, newer).with_header("etag", "\"2\""),
        Reply::unchanged("\"2\""),
    ];
    let bench = Bench::new(Server::script(replies).await);
    let counts = [
        bench.list().await.unwrap(),
        bench.list().await.unwrap(),
        bench.list().await.unwrap(),
    ];
    assert_eq!(counts.map(|page| page.items[0].participant_count), [7, 8, 8]);
    assert_eq!(tags_sent(&bench.server), ["", "\"1-gzip\"", "\"2\""]);
}

#[tokio::test]
async fn another_query_is_cached_separately() {
    let bench = Bench::new(Server::by(current).await);
    bench.list().await.unwrap();
    let second = CourseQuery {
        offset: 100,
        ..CourseQuery::default()
    };
    bench.client.service_courses(&second).await.unwrap();
    assert_eq!(tags_sent(&bench.server), ["", ""]);
}

/// Every request changes the usage.
#[tokio::test]
async fn usage_is_never_cached() {
    let body = envelope(&serde_json::json!({ "days": 7, "rows": [] }));
    let reply = Reply::json(200, body).with_header("etag", "\"1\"");
    let bench = Bench::new(Server::always(reply).await);
    for _ in 0..2 {
        bench.client.service_usage(7).await.unwrap();
    }
    assert_eq!(tags_sent(&bench.server), ["", ""]);
}

/// JWTs of these users, one after the other, each valid for 15 minutes.
#[derive(Clone, Debug)]
struct Users(Arc<Mutex<VecDeque<&'static str>>>);

impl Users {
    fn of(users: impl IntoIterator<Item = &'static str>) -> Self {
        Self(Arc::new(Mutex::new(users.into_iter().collect())))
    }
}

impl TokenSource for Users {
    fn token(&self) -> TokenFuture<'_> {
        let mut users = self.0.lock();
        let (user, left) = (users.pop_front().unwrap(), users.len());
        let claims = format!(r#"{{"iss":"https://clerk.example","sub":"{user}","jti":{left}}}"#);
        let jwt = SecretString::from(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)));
        let token = Token::bearer(&jwt, Duration::from_mins(15)).unwrap();
        Box::pin(async move { Ok(token) })
    }
}

#[tokio::test]
async fn renewed_token_uses_the_cache_and_another_user_does_not() {
    let server = Server::by(current).await;
    let clock = ManualClock::at(started_at());
    let sleep = RecordedSleep::advancing(clock.clone());
    let users = Users::of(["user_1", "user_1", "user_2", "user_1"]);
    let client = client_of(&server, users, &clock, &sleep).build().unwrap();
    for _ in 0..4 {
        list(&client).await.unwrap();
        clock.advance(Duration::from_mins(16));
    }
    assert_eq!(tags_sent(&server), ["", "\"1\"", "", "\"1\""]);
}

/// The token of the second attempt may belong to another user than the token of the first.
#[tokio::test]
async fn new_user_within_one_call_is_not_offered_the_cached_response() {
    let mut refused = false;
    let server = Server::by(move |seen| {
        let refuse = seen.if_none_match() == "\"1\"" && !std::mem::replace(&mut refused, true);
        if refuse {
            Reply::json(401, failure("UNAUTHORIZED", "Unauthorized"))
        } else {
            current(seen)
        }
    })
    .await;
    let clock = ManualClock::at(started_at());
    let sleep = RecordedSleep::advancing(clock.clone());
    let users = Users::of(["user_1", "user_2"]);
    let client = client_of(&server, users, &clock, &sleep).build().unwrap();
    for _ in 0..2 {
        list(&client).await.unwrap();
    }
    assert_eq!(tags_sent(&server), ["", "\"1\"", ""]);
}

#[tokio::test]
async fn a_304_for_another_tag_is_sent_once_more_without_the_tag() {
    for wrong in [Reply::unchanged("\"7\""), Reply::unchanged("")] {
        // At first nothing is cached; then something is, and the 304 names another tag.
        let whole = || Reply::courses().with_header("etag", "\"1\"");
        let bench = Bench::new(Server::script([wrong.clone(), whole(), wrong, whole()]).await);
        assert_eq!(*bench.list().await.unwrap(), *bench.list().await.unwrap());
        assert_eq!(tags_sent(&bench.server), ["", "", "\"1\"", ""]);
    }
    let bench = Bench::new(Server::always(Reply::unchanged("\"7\"")).await);
    let error = bench.list().await.unwrap_err();
    assert_eq!((error.attempts(), bench.server.received().len()), (2, 2));
    assert!(
        error
            .to_string()
            .contains("a cache between this client and Hemera"),
        "{error}"
    );
}

#[tokio::test]
async fn cache_can_be_turned_off_or_be_too_small() {
    for limits in [
        None,
        Some(ResponseCacheLimits::new(0, 1 << 20)),
        Some(ResponseCacheLimits::new(9, 64)),
    ] {
        let bench = Bench::configured(Server::by(current).await, |builder| match limits {
            None => builder.without_response_cache(),
            Some(limits) => builder.with_response_cache(limits),
        });
        bench.list().await.unwrap();
        bench.list().await.unwrap();
        assert_eq!(tags_sent(&bench.server), ["", ""], "{limits:?}");
    }
}

#[tokio::test]
async fn undecodable_response_is_not_cached() {
    let broken = Reply::json(200, envelope(&serde_json::json!({ "no": "list" })));
    let replies = [broken.with_header("etag", "\"1\""), Reply::courses()];
    let bench = Bench::new(Server::script(replies).await);
    let error = bench.list().await.unwrap_err();
    assert!(error.is_undecodable());
    bench.list().await.unwrap();
    assert_eq!(tags_sent(&bench.server), ["", ""]);
}

/// Names of participants are not kept longer than the caller may see them.
#[tokio::test]
async fn response_is_removed_after_403_or_404() {
    for (status, code) in [(403, "FORBIDDEN"), (404, "NOT_FOUND")] {
        let replies = [
            Reply::json(200, course()).with_header("etag", "\"1\""),
            Reply::json(status, failure(code, "no")),
            Reply::json(200, course()).with_header("etag", "\"1\""),
        ];
        let bench = Bench::new(Server::script(replies).await);
        let id = CourseId::parse("course_1").unwrap();
        bench.client.service_course(&id).await.unwrap();
        bench.client.service_course(&id).await.unwrap_err();
        bench.client.service_course(&id).await.unwrap();
        assert_eq!(tags_sent(&bench.server), ["", "\"1\"", ""], "{status}");
    }
}

#[tokio::test]
async fn write_removes_its_participation_and_its_course_only() {
    let bench = Bench::new(Server::by(current).await);
    let client = &bench.client;
    let [course, other] = ["course_1", "course_2"].map(|id| CourseId::parse(id).unwrap());
    let [part, other_part] = ["part_1", "part_2"].map(|id| ParticipationId::parse(id).unwrap());
    for round in 0..2 {
        client.service_course(&course).await.unwrap();
        client.service_course(&other).await.unwrap();
        client.service_participation(&part).await.unwrap();
        client.service_participation(&other_part).await.unwrap();
        if round == 0 {
            let update = ResultUpdate::default().complete();
            client
                .update_service_participation_result(&part, &update, None)
                .await
                .unwrap();
        }
    }
    let tag = "\"1\"";
    assert_eq!(tags_sent(&bench.server), ["", "", "", "", "", "", tag, "", tag]);
}
