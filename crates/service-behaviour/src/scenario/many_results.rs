//! Writing the results of many participations.

use std::time::Duration;

use hemera_types::bounds::{RESULT_TEXT_CHARS, RESULTS_BODY_BYTES, RESULTS_ITEMS};

use crate::paths::{COURSE, PARTICIPATION, RESULTS};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{Change, HemeraUnderTest, Limits, Settings, Who};

/// The body with these updates, each an object without its braces.
fn updates(updates: &[&str]) -> String {
    let updates: Vec<_> = updates.iter().map(|update| format!("{{{update}}}")).collect();
    format!(r#"{{"updates":[{}]}}"#, updates.join(","))
}

/// A body with so many updates of participations that are not there.
fn many(count: usize) -> String {
    let all: Vec<_> = (1..=count)
        .map(|number| format!(r#""participationId":"part_{number}","complete":true"#))
        .collect();
    updates(&all.iter().map(String::as_str).collect::<Vec<_>>())
}

pub(crate) async fn many_results<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("every verdict, in the order of the updates");
    let body = updates(&[
        r#""participationId":"part_z","complete":true"#,
        r#""participationId":"part_anna","resultOutcome":"Spricht frei.","complete":true"#,
        r#""participationId":"part_bernd","complete":true"#,
        r#""participationId":"part_c","ifMatch":"\"7\"","resultNotes":"Ruhig.""#,
    ]);
    session.send(Ask::put(RESULTS, body.clone())).await;
    session.part("the same again changes nothing");
    session.send(Ask::put(RESULTS, body)).await;
    session.part("conditions");
    for condition in [r#"\"1\""#, "*", r#"\"3-gzip\", \"9\""#, r#"W/\"4\""#, r#"\"3\""#] {
        let notes = condition.len();
        let item = format!(r#""participationId":"part_c","ifMatch":"{condition}","resultNotes":"{notes}""#);
        session.send(Ask::put(RESULTS, updates(&[&item]))).await;
    }
    session.part("what changes nothing needs no condition that is met");
    let same = r#""participationId":"part_c","ifMatch":"\"1\"","complete":false"#;
    session.send(Ask::put(RESULTS, updates(&[same]))).await;
    session.change(Change::Touch("part_c")).await;
    let stale = r#""participationId":"part_c","ifMatch":"\"4\"","resultNotes":null"#;
    session.send(Ask::put(RESULTS, updates(&[stale]))).await;
    session.part("a header is no condition of it");
    let cleared = r#""participationId":"part_c","resultNotes":null"#;
    let ask = Ask::put(RESULTS, updates(&[cleared])).header("if-match", "\"1\"");
    session.send(ask).await;
    session.part("what was written");
    session.get(COURSE).await;
    session.get(PARTICIPATION).await;
    session.get("/api/service/participations/part_c").await;
    session.part("by everybody who may");
    for who in [Who::ServiceKey, Who::Admin] {
        session.send(Ask::put(RESULTS, updates(&[cleared])).by(who)).await;
    }
    session.finish().await
}

pub(crate) async fn faults_of_many_results<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("no JSON, no object, no list");
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"updates":null}"#,
        r#"{"updates":{}}"#,
        r#"{"updates":[]}"#,
    ] {
        session.send(Ask::put(RESULTS, body)).await;
    }
    session.part("too many, and as many as may be");
    for count in [*RESULTS_ITEMS.end(), RESULTS_ITEMS.end() + 1] {
        session.send(Ask::put(RESULTS, many(count))).await;
    }
    session.part("each fault, with its place");
    let good = r#""participationId":"part_anna","complete":true"#;
    for bad in [
        r#""complete":true"#,
        r#""participationId":"part_c""#,
        r#""participationId":"part c","complete":true"#,
        r#""participationId":1,"complete":true"#,
        r#""participationId":"part_anna","complete":true"#,
        r#""participationId":"part_c","participationId":"part_c","complete":true"#,
        r#""participationId":"part_c","ifMatch":"7","complete":true"#,
        r#""participationId":"part_c","ifMatch":null,"complete":true"#,
        r#""participationId":"part_c","complete":null"#,
        r#""participationId":"part_c","resultNotes":1"#,
        r#""participationId":"part_c","status":"COMPLETE""#,
    ] {
        session.send(Ask::put(RESULTS, updates(&[good, bad]))).await;
    }
    session
        .send(Ask::put(RESULTS, r#"{"updates":[1,null,"a",[]]}"#))
        .await;
    let several = r#"{"updates":[{"complete":1}],"more":true,"updates":[]}"#;
    session.send(Ask::put(RESULTS, several)).await;
    let long = "a".repeat(RESULT_TEXT_CHARS + 1);
    let long = format!(r#""participationId":"part_c","resultNotes":"{long}""#);
    session.send(Ask::put(RESULTS, updates(&[good, &long]))).await;
    session.part("nothing was written");
    session.get(PARTICIPATION).await;
    session.finish().await
}

pub(crate) async fn sizes_of_many_results<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let body = updates(&[r#""participationId":"part_anna","complete":true"#]);
    let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
    session.part("of the longest length, and longer");
    session.send(Ask::put(RESULTS, padded(RESULTS_BODY_BYTES))).await;
    session
        .send(Ask::put(RESULTS, padded(RESULTS_BODY_BYTES + 1)))
        .await;
    session.part("no JSON");
    let ask = Ask::new(http::Method::PUT, RESULTS).header("content-type", "text/plain");
    session.send(ask.body(body.clone())).await;
    session.finish().await
}

pub(crate) async fn limit_of_many_results<H: HemeraUnderTest>() -> Transcript {
    let settings = Settings {
        api_client: Limits { rate: 60, burst: 4 },
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    session.part("each 50 updates count as one request, and a part of 50 as one");
    for count in [50, 51, 100, 1, 100] {
        session.send(Ask::put(RESULTS, many(count))).await;
    }
    session.part("refused for its form: counted as one");
    session.advance(Duration::from_secs(4));
    session.send(Ask::put(RESULTS, many(101))).await;
    session.part("after the time that it says, all of it is admitted");
    for _ in 0..2 {
        session.send(Ask::put(RESULTS, many(100))).await;
    }
    for span in [999, 1, 999, 1] {
        session.advance(Duration::from_millis(span));
        session.send(Ask::put(RESULTS, many(100))).await;
    }
    session.finish().await
}
