//! Refusals: which operation can give which, and what they look like.

use hemera_types::openapi::{FAILURE, Shape};
use hemera_types::{
    BodyFault, Condition, CourseQuery, ErrorCode, FieldErrors, Named as _, OperationSpec, QueryPairs,
    ResultUpdate, VERSION,
};
use http::StatusCode;
use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use utoipa::openapi::example::Example;
use utoipa::openapi::{Content, Ref, RefOr, Response};

use super::headers;

/// The refusals of an operation: each status with the response that describes it.
pub(super) fn of(spec: &OperationSpec, shape: &Shape) -> Vec<(StatusCode, Ref)> {
    let has_input = spec.has_body() || !shape.parameters().is_empty();
    let answers = COMPONENTS.iter().filter(|component| match component.codes[0] {
        ErrorCode::NotFound => spec.has_id(),
        ErrorCode::ValidationError => has_input && spec.has_body() == (component.codes.len() > 1),
        ErrorCode::PreconditionFailed => spec.condition == Some(Condition::IfMatch),
        ErrorCode::PayloadTooLarge | ErrorCode::UnsupportedMediaType => spec.has_body(),
        _ => true,
    });
    answers
        .map(|component| (component.codes[0].status(), component.reference()))
        .collect()
}

/// The refusal of a method that a route does not have.
pub(super) fn method_not_allowed() -> (StatusCode, Ref) {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        Ref::from_response_name("MethodNotAllowed"),
    )
}

struct Component {
    name: &'static str,
    description: &'static str,
    codes: &'static [ErrorCode],
}

impl Component {
    fn reference(&self) -> Ref {
        Ref::from_response_name(self.name)
    }
}

const COMPONENTS: [Component; 12] = [
    Component {
        name: "BadRequest",
        description: "The id or a parameter is out of its limits, unknown, or given twice: `error.details.fields` names each.",
        codes: &[ErrorCode::ValidationError],
    },
    Component {
        name: "BadBody",
        description: "The body is not JSON, or it, the id or `If-Match` is out of its limits: `error.details.fields` names each fault.",
        codes: &[ErrorCode::ValidationError, ErrorCode::InvalidInput],
    },
    Component {
        name: "Unauthorized",
        description: "No credential, or one that is not valid. The body is always the same and never says which check failed.",
        codes: &[ErrorCode::Unauthorized],
    },
    Component {
        name: "Forbidden",
        description: "A valid credential whose role may not do this, or an address that may not call.",
        codes: &[ErrorCode::Forbidden],
    },
    Component {
        name: "NotFound",
        description: "There is no such resource.",
        codes: &[ErrorCode::NotFound],
    },
    Component {
        name: "MethodNotAllowed",
        description: "The route has no such method; `Allow` lists those that it has. Needs no credential.",
        codes: &[ErrorCode::MethodNotAllowed],
    },
    Component {
        name: "PreconditionFailed",
        description: "`If-Match` does not match: the resource has changed since it was read. Nothing was written.",
        codes: &[ErrorCode::PreconditionFailed],
    },
    Component {
        name: "PayloadTooLarge",
        description: "The body is over the limit of the operation: 64 KiB, or 1 MiB for the results of many participations.",
        codes: &[ErrorCode::PayloadTooLarge],
    },
    Component {
        name: "UnsupportedMediaType",
        description: "The body is not `application/json`, or it is compressed.",
        codes: &[ErrorCode::UnsupportedMediaType],
    },
    Component {
        name: "RateLimited",
        description: "More requests than the quota admits; or, without rate limit headers, too many failed credentials from this address.",
        codes: &[ErrorCode::RateLimited],
    },
    Component {
        name: "InternalError",
        description: "A fault of Hemera. Quote the request id to its operators.",
        codes: &[ErrorCode::InternalError],
    },
    Component {
        name: "ServiceUnavailable",
        description: "Database or Clerk out of reach, overload, or a time-out. A write may have been done: send the same request again, it gives the same result.",
        codes: &[ErrorCode::ServiceUnavailable],
    },
];

pub(super) fn components() -> impl Iterator<Item = (&'static str, Response)> {
    COMPONENTS
        .iter()
        .map(|component| (component.name, describe(component)))
}

fn describe(component: &Component) -> Response {
    let first = component.codes[0];
    let response = Response::builder().description(component.description);
    let mut response = headers::explained(headers::recorded(headers::always(response)));
    let is_before_the_caller = matches!(first, ErrorCode::Unauthorized | ErrorCode::MethodNotAllowed);
    if !is_before_the_caller {
        response = headers::standing(response);
    }
    let special = match first {
        ErrorCode::Unauthorized => Some(WWW_AUTHENTICATE),
        ErrorCode::MethodNotAllowed => Some(ALLOW),
        ErrorCode::RateLimited | ErrorCode::ServiceUnavailable => Some(RETRY_AFTER),
        _ => None,
    };
    if let Some(name) = special {
        response = headers::with(response, &name);
    }
    let examples = component.codes.iter().map(|&code| {
        let example = Example::builder().value(Some(example(component, code))).build();
        (code.name(), RefOr::T(example))
    });
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name(FAILURE)))
        .examples_from_iter(examples)
        .build();
    response.content("application/json", content).build()
}

/// A refusal as the server sends it, with the code's own message.
fn example(component: &Component, code: ErrorCode) -> Value {
    let mut error = json!({ "code": code.name(), "message": code.default_message() });
    if code == ErrorCode::ValidationError {
        let faults = if component.codes.len() > 1 {
            faults_of_a_body()
        } else {
            faults_of_a_query()
        };
        error["details"] = json!(faults);
    }
    let meta = json!({
        "requestId": "4f0c1d9e-7a4f-4c8d-9b6a-1e0c9f8d7b5b",
        "timestamp": "2026-03-15T09:30:00.000Z",
        "version": VERSION,
    });
    json!({ "success": false, "error": error, "meta": meta })
}

fn faults_of_a_query() -> FieldErrors {
    let pairs =
        [("limit", "1000"), ("colour", "red")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    CourseQuery::parse(QueryPairs::new(pairs))
        .err()
        .unwrap_or_default()
}

fn faults_of_a_body() -> FieldErrors {
    match ResultUpdate::parse(br#"{"resultNotes":7,"complete":null}"#) {
        Err(BodyFault::Fields(fields)) => fields,
        _ => FieldErrors::default(),
    }
}
