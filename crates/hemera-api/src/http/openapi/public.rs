//! The public routes.

use hemera_types::header::X_REQUEST_ID;
use http::StatusCode;
use http::header::{CONTENT_ENCODING, IF_NONE_MATCH};
use serde_json::json;
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{Content, Object, RefOr, Response, SecurityRequirement};

use super::{about, errors, headers, parameters};
use crate::http::public::PublicRoute;

/// What a public route does; `None` for the page and its parts, which no program calls.
pub(super) fn describe(route: PublicRoute) -> Option<Operation> {
    let described = Operation::builder()
        .operation_id(Some(route.name()))
        .tag(about::SERVER.name)
        .securities(Some(Vec::<SecurityRequirement>::new()));
    let described = match route {
        PublicRoute::Live => live(described),
        PublicRoute::Ready => ready(described),
        PublicRoute::Document => document(described),
        PublicRoute::Page | PublicRoute::PageScript | PublicRoute::PageStyle | PublicRoute::PageReference => {
            return None;
        }
    };
    let (status, refusal) = errors::method_not_allowed();
    let described = described
        .parameter_ref(parameters::reference(&X_REQUEST_ID))
        .response(status.as_str(), RefOr::Ref(refusal));
    Some(described.build())
}

fn live(described: OperationBuilder) -> OperationBuilder {
    described
        .summary(Some("Is the process running?"))
        .description(Some(
            "Depends on nothing else: if this fails, restart the process.",
        ))
        .response("200", words("It is running.", &["live\n"]))
}

fn ready(described: OperationBuilder) -> OperationBuilder {
    described
        .summary(Some("Is the server ready?"))
        .description(Some(
            "Whether the database answers, and the keys that tokens are verified with are known.",
        ))
        .response(
            "200",
            words(
                "It is ready. Brackets name a part that works in a reduced way: operators should look at it.",
                &["ready\n", "ready (rate limits: own share)\n"],
            ),
        )
        .response(
            StatusCode::SERVICE_UNAVAILABLE.as_str(),
            words(
                "It is not ready; the text names what is missing.",
                &["not ready: database\n", "not ready: keys\n"],
            ),
        )
}

fn document(described: OperationBuilder) -> OperationBuilder {
    let schema = Object::builder()
        .schema_type(Type::Object)
        .description(Some("An OpenAPI document of version 3.1."));
    let content = Content::builder()
        .schema(Some(schema))
        .example(Some(json!({ "openapi": "3.1.0" })))
        .build();
    let found = headers::with(headers::of_variants(answer("The document.")), &CONTENT_ENCODING);
    let found = found.content("application/json", content);
    let known = headers::of_variants(answer("Not modified: what you have is current."));
    described
        .summary(Some("This document"))
        .description(Some(
            "What the API promises, as an OpenAPI document. The same as `hemera-api openapi` prints.",
        ))
        .parameter_ref(parameters::reference(&IF_NONE_MATCH))
        .response("200", found)
        .response("304", known)
}

fn answer(description: &str) -> ResponseBuilder {
    headers::always(Response::builder().description(description))
}

fn words(description: &str, words: &[&'static str]) -> ResponseBuilder {
    let schema: RefOr<Schema> = Object::builder()
        .schema_type(Type::String)
        .enum_values(Some(words.iter().copied()))
        .into();
    let content = Content::builder()
        .schema(Some(schema))
        .example(words.first().map(|&word| json!(word)))
        .build();
    answer(description).content("text/plain", content)
}
