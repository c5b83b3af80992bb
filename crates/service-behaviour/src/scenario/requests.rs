//! What is looked at before the operation itself.

use http::Method;

use crate::paths::{COURSE, COURSES, PARTICIPATION, RESULT, RESULTS, USAGE};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{HemeraUnderTest, Limits, Settings, Who};

/// A body that changes nothing.
const NOTHING: &str = r#"{"complete":false}"#;

pub(crate) async fn media_types<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("no JSON");
    session.send(Ask::new(Method::PUT, RESULT).body(NOTHING)).await;
    for media_type in [
        "text/json",
        "application/jsonp",
        "application/merge-patch+json",
        "application",
        "",
    ] {
        let ask = Ask::new(Method::PUT, RESULT).header("content-type", media_type);
        session.send(ask.body(NOTHING)).await;
    }
    let twice = Ask::put(RESULT, NOTHING).header("content-type", "application/json");
    session.send(twice).await;
    session
        .send(Ask::put(RESULT, NOTHING).header("content-encoding", "gzip"))
        .await;
    session.part("JSON");
    for media_type in ["Application/JSON; charset=utf-8", "application/json;x=y"] {
        let ask = Ask::new(Method::PUT, RESULT).header("content-type", media_type);
        session.send(ask.body(NOTHING)).await;
    }
    session
        .send(Ask::put(RESULT, NOTHING).header("content-encoding", "identity"))
        .await;
    session.part("a body where none is asked for");
    let read = Ask::get(PARTICIPATION).header("content-type", "text/plain");
    session.send(read.body("nothing")).await;
    session.finish().await
}

pub(crate) async fn ids_in_paths<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let longest = "a".repeat(64);
    let longer = "a".repeat(65);
    for id in [
        "course%20b",
        "%ff",
        "a.b",
        "%2e%2e",
        "c%C3%BC",
        &longest,
        &longer,
        "course%5Fb",
        "a%2Fb",
    ] {
        session.part(id);
        session.get(&format!("{COURSES}/{id}")).await;
        session.get(&format!("{COURSES}/{id}/materials")).await;
        session.get(&format!("/api/service/participations/{id}")).await;
        let path = format!("/api/service/participations/{id}/result");
        session.send(Ask::put(path, NOTHING)).await;
    }
    session.finish().await
}

pub(crate) async fn routes_and_methods<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("no route");
    for path in [
        "/",
        "/api",
        "/api/service/",
        "/api/service/courses/",
        "//api/service/courses",
        "/API/service/courses",
        "/api/service/courses/course_b/participants",
        "/api/service/participations",
        "/api/service/participations//result",
    ] {
        session.get(path).await;
        session.send(Ask::get(path).by(Who::Anonymous)).await;
    }
    session.part("no such method, for anyone");
    for path in [COURSES, COURSE, PARTICIPATION, RESULT, RESULTS, USAGE, "/livez"] {
        for method in [Method::POST, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            session.send(Ask::new(method, path).by(Who::Anonymous)).await;
        }
    }
    session.get(RESULT).await;
    session.send(Ask::new(Method::HEAD, RESULT)).await;
    session.send(Ask::put(PARTICIPATION, NOTHING)).await;
    session.part("outside of the operations");
    for path in ["/livez", "/readyz"] {
        session.send(Ask::get(path).by(Who::Anonymous)).await;
    }
    session.finish().await
}

/// Each request has one fault less than the one before it.
pub(crate) async fn order_of_checks<H: HemeraUnderTest>() -> Transcript {
    let once = Limits { rate: 60, burst: 1 };
    let settings = Settings {
        api_client: once,
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    let path = "/api/service/participations/%20no%20id/result?unknown=1";
    let wrong = || {
        Ask::new(Method::PUT, path)
            .header("content-type", "text/plain")
            .body(vec![b'{'; 70 * 1024])
    };
    session.part("uses up the limit");
    session.get(COURSES).await;
    session.part("route, method, credential, limit, permission, media type, path, body");
    let no_route = Ask::new(Method::PUT, "/api/service/participations/%20no%20id/results");
    session
        .send(no_route.body(vec![b'{'; 70 * 1024]).by(Who::Anonymous))
        .await;
    session
        .send(Ask::new(Method::PATCH, path).by(Who::Anonymous))
        .await;
    session.send(wrong().by(Who::Anonymous)).await;
    session.send(wrong()).await;
    session.send(wrong().by(Who::User)).await;
    session.send(wrong().by(Who::Admin)).await;
    let admin = |path: &str, body: Vec<u8>| Ask::put(path, body).header("if-match", "none").by(Who::Admin);
    session.send(admin(path, vec![b'{'; 70 * 1024])).await;
    let missing = "/api/service/participations/part_z/result";
    session.send(admin(missing, vec![b'{'; 70 * 1024])).await;
    let admin = |body: Vec<u8>| Ask::put(missing, body).by(Who::Admin);
    session.send(admin(vec![b'{'; 70 * 1024])).await;
    session.send(admin(b"{".to_vec())).await;
    session.send(admin(br#"{"complete":null}"#.to_vec())).await;
    session.send(admin(NOTHING.into())).await;
    session.part("a query before what is known");
    session
        .send(Ask::get(format!("{USAGE}?days=0")).by(Who::ServiceKey))
        .await;
    session.finish().await
}

pub(crate) async fn overload<H: HemeraUnderTest>() -> Transcript {
    let settings = Settings {
        concurrency: Some(1),
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    session.fill().await;
    session.part("after the route, before the credential");
    session
        .send(Ask::get("/api/service/nothing").by(Who::Anonymous))
        .await;
    session.send(Ask::get(COURSES).by(Who::Anonymous)).await;
    session.fill().await;
    session.send(Ask::put(RESULT, "{")).await;
    session.free().await;
    session.send(Ask::get(COURSES).by(Who::Admin)).await;
    session.finish().await
}

pub(crate) async fn request_ids<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let ask = || {
        Ask::get(format!("{COURSES}?limit=1"))
            .bare()
            .header("host", "hemera.example.com")
    };
    session.part("none; one that is kept; those that are replaced");
    session.send(ask()).await;
    session.send(ask().header("x-request-id", "!~")).await;
    let longest = "a".repeat(128);
    session.send(ask().header("x-request-id", longest.clone())).await;
    for id in ["", "a b", "ü", &(longest + "a")] {
        session.send(ask().header("x-request-id", id)).await;
    }
    session
        .send(ask().header("x-request-id", "one").header("x-request-id", "two"))
        .await;
    session.part("on errors too");
    let no_route = || Ask::get("/nowhere").bare().header("host", "hemera.example.com");
    session
        .send(no_route().header("x-request-id", "of-an-error"))
        .await;
    session.send(no_route()).await;
    session.finish().await
}

pub(crate) async fn heads_of_requests<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let ask = || {
        Ask::get(format!("{COURSES}?limit=1"))
            .bare()
            .header("x-request-id", "request")
    };
    session.part("hosts");
    session.send(ask()).await;
    for host in ["", "a b", "user@hemera", "hemera:port", "hemera, other"] {
        session.send(ask().header("host", host)).await;
    }
    session
        .send(ask().header("host", "hemera").header("host", "hemera"))
        .await;
    for host in ["hemera", "hemera:8080", "[2001:db8::1]:443"] {
        session.send(ask().header("host", host)).await;
    }
    session.part("before the route, and before the credential");
    session.send(Ask::get("/nowhere").bare().by(Who::Anonymous)).await;
    session.part("transfer codings");
    session
        .send(Ask::put(RESULT, "0\r\n\r\n").header("transfer-encoding", "gzip, chunked"))
        .await;
    session.finish().await
}
