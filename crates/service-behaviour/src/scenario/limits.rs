//! Rate limits, by a clock that the scenario moves.

use std::time::Duration;

use crate::paths::{COURSES, RESULT, USAGE};
use crate::session::{Ask, Session};
use crate::transcript::Transcript;
use crate::under_test::{HemeraUnderTest, Limits, Settings, Who};

pub(crate) async fn limit_of_a_caller<H: HemeraUnderTest>() -> Transcript {
    let settings = Settings {
        api_client: Limits { rate: 100, burst: 3 },
        window: Duration::from_hours(1),
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    let path = format!("{COURSES}?limit=1");
    session.part("the burst, then no more");
    for _ in 0..5 {
        session.get(&path).await;
    }
    session.part("each caller has a limit of its own, and a limit in each role");
    session.send(Ask::get(path.clone()).by(Who::ServiceKey)).await;
    session.send(Ask::get(path.clone()).by(Who::User)).await;
    for span in [10_000, 25_999, 1, 36_000, 200_000, 17] {
        session.advance(Duration::from_millis(span));
        for _ in 0..2 {
            session.get(&path).await;
        }
    }
    session.part("every request counts, also one that is refused for another reason");
    session.advance(Duration::from_hours(1));
    session.get("/api/service/courses?limit=0").await;
    session.get("/api/service/courses/course_z").await;
    session.send(Ask::put(RESULT, "{")).await;
    session.send(Ask::get(USAGE)).await;
    session.finish().await
}

pub(crate) async fn limit_of_an_admin<H: HemeraUnderTest>() -> Transcript {
    let settings = Settings {
        admin: Limits { rate: 200, burst: 2 },
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    let ask = || Ask::get(format!("{COURSES}?limit=1")).by(Who::Admin);
    for _ in 0..3 {
        session.send(ask()).await;
    }
    session.advance(Duration::from_millis(299));
    session.send(ask()).await;
    session.advance(Duration::from_millis(1));
    session.send(ask()).await;
    session.finish().await
}

pub(crate) async fn limit_of_failed_credentials<H: HemeraUnderTest>() -> Transcript {
    let settings = Settings {
        failed_authentications: Limits { rate: 30, burst: 2 },
        ..Settings::default()
    };
    let mut session = Session::<H>::with(settings).await;
    let ask = || Ask::get(COURSES).by(Who::Anonymous);
    session.part("two, then no more");
    for _ in 0..2 {
        session.send(ask().header("x-api-key", "unknown")).await;
    }
    for _ in 0..2 {
        session.send(ask()).await;
    }
    session.part("a valid credential passes");
    session.get(COURSES).await;
    session.advance(Duration::from_secs(2));
    session.send(ask()).await;
    session.send(ask()).await;
    session.finish().await
}
