//! `/api/recordings`

use serde_json::{Value, json};

use crate::support::{KEY, Service, answer, service};

fn recording(recorded_at: &str) -> Value {
    json!({
        "assetId": "asset_4711",
        "playbackUrl": "https://stream.example.com/asset_4711.m3u8",
        "recordedAt": recorded_at,
    })
}

async fn post_text(service: &Service, media_type: &str, body: String) -> crate::support::Answer {
    let request = service.request(reqwest::Method::POST, "/api/recordings");
    answer(
        request
            .header("x-api-key", KEY)
            .header("content-type", media_type)
            .body(body),
    )
    .await
}

#[tokio::test]
async fn a_recording_gets_the_course_that_ran_then() {
    let service = service().await;
    // 08:00 UTC, the first moment of the course.
    let filed = service
        .post_json("/api/recordings", &recording("2026-03-15T09:00:00+01:00"))
        .await;

    assert_eq!(filed.status.as_u16(), 200, "{}", filed.text);
    let filing = filed.json();
    assert_eq!(filing["course"]["id"], "course_next");
    assert_eq!(filing["recordedAt"], "2026-03-15T08:00:00.000Z");
    assert_eq!(filing["assetId"], "asset_4711");
    service.stop().await;
}

#[tokio::test]
async fn a_time_of_no_course_and_one_of_several_are_refused_with_what_helps() {
    let service = service().await;
    let none = service
        .post_json("/api/recordings", &recording("2026-03-01T09:00:00Z"))
        .await;
    let error = none.error(404, "NO_COURSE_RAN");
    assert!(
        error["message"].as_str().unwrap().contains("course_next"),
        "the nearest: {error}"
    );

    let at_both = recording("2026-03-18T09:00:00Z");
    let several = service.post_json("/api/recordings", &at_both).await;
    let courses = several.error(409, "SEVERAL_COURSES_RAN")["courses"].clone();
    let ids: Vec<_> = courses
        .as_array()
        .unwrap()
        .iter()
        .map(|course| &course["id"])
        .collect();
    assert_eq!(ids, ["course_next", "course_later"]);

    let of = |course: &str| {
        let mut body = at_both.clone();
        body["courseId"] = course.into();
        body
    };
    let named = service.post_json("/api/recordings", &of("course_later")).await;
    assert_eq!(named.json()["course"]["id"], "course_later", "{}", named.text);
    let over = service.post_json("/api/recordings", &of("course_over")).await;
    over.error(409, "COURSE_DID_NOT_RUN");
    let missing = service.post_json("/api/recordings", &of("course_none")).await;
    missing.error(404, "NO_SUCH_COURSE");
    service.stop().await;
}

#[tokio::test]
async fn all_faults_of_a_recording_are_named_together_and_hemera_is_not_asked() {
    let service = service().await;
    let body =
        json!({ "assetId": "a b", "playbackUrl": "http://stream.example.com/", "recordedAt": "2026-03-15" });
    let error = service
        .post_json("/api/recordings", &body)
        .await
        .error(400, "INVALID_RECORDING");
    let message = error["message"].as_str().unwrap();
    for word in ["asset id", "https", "offset"] {
        assert!(message.contains(word), "{word} in {message}");
    }
    assert_eq!(service.hemera.requests().len(), 0);
    service.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_recording_are_refused() {
    let service = service().await;
    let whole = recording("2026-03-15T09:00:00Z").to_string();
    for body in [
        "",
        "{",
        "[]",
        r#"{"assetId":"a"}"#,
        &whole.replace("assetId", "asset"),
    ] {
        let refused = post_text(&service, "application/json", body.to_owned()).await;
        let error = refused.error(400, "INVALID_REQUEST");
        assert!(
            error["message"].as_str().unwrap().contains("recordedAt"),
            "{error}"
        );
    }
    let refused = post_text(&service, "text/plain", whole.clone()).await;
    refused.error(415, "INVALID_REQUEST");
    let long = whole.replace("asset_4711", &"a".repeat(20_000));
    let refused = post_text(&service, "application/json", long).await;
    refused.error(413, "INVALID_REQUEST");
    service.stop().await;
}
