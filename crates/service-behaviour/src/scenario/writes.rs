//! Writing the result of one participation.

use hemera_types::bounds::{BODY_BYTES, RESULT_TEXT_CHARS};

use crate::paths::{COURSE, PARTICIPATION, RESULT};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{Change, HemeraUnderTest, Who};

pub(crate) async fn results<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("fields are set, cleared, or stay");
    for body in [
        r#"{"resultOutcome":"Spricht frei."}"#,
        r#"{"resultNotes":"Ruhig \u2013 und klar.\n\"Ja\" 🙂"}"#,
        r#"{"resultOutcome":"","resultNotes":null}"#,
        r#"{"complete":false}"#,
        r#"{"complete":true}"#,
        r#"{"complete":true,"resultOutcome":null}"#,
        r#"{"complete":false,"resultNotes":""}"#,
        r#" { "resultNotes" : "" } "#,
    ] {
        session.send(Ask::put(RESULT, body)).await;
    }
    session.get(PARTICIPATION).await;
    session.part("completed before: the time stays");
    let other = "/api/service/participations/part_bernd/result";
    session.send(Ask::put(other, r#"{"complete":true}"#)).await;
    session
        .send(Ask::put(other, r#"{"complete":true,"resultOutcome":"Neu."}"#))
        .await;
    session.part("the course shows it");
    session.get(COURSE).await;
    session.part("by everybody who may");
    for who in [Who::ServiceKey, Who::Admin] {
        session
            .send(Ask::put(RESULT, r#"{"complete":true}"#).by(who))
            .await;
    }
    session.part("not there");
    let missing = "/api/service/participations/part_z/result";
    session.send(Ask::put(missing, r#"{"complete":true}"#)).await;
    session
        .send(Ask::put(missing, r#"{"complete":true}"#).header("if-match", "*"))
        .await;
    session.finish().await
}

pub(crate) async fn conditions_of_writes<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let write = |notes: usize, condition: &str| {
        Ask::put(RESULT, format!(r#"{{"resultNotes":"{notes}"}}"#)).header("if-match", condition)
    };
    session.part("conditions that are met");
    for (notes, condition) in [
        "\"1\"",
        "*",
        "\"7\", \"3\"",
        "\"4-gzip\"",
        "\"5-br\"",
        " , \"6\" ,",
    ]
    .into_iter()
    .enumerate()
    {
        session.send(write(notes, condition)).await;
    }
    session.part("conditions that are not");
    for condition in [
        "\"6\"",
        "W/\"7\"",
        "\"07\"",
        "\"+7\"",
        "\"\"",
        "\"other\"",
        "\"8\"",
    ] {
        session.send(write(100, condition)).await;
    }
    let twice = write(100, "\"1\"").header("if-match", "\"2\"");
    session.send(twice).await;
    session.part("conditions that are none");
    for condition in ["7", "", "\"7", "*, \"7\"", "\"7\" \"8\"", "ü"] {
        session.send(write(100, condition)).await;
    }
    session.part("what changes nothing needs no condition that is met");
    session.send(write(5, "\"1\"")).await;
    session.part("another caller has written");
    let read = session.get(PARTICIPATION).await;
    let tag = read.header("etag").to_owned();
    session.change(Change::Touch("part_anna")).await;
    session.send(write(101, &tag)).await;
    let read = session.get(PARTICIPATION).await;
    session.send(write(101, read.header("etag"))).await;
    session.send(write(102, read.header("etag"))).await;
    session.finish().await
}

pub(crate) async fn faults_of_bodies<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("no JSON, or not UTF-8");
    for body in [
        "",
        "{",
        "{'complete':true}",
        "{\"complete\":true}x",
        "{\"complete\":true,}",
        "nothing",
        "{\"resultNotes\":\"\\ud800\"}",
        "{\"complete\":tru}",
    ] {
        session.send(Ask::put(RESULT, body)).await;
    }
    session
        .send(Ask::put(RESULT, b"{\"resultNotes\":\"\xff\"}".to_vec()))
        .await;
    session
        .send(Ask::put(RESULT, b"\xef\xbb\xbf{\"complete\":true}".to_vec()))
        .await;
    session.part("no object");
    for body in [
        "[]",
        "null",
        "true",
        "1",
        "1.5",
        "\"text\"",
        "[{\"complete\":true}]",
    ] {
        session.send(Ask::put(RESULT, body)).await;
    }
    session.part("fields");
    for body in [
        r"{}",
        r#"{"complete":null}"#,
        r#"{"complete":"true"}"#,
        r#"{"complete":1}"#,
        r#"{"resultNotes":1}"#,
        r#"{"resultNotes":["a"]}"#,
        r#"{"resultNotes":"a\u0000b"}"#,
        r#"{"status":"COMPLETE"}"#,
        r#"{"complete":true,"Complete":true}"#,
        r#"{"complete":true,"complete":true}"#,
        r#"{"resultNotes":1,"resultOutcome":2,"complete":3,"x":4}"#,
    ] {
        session.send(Ask::put(RESULT, body)).await;
    }
    session.part("nothing was written");
    session.get(PARTICIPATION).await;
    session.finish().await
}

pub(crate) async fn sizes_of_bodies<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let notes = |text: &str| format!(r#"{{"resultNotes":"{text}"}}"#);
    session.part("texts of the longest length, counted in characters, and longer ones");
    for text in [
        "a".repeat(RESULT_TEXT_CHARS),
        "🙂".repeat(RESULT_TEXT_CHARS),
        "a".repeat(RESULT_TEXT_CHARS + 1),
        "🙂".repeat(RESULT_TEXT_CHARS + 1),
    ] {
        session.send(Ask::put(RESULT, notes(&text))).await;
    }
    session.part("bodies of the longest length, and longer ones");
    let padded = |length: usize| {
        let body = r#"{"complete":false}"#;
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    session.send(Ask::put(RESULT, padded(BODY_BYTES))).await;
    session.send(Ask::put(RESULT, padded(BODY_BYTES + 1))).await;
    session.part("in chunks, without a length said before");
    for (length, size) in [(BODY_BYTES, "10000"), (BODY_BYTES + 1, "10001")] {
        let body = format!("{size}\r\n{}\r\n0\r\n\r\n", padded(length));
        session
            .send(Ask::put(RESULT, body).header("transfer-encoding", "chunked"))
            .await;
    }
    session.finish().await
}
