//! The public routes.

use hemera_types::header::X_REQUEST_ID;
use http::StatusCode;
use http::header::{ETAG, IF_NONE_MATCH};
use serde_json::json;
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{Content, Object, RefOr, Response, SecurityRequirement};

use super::{about, errors, headers, parameters};
use crate::public::PublicRoute;

pub(super) fn describe(route: PublicRoute) -> Operation {
    let described = Operation::builder()
        .operation_id(Some(route.name()))
        .tag(about::SERVER)
        .securities(Some(Vec::<SecurityRequirement>::new()));
    let described = match route {
        PublicRoute::Live => live(described),
        PublicRoute::Ready => ready(described),
        PublicRoute::Document => document(described),
    };
    let (status, refusal) = errors::method_not_allowed();
    described
        .parameter_ref(parameters::reference(&X_REQUEST_ID))
        .response(status.as_str(), RefOr::Ref(refusal))
        .build()
}

fn live(described: OperationBuilder) -> OperationBuilder {
    described
        .summary(Some("Does the process live?"))
        .description(Some(
            "Depends on nothing else: where this fails, restart the process.",
        ))
        .response("200", words("It lives.", &["live\n"]))
}

fn ready(described: OperationBuilder) -> OperationBuilder {
    described
        .summary(Some("Can the server serve?"))
        .description(Some(
            "Whether the database answers, and the keys that tokens are verified with are known.",
        ))
        .response(
            "200",
            words(
                "It can; what follows in brackets is in a state that operators should know of.",
                &["ready\n", "ready (rate limits: own share)\n"],
            ),
        )
        .response(
            StatusCode::SERVICE_UNAVAILABLE.as_str(),
            words(
                "It cannot, and what is missing.",
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
    let found = headers::with(answer("The document."), &ETAG).content("application/json", content);
    let known = headers::with(answer("You have it already: nothing has changed since."), &ETAG);
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
