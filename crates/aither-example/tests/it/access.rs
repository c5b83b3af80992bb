//! Who may call, and what is there.

use std::time::Duration;

use aither_client::testing::Fault;
use aither_example::{InvalidKey, LocalKey};
use reqwest::Method;

use crate::support::{Gate, KEY, PATIENCE, answer, service, service_behind};

#[tokio::test]
async fn without_the_key_nothing_is_done() {
    let service = service().await;
    let almost = &KEY[..KEY.len() - 1];
    for (method, path) in [
        (Method::POST, "/api/sync"),
        (Method::GET, "/api/sync"),
        (Method::GET, "/api/slides"),
        (Method::POST, "/api/recordings"),
    ] {
        for key in [None, Some(""), Some(almost), Some("another-key-that-is-as-long")] {
            let mut request = service.request(method.clone(), path);
            if let Some(key) = key {
                request = request.header("x-api-key", key);
            }
            let error = answer(request).await.error(401, "UNAUTHORIZED");
            assert!(
                error["message"].as_str().unwrap().contains("AITHER_EXAMPLE_KEY"),
                "{error}"
            );
        }
    }
    assert_eq!(service.hemera.requests().len(), 0);
    service.stop().await;
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_with_what_there_is() {
    let service = service().await;
    let error = service.get("/api/courses").await.error(404, "NO_SUCH_ROUTE");
    assert!(
        error["message"].as_str().unwrap().contains("/api/slides"),
        "{error}"
    );
    let refused = service.post("/api/slides").await;
    refused.error(405, "NO_SUCH_METHOD");
    assert!(refused.headers["allow"].to_str().unwrap().contains("GET"));
    service.stop().await;
}

/// As many as there are places wait for Hemera; one more is refused at once, and all of the others get their response.
#[tokio::test]
async fn more_requests_than_places_are_refused_with_a_time_to_try_again() {
    const PLACES: usize = 32;
    let gate = Gate::closed();
    let service = service_behind(&gate).await;
    let places = u32::try_from(PLACES).unwrap();
    service
        .hemera
        .fail_next(Fault::Slow(Duration::from_secs(1)).times(places));
    let slides = || {
        answer(
            service
                .request(Method::GET, "/api/slides")
                .header("x-api-key", KEY),
        )
    };
    let waiting: Vec<_> = (0..PLACES).map(|_| tokio::spawn(slides())).collect();
    let all_wait = async {
        while service.hemera.requests().len() < PLACES {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, all_wait).await.unwrap();

    let refused = slides().await;
    refused.error(503, "TOO_MANY_REQUESTS");
    assert!(refused.headers.contains_key("retry-after"));
    gate.open();
    for each in waiting {
        assert_eq!(each.await.unwrap().status.as_u16(), 200);
    }
    assert_eq!(slides().await.status.as_u16(), 200);
    service.stop().await;
}

#[test]
fn keys_that_are_easy_to_guess_or_cannot_be_sent_are_refused() {
    for key in [
        "",
        "short",
        "fifteen-letters",
        "sixteen letters!",
        "sechzehn-Zeichenä",
        &"k".repeat(257),
    ] {
        assert_eq!(LocalKey::new(key.to_owned()).unwrap_err(), InvalidKey, "{key}");
    }
    let key = LocalKey::new("sixteen-letters!".to_owned()).unwrap();
    assert!(!format!("{key:?}").contains("sixteen"));
}
