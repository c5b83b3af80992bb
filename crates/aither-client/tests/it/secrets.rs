//! The credential is sent to the configured origin only, and appears in no log and no error.

use std::fmt::Write as _;

use aither_client::{HemeraClient, StaticServiceKey};

use crate::support::{Bench, Logs, NumberedTokens, Reply, Server, TokenReply, course_page, list};

#[tokio::test]
async fn redirect_is_an_error_and_nothing_is_sent_to_the_target() {
    for status in [301, 302, 303, 307, 308] {
        let target = Server::always(Reply::courses()).await;
        let location = format!("{}/api/service/courses", target.origin());
        let bench =
            Bench::new(Server::always(Reply::json(status, "").with_header("location", location)).await);
        let error = bench.list().await.unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (status, 1));
        assert!(
            error.to_string().contains("redirects are not followed"),
            "{error}"
        );
        assert!(target.received().is_empty());
    }
}

#[tokio::test]
async fn token_is_in_no_debug_text_error_or_log_line() {
    let (logs, _guard) = Logs::record();
    let mut shown = String::new();
    for status in [200, 204, 301, 400, 401, 403, 404, 429, 500, 503] {
        let source = NumberedTokens::scripted([TokenReply::Transient]);
        let bench = Bench::with_source(Server::always(Reply::json(status, course_page())).await, source);
        write!(shown, "{:?} {:?}", bench.client, bench.client.tokens()).unwrap();
        if let Err(error) = bench.list().await {
            write!(shown, "{error} {error:?} {error:#?}").unwrap();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                write!(shown, "{error} {error:?}").unwrap();
                cause = error.source();
            }
        }
        write!(shown, "{:?}", bench.client.tokens().peek()).unwrap();
        assert!(
            bench.server.bearers().iter().any(|bearer| bearer == "token-1"),
            "{status}"
        );
    }
    let logged = logs.text();
    assert!(logged.contains("aither_client.call.run"), "nothing was recorded");
    assert!(logged.contains("hyper"), "the layers below were not recorded");
    for text in [shown, logged] {
        assert!(
            !text.contains("token-"),
            "{}",
            text.lines().find(|line| line.contains("token-")).unwrap()
        );
    }
}

#[tokio::test]
async fn service_key_is_in_no_debug_text_error_or_log_line() {
    let (logs, _guard) = Logs::record();
    let server = Server::always(Reply::json(401, "{}")).await;
    let key = StaticServiceKey::parse("hk_live_geheim").unwrap();
    let shown = format!("{key:?}");
    let client = HemeraClient::builder(server.origin().parse().unwrap(), key)
        .build()
        .unwrap();
    let error = list(&client).await.unwrap_err();
    assert_eq!(server.only().header("x-api-key"), "hk_live_geheim");
    for text in [shown, format!("{client:?} {error} {error:?}"), logs.text()] {
        assert!(!text.contains("geheim"), "{text}");
    }
}
