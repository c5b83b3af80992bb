//! Conditions on reads: those of the other program, and the response cache of the client.

use aither_client::hemera_types::{CourseId, Operation, ParticipationId};
use aither_client::{HeaderValue, RelayRequest, StatusCode};

use super::{course, headers, list, write};
use crate::support::{Bench, Received, Reply, Server, course as course_body, failure, participation};

/// Answers 200 with the tag `"1"`, and 304 to a request that sends this tag, each with its number.
fn current() -> impl FnMut(&Received) -> Reply + Send {
    let mut number = 0;
    move |seen| {
        number += 1;
        let reply = if seen.if_none_match() == "\"1\"" {
            Reply::unchanged("\"1\"")
        } else if seen.uri.path().contains("/participations/") {
            Reply::json(200, participation()).with_header("etag", "\"1\"")
        } else {
            Reply::json(200, course_body()).with_header("etag", "\"1\"")
        };
        reply.with_header("x-request-id", format!("server-{number}"))
    }
}

fn tags_sent(server: &Server) -> Vec<String> {
    let received = server.received();
    received
        .iter()
        .map(|seen| seen.if_none_match().to_owned())
        .collect()
}

#[tokio::test]
async fn unchanged_response_is_the_cached_one_with_the_headers_of_the_304() {
    let bench = Bench::new(Server::by(current()).await);
    let first = bench.client.relay(&course("course_1")).await.unwrap();
    let again = bench.client.relay(&course("course_1")).await.unwrap();
    assert_eq!(tags_sent(&bench.server), ["", "\"1\""]);
    assert_eq!((again.status, &again.body), (StatusCode::OK, &first.body));
    let expected = |id| {
        [
            ("content-type", "application/json"),
            ("etag", "\"1\""),
            ("x-request-id", id),
        ]
    };
    assert_eq!(headers(&first), expected("server-1"));
    assert_eq!(headers(&again), expected("server-2"));
}

#[tokio::test]
async fn relayed_and_decoded_calls_share_the_cache() {
    let bench = Bench::new(Server::by(current()).await);
    let id = CourseId::parse("course_1").unwrap();
    bench.client.relay(&course("course_1")).await.unwrap();
    let decoded = bench.client.service_course(&id).await.unwrap();
    assert_eq!(decoded.id, id);
    bench.client.relay(&course("course_1")).await.unwrap();
    assert_eq!(tags_sent(&bench.server), ["", "\"1\"", "\"1\""]);
}

#[tokio::test]
async fn condition_of_the_request_is_sent_and_its_304_returned() {
    let bench = Bench::new(Server::by(current()).await);
    let conditional = |tags| course("course_1").with_if_none_match(HeaderValue::from_static(tags));
    // Also when the client has a copy of its own.
    bench.client.relay(&course("course_1")).await.unwrap();
    let unchanged = bench.client.relay(&conditional("\"1\"")).await.unwrap();
    assert_eq!(
        (unchanged.status, unchanged.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
    assert_eq!(
        headers(&unchanged),
        [("etag", "\"1\""), ("x-request-id", "server-2")]
    );
    let changed = bench.client.relay(&conditional("\"0\", W/\"8\"")).await.unwrap();
    assert_eq!(changed.status, StatusCode::OK);
    bench.client.relay(&course("course_1")).await.unwrap();
    assert_eq!(tags_sent(&bench.server), ["", "\"1\"", "\"0\", W/\"8\"", "\"1\""]);
}

#[tokio::test]
async fn write_removes_its_participation_and_its_course() {
    let bench = Bench::new(Server::by(current()).await);
    let (course, other) = ("course_1", "course_2");
    let part = ParticipationId::parse("part_1").unwrap();
    for round in 0..2 {
        bench.client.relay(&self::course(course)).await.unwrap();
        bench.client.relay(&self::course(other)).await.unwrap();
        bench.client.service_participation(&part).await.unwrap();
        if round == 0 {
            bench.client.relay(&write("part_1")).await.unwrap();
        }
    }
    assert_eq!(tags_sent(&bench.server), ["", "", "", "", "", "\"1\"", ""]);
}

#[tokio::test]
async fn write_of_many_results_removes_their_participations() {
    let bench = Bench::new(Server::by(current()).await);
    let json = Some(HeaderValue::from_static("application/json"));
    let write = RelayRequest::new(Operation::UpdateParticipationResults).with_body(
        json,
        r#"{"updates":[{"participationId":"part_1","complete":true}]}"#,
    );
    let [written, other] = ["part_1", "part_2"].map(|id| ParticipationId::parse(id).unwrap());
    for round in 0..2 {
        bench.client.service_participation(&written).await.unwrap();
        bench.client.service_participation(&other).await.unwrap();
        if round == 0 {
            bench.client.relay(&write).await.unwrap();
        }
    }
    assert_eq!(tags_sent(&bench.server), ["", "", "", "", "\"1\""]);
}

#[tokio::test]
async fn page_of_a_proxy_is_not_cached() {
    let page = Reply::json(200, "<html>").with_header("etag", "\"1\"");
    let bench = Bench::new(Server::always(page).await);
    for _ in 0..2 {
        assert_eq!(bench.client.relay(&list()).await.unwrap().body, "<html>");
    }
    assert_eq!(tags_sent(&bench.server), ["", ""]);
}

/// Also one that was asked for with a condition of the other program's.
#[tokio::test]
async fn response_is_removed_after_403_or_404() {
    for (status, code) in [(403, "FORBIDDEN"), (404, "NOT_FOUND")] {
        let replies = [
            Reply::json(200, course_body()).with_header("etag", "\"1\""),
            Reply::json(status, failure(code, "no")),
            Reply::json(200, course_body()),
        ];
        let bench = Bench::new(Server::script(replies).await);
        bench.client.relay(&course("course_1")).await.unwrap();
        let conditional = course("course_1").with_if_none_match(HeaderValue::from_static("\"9\""));
        let refused = bench.client.relay(&conditional).await.unwrap();
        assert_eq!(refused.status.as_u16(), status);
        bench.client.relay(&course("course_1")).await.unwrap();
        assert_eq!(tags_sent(&bench.server), ["", "\"9\"", ""]);
    }
}
