//! Errors: their methods for programs, and their text for people.

use std::fmt::Write as _;

use aither_client::Error;
use aither_client::hemera_types::{ErrorCode, Named, ParticipationId, ResultUpdate};
use serde_json::json;

use crate::support::{Bench, Reply, Server, failure};

async fn write(reply: Reply) -> Error {
    let server = Server::always(reply).await;
    let bench = Bench::configured(server, |builder| builder.with_max_attempts(1));
    let id = ParticipationId::parse("part_1").unwrap();
    let update = ResultUpdate::default().complete();
    let error = bench
        .client
        .update_service_participation_result(&id, &update, None)
        .await
        .unwrap_err();
    assert_eq!(
        error.request_id().unwrap().as_str(),
        bench.server.received()[0].header("x-request-id")
    );
    error
}

/// The text without the request id, which differs from run to run.
fn line(error: &Error) -> String {
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    line.replace(error.request_id().unwrap().as_str(), "[request id]")
}

#[tokio::test]
async fn every_error_code_has_its_own_text() {
    let mut lines = String::new();
    for code in ErrorCode::ALL {
        let reply = Reply::json(
            code.status().as_u16(),
            failure(code.name(), code.default_message()),
        )
        .with_header("retry-after", "3");
        let error = write(reply).await;
        assert_eq!(error.status(), Some(code.status()));
        assert_eq!(error.code().unwrap().known(), Some(*code));
        writeln!(lines, "{}", line(&error)).unwrap();
    }
    insta::assert_snapshot!("lines_of_the_contract", lines);
}

#[tokio::test]
async fn each_status_is_classified() {
    let mut table = String::new();
    for status in [
        301, 304, 400, 401, 403, 404, 405, 412, 413, 415, 418, 429, 500, 502, 503, 504,
    ] {
        let error = write(Reply::json(status, "")).await;
        let answers = [
            ("unauthorized", error.is_unauthorized()),
            ("forbidden", error.is_forbidden()),
            ("not_found", error.is_not_found()),
            ("invalid", error.is_invalid()),
            ("precondition_failed", error.is_precondition_failed()),
            ("throttled", error.is_throttled()),
            ("unavailable", error.is_unavailable()),
            ("transient", error.is_transient()),
            ("timeout", error.is_timeout()),
            ("connection", error.is_connection()),
            ("undecodable", error.is_undecodable()),
        ];
        let yes: Vec<_> = answers
            .iter()
            .filter(|(_, yes)| *yes)
            .map(|(name, _)| *name)
            .collect();
        writeln!(table, "{status}: {}", yes.join(" ")).unwrap();
    }
    insta::assert_snapshot!("questions_by_status", table);
}

#[tokio::test]
async fn error_names_the_invalid_fields() {
    let mut body = failure("VALIDATION_ERROR", "Invalid request");
    body["error"]["details"] =
        json!({ "fields": [{ "field": "resultNotes", "message": "must have at most 2000 characters" }] });
    let error = write(Reply::json(400, body)).await;
    assert_eq!(error.fields()[0].field, "resultNotes");
    assert!(
        error
            .to_string()
            .contains("resultNotes must have at most 2000 characters"),
        "{error}"
    );
}

#[tokio::test]
async fn unknown_error_code_is_kept() {
    let error = write(Reply::json(409, failure("CONFLICT", "Somebody else was faster"))).await;
    assert_eq!(error.code().unwrap().name(), "CONFLICT");
    assert!(
        error
            .to_string()
            .contains("409 CONFLICT, Somebody else was faster"),
        "{error}"
    );
}

#[tokio::test]
async fn html_page_of_a_proxy_is_reported_as_not_from_hemera() {
    let error = write(Reply::json(502, "<html>Bad Gateway\n</html>")).await;
    assert_eq!(error.code(), None);
    assert!(
        line(&error).contains("502 Bad Gateway, not in Hemera's format"),
        "{error}"
    );
}

#[tokio::test]
async fn server_texts_cannot_forge_log_lines() {
    let message = format!("gone\n2026 ERROR forged\x1b[2J{}", "x".repeat(10_000));
    let error = write(Reply::json(404, failure("NOT_FOUND", &message))).await;
    let line = line(&error);
    assert!(line.chars().all(|character| !character.is_control()), "{line}");
    assert!(line.len() < 1_000, "{} bytes", line.len());
}
