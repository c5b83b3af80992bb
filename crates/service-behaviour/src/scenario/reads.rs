//! What reads have in common: entity tags, HEAD, compression; and the usage.

use std::time::Duration;

use http::Method;

use crate::paths::{COURSE, COURSES, MATERIALS, PARTICIPATION, RESULT, RESULTS, USAGE};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{HemeraUnderTest, Who};

pub(crate) async fn participations<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("with texts, complete, just begun, not there");
    for id in ["part_anna", "part_bernd", "part_c", "part_z", "booking_1"] {
        session.get(&format!("/api/service/participations/{id}")).await;
    }
    session.finish().await
}

pub(crate) async fn conditions_of_reads<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    for path in [COURSES, COURSE, MATERIALS, PARTICIPATION] {
        session.part(path);
        let read = session.get(path).await;
        let tag = read.header("etag").to_owned();
        let gzipped = format!("{}-gzip\"", tag.trim_end_matches('"'));
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            gzipped,
            "*".to_owned(),
            "\"other\"".to_owned(),
            "garbage".to_owned(),
            String::new(),
        ] {
            session.send(Ask::get(path).header("if-none-match", known)).await;
        }
        let twice = Ask::get(path)
            .header("if-none-match", "\"other\"")
            .header("if-none-match", tag.clone());
        session.send(twice).await;
        session
            .send(Ask::new(Method::HEAD, path).header("if-none-match", tag.clone()))
            .await;
        session.send(Ask::get(path).header("if-match", "\"other\"")).await;
    }
    session.part("errors have no tag to confirm");
    let missing = Ask::get(format!("{COURSES}/course_z"));
    session.send(missing.header("if-none-match", "*")).await;
    session.finish().await
}

pub(crate) async fn heads<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("the head of what GET answers");
    for path in [
        COURSES,
        COURSE,
        MATERIALS,
        PARTICIPATION,
        "/api/service/courses?limit=0",
        "/api/service/courses/course_z",
        "/api/service/nothing",
        "/livez",
        "/readyz",
    ] {
        session.send(Ask::new(Method::HEAD, path)).await;
    }
    session
        .send(Ask::new(Method::HEAD, USAGE).by(Who::Moderator))
        .await;
    session
        .send(Ask::new(Method::HEAD, COURSES).by(Who::Anonymous))
        .await;
    session.finish().await
}

pub(crate) async fn compressed_answers<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let long = "/api/service/courses/course_c/materials";
    session.part("a long answer to a caller that takes a coding");
    for codings in [
        "gzip",
        "br",
        "gzip, br",
        "br;q=0.4, gzip;q=0.8",
        "*",
        "identity, gzip;q=0.5",
        "deflate",
        "gzip;q=0",
        "GZIP",
    ] {
        session
            .send(Ask::get(long).header("accept-encoding", codings))
            .await;
    }
    session.part("its tag confirms it");
    let read = session
        .send(Ask::get(long).header("accept-encoding", "gzip"))
        .await;
    let tag = read.header("etag").to_owned();
    session
        .send(Ask::get(long).header("if-none-match", tag.clone()))
        .await;
    let again = Ask::get(long).header("accept-encoding", "br");
    session.send(again.header("if-none-match", tag)).await;
    session
        .send(Ask::new(Method::HEAD, long).header("accept-encoding", "gzip"))
        .await;
    session.part("short ones, and errors, never are");
    session
        .send(Ask::get(COURSES).header("accept-encoding", "gzip"))
        .await;
    let missing = Ask::get(format!("{COURSES}/course_z"));
    session.send(missing.header("accept-encoding", "gzip")).await;
    session.finish().await
}

pub(crate) async fn usage<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("what is counted");
    session.get(COURSES).await;
    session.get(COURSES).await;
    session.send(Ask::get(COURSES).header("if-none-match", "*")).await;
    session.get(&format!("{COURSES}/course_z")).await;
    session.send(Ask::put(RESULT, r#"{"complete":true}"#)).await;
    let many = r#"{"updates":[{"participationId":"part_anna","complete":true},{"participationId":"part_z","complete":true}]}"#;
    session.send(Ask::put(RESULTS, many)).await;
    session.send(Ask::put(RESULTS, "{}")).await;
    session.send(Ask::get(USAGE).by(Who::User)).await;
    session.send(Ask::get(COURSES).by(Who::Anonymous)).await;
    session.send(Ask::new(Method::DELETE, COURSES)).await;
    session.get("/api/service/nothing").await;
    session.counted().await;
    session.send(Ask::get(USAGE).by(Who::Admin)).await;
    session.part("days");
    for query in ["days=1", "days=90", "days=0", "days=91", "days=7&days=7", "day=7"] {
        session.counted().await;
        session
            .send(Ask::get(format!("{USAGE}?{query}")).by(Who::Admin))
            .await;
    }
    session.counted().await;
    session.send(Ask::new(Method::HEAD, USAGE).by(Who::Admin)).await;
    session.advance(Duration::from_mins(10));
    session.counted().await;
    let known = Ask::get(USAGE)
        .by(Who::Admin)
        .header("if-none-match", "\"other\"");
    session.send(known).await;
    session.finish().await
}
