//! What was read is not sent again while it is still so: a 304 becomes the value that the client has.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aither_client::hemera_types::{CourseId, CourseQuery, ParticipationId, ResultUpdate};
use aither_client::{Memory, SecretString, Token, TokenFuture, TokenSource};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use freshness::{ManualClock, RecordedSleep};
use parking_lot::Mutex;

use crate::support::{
    Bench, Reply, Seen, Server, client_of, course, course_page, envelope, failure, participation, started_at,
};

/// Answers what is asked for, under the tag `"1"`, and "unchanged" to whoever names that.
fn current(seen: &Seen) -> Reply {
    if seen.known() == "\"1\"" {
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

async fn list(bench: &Bench) -> aither_client::Page<aither_client::hemera_types::CourseSummary> {
    bench
        .client
        .service_courses(&CourseQuery::default())
        .await
        .unwrap()
}

/// What each request named.
fn named(server: &Server) -> Vec<String> {
    server.seen().iter().map(|seen| seen.known().to_owned()).collect()
}

#[tokio::test]
async fn what_is_unchanged_is_the_value_that_was_read() {
    let bench = Bench::new(Server::by(current).await);
    let clone = bench.client.clone();
    let id = CourseId::parse("course_1").unwrap();
    let participation = ParticipationId::parse("part_1").unwrap();
    let first = (
        list(&bench).await,
        bench.client.service_course(&id).await.unwrap(),
        bench.client.service_course_materials(&id).await.unwrap(),
        bench.client.service_participation(&participation).await.unwrap(),
    );
    let again = (
        clone.service_courses(&CourseQuery::default()).await.unwrap(),
        clone.service_course(&id).await.unwrap(),
        clone.service_course_materials(&id).await.unwrap(),
        clone.service_participation(&participation).await.unwrap(),
    );
    assert_eq!(again, first);
    assert_eq!(again.3.version.to_string(), "\"1\"");
    let expected = [[""; 4], ["\"1\""; 4]].concat();
    assert_eq!(named(&bench.server), expected);
}

#[tokio::test]
async fn what_changed_takes_the_place_of_what_was_read() {
    let mut newer = course_page();
    newer["data"][0]["participantCount"] = 8.into();
    let replies = [
        Reply::json(200, course_page()).with_header("etag", "\"1-gzip\""),
        Reply::json(200, newer).with_header("etag", "\"2\""),
        Reply::unchanged("\"2\""),
    ];
    let bench = Bench::new(Server::script(replies).await);
    let counts = [list(&bench).await, list(&bench).await, list(&bench).await];
    assert_eq!(counts.map(|page| page.items[0].participant_count), [7, 8, 8]);
    assert_eq!(named(&bench.server), ["", "\"1-gzip\"", "\"2\""]);
}

#[tokio::test]
async fn another_query_is_another_answer() {
    let bench = Bench::new(Server::by(current).await);
    list(&bench).await;
    let second = CourseQuery {
        offset: 100,
        ..CourseQuery::default()
    };
    bench.client.service_courses(&second).await.unwrap();
    assert_eq!(named(&bench.server), ["", ""]);
}

/// Every request changes it: there is nothing to remember.
#[tokio::test]
async fn the_usage_is_always_sent() {
    let body = envelope(&serde_json::json!({ "days": 7, "rows": [] }));
    let reply = Reply::json(200, body).with_header("etag", "\"1\"");
    let bench = Bench::new(Server::always(reply).await);
    for _ in 0..2 {
        bench.client.service_usage(7).await.unwrap();
    }
    assert_eq!(named(&bench.server), ["", ""]);
}

/// JWTs that speak for these users, one after the other, each good for 15 minutes.
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
async fn a_renewed_token_finds_what_was_read_and_another_user_does_not() {
    let server = Server::by(current).await;
    let clock = ManualClock::at(started_at());
    let sleep = RecordedSleep::advancing(clock.clone());
    let users = Users::of(["user_1", "user_1", "user_2", "user_1"]);
    let client = client_of(&server, users, &clock, &sleep).build().unwrap();
    for _ in 0..4 {
        client.service_courses(&CourseQuery::default()).await.unwrap();
        clock.advance(Duration::from_mins(16));
    }
    assert_eq!(named(&server), ["", "\"1\"", "", "\"1\""]);
}

/// The token that a call ends with may speak for somebody else than the one that it began with.
#[tokio::test]
async fn within_one_call_too_nobody_is_offered_what_another_was_told() {
    let mut refused = false;
    let server = Server::by(move |seen| {
        let refuse = seen.known() == "\"1\"" && !std::mem::replace(&mut refused, true);
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
        client.service_courses(&CourseQuery::default()).await.unwrap();
    }
    assert_eq!(named(&server), ["", "\"1\"", ""]);
}

#[tokio::test]
async fn unchanged_of_what_was_not_asked_about_is_asked_again_once() {
    for wrong in [Reply::unchanged("\"7\""), Reply::unchanged("")] {
        // Nothing is remembered yet; then something is, and the 304 is about something else.
        let whole = || Reply::json(200, course_page()).with_header("etag", "\"1\"");
        let bench = Bench::new(Server::script([wrong.clone(), whole(), wrong, whole()]).await);
        assert_eq!(list(&bench).await, list(&bench).await);
        assert_eq!(named(&bench.server), ["", "", "\"1\"", ""]);
    }
    let bench = Bench::new(Server::always(Reply::unchanged("\"7\"")).await);
    let error = bench
        .client
        .service_courses(&CourseQuery::default())
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), bench.server.seen().len()), (2, 2));
    assert!(error.to_string().contains("from a cache of its own"), "{error}");
}

#[tokio::test]
async fn nothing_is_remembered_where_that_is_not_wanted() {
    for memory in [None, Some(Memory::new(0, 1 << 20)), Some(Memory::new(9, 64))] {
        let bench = Bench::with(
            Server::by(current).await,
            crate::support::Numbered::new(),
            |builder| match memory {
                None => builder.without_memory(),
                Some(memory) => builder.with_memory(memory),
            },
        );
        list(&bench).await;
        list(&bench).await;
        assert_eq!(named(&bench.server), ["", ""], "{memory:?}");
    }
}

#[tokio::test]
async fn an_answer_that_could_not_be_read_is_not_confirmed() {
    let broken = Reply::json(200, envelope(&serde_json::json!({ "no": "list" })));
    let replies = [
        broken.with_header("etag", "\"1\""),
        Reply::json(200, course_page()),
    ];
    let bench = Bench::new(Server::script(replies).await);
    let error = bench
        .client
        .service_courses(&CourseQuery::default())
        .await
        .unwrap_err();
    assert!(error.is_undecodable());
    list(&bench).await;
    assert_eq!(named(&bench.server), ["", ""]);
}

/// Names of participants are not kept longer than they may be seen.
#[tokio::test]
async fn what_may_not_be_seen_or_is_gone_is_forgotten() {
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
        assert_eq!(named(&bench.server), ["", "\"1\"", ""], "{status}");
    }
}

#[tokio::test]
async fn a_write_forgets_its_participation_and_its_course_and_nothing_else() {
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
    let known = "\"1\"";
    assert_eq!(named(&bench.server), ["", "", "", "", "", "", known, "", known]);
}
