//! An answer as text.

use hemera_types::{Named as _, Operation, Timestamp};
use serde_json::{Value, json};

use crate::support::Answer;

/// Times of the database's clock, which the test does not control.
const BY_THE_DATABASE: [&str; 2] = ["/data/updatedAt", "/data/resultCompletedAt"];

/// Status, headers in alphabetical order, and the body.
pub(super) fn picture(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", shown(name.as_str(), value.to_str().unwrap())))
        .collect();
    headers.sort();
    let body = if answer.text.is_empty() {
        "(no body)".to_owned()
    } else if answer.header("content-type") == "application/json" {
        let mut body = answer.json();
        blank(&mut body, answer);
        serde_json::to_string_pretty(&body).unwrap()
    } else {
        answer.text.clone()
    };
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

/// The value of a header; of the audit record's id, which the server draws, only that it is one.
fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    if name == "x-audit-record" {
        assert!(uuid::Uuid::try_parse(value).is_ok(), "{value}");
        "[id]"
    } else {
        value
    }
}

/// Blanks the times of the database's clock and the ids that the server draws, after a check of their form.
fn blank(body: &mut Value, answer: &Answer) {
    // Only a write takes times from the database's clock, or has records of its own.
    if body.get("message").is_none() {
        return;
    }
    if let Some(results) = body.pointer_mut("/data/results") {
        for result in results.as_array_mut().unwrap() {
            let record = result["auditRecord"].as_str().unwrap();
            assert!(uuid::Uuid::try_parse(record).is_ok(), "{record}");
            result["auditRecord"] = json!("[id]");
        }
        return;
    }
    let begin = body["meta"]["timestamp"].as_str().unwrap().to_owned();
    for place in BY_THE_DATABASE {
        let value = body
            .pointer_mut(place)
            .unwrap_or_else(|| panic!("no {place} in {answer:#?}"));
        let text = value.as_str().unwrap().to_owned();
        let time = Timestamp::parse(&text).unwrap();
        assert_eq!(
            time.to_string(),
            text,
            "{place} has another form than other times"
        );
        assert!(text > begin, "{place}: the tests' clock stands in the past");
        *value = json!("[a time]");
    }
}

/// Compares a picture with its snapshot.
#[track_caller]
pub(super) fn show(operation: Operation, case: &str, picture: &str) {
    show_as(
        &format!("{}__{case}", operation.name().replace('.', "_")),
        picture,
    );
}

#[track_caller]
pub(super) fn show_as(name: &str, picture: &str) {
    insta::assert_snapshot!(name, picture);
}
