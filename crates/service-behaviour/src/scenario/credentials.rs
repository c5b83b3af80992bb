//! Who calls, and who may.

use std::time::Duration;

use http::Method;

use super::EVERYONE;
use crate::paths::{COURSE, COURSES, MATERIALS, PARTICIPATION, RESULT, RESULTS};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{HemeraUnderTest, Who};

pub(crate) async fn credentials<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    let ask = || Ask::get(COURSES).by(Who::Anonymous);
    session.part("none, or no valid one");
    session.send(ask()).await;
    for value in [
        "Bearer not.a.token",
        "bearer abc",
        "Bearer",
        "Bearer ",
        "Bearer a b",
        "Basic YTpi",
        "",
    ] {
        session.send(ask().header("authorization", value)).await;
    }
    for key in ["hmr_test_unknown", ""] {
        session.send(ask().header("x-api-key", key)).await;
    }
    session.send(ask().header("x-api-key", "k".repeat(513))).await;
    session.part("two, or one twice");
    session
        .send(Ask::get(COURSES).header("x-api-key", "another"))
        .await;
    session
        .send(Ask::get(COURSES).header("authorization", "Bearer another"))
        .await;
    let key = Ask::get(COURSES).by(Who::ServiceKey);
    session.send(key.clone().header("x-api-key", "another")).await;
    session.send(key.header("authorization", "Basic YTpi")).await;
    session.part("in a query or a cookie there is none");
    session
        .send(Ask::get(format!("{COURSES}?token=abc")).by(Who::Anonymous))
        .await;
    session.send(ask().header("cookie", "__session=abc")).await;
    session.finish().await
}

pub(crate) async fn expired_tokens<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    session.part("a token of now");
    session.get(COURSES).await;
    session.advance(Duration::from_hours(1));
    session.get(COURSES).await;
    session.send(Ask::put(RESULT, r#"{"complete":true}"#)).await;
    session.part("a service key does not expire");
    session.send(Ask::get(PARTICIPATION).by(Who::ServiceKey)).await;
    session.finish().await
}

pub(crate) async fn roles<H: HemeraUnderTest>() -> Transcript {
    let mut session = Session::<H>::start().await;
    for who in EVERYONE {
        session.part(&format!("{who:?}"));
        for path in [
            COURSES,
            COURSE,
            MATERIALS,
            PARTICIPATION,
            "/api/service/usage?days=0",
        ] {
            session.send(Ask::get(path).by(who)).await;
        }
        session
            .send(Ask::put(RESULT, r#"{"complete":false}"#).by(who))
            .await;
        session.send(Ask::put(RESULTS, "{}").by(who)).await;
        session.send(Ask::new(Method::HEAD, COURSE).by(who)).await;
    }
    session.finish().await
}
