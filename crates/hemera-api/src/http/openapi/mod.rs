//! What the API promises, as an OpenAPI 3.1 document.
//!
//! Paths, methods and permissions are [`Operation`]'s, limits and schemas are those of
//! `hemera-types`, examples are values of the wire types: what can be taken from the code is taken from it. What is
//! written here are the texts for people, and which refusal can come from where.

mod about;
mod errors;
mod examples;
mod headers;
mod operations;
mod parameters;
mod public;
mod security;

use std::sync::LazyLock;

use hemera_types::Named as _;
use hemera_types::Operation;
use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa::openapi::{Components, OpenApi, Paths};

use crate::http::public::PublicRoute;

static TEXT: LazyLock<String> = LazyLock::new(|| {
    // Text keys and no foreign types: there is nothing that could fail.
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
});

/// The document as JSON, for people and programs, with a line break at its end.
pub fn text() -> &'static str {
    &TEXT
}

/// The document.
pub fn document() -> OpenApi {
    OpenApi::builder()
        .info(about::info())
        .servers(Some([about::server()]))
        .tags(Some(about::tags()))
        .paths(paths())
        .components(Some(components()))
        .build()
}

fn paths() -> Paths {
    let mut paths = Paths::builder();
    for &operation in Operation::ALL {
        let method = if operation.method() == http::Method::PUT {
            HttpMethod::Put
        } else {
            HttpMethod::Get
        };
        paths = paths.path(
            operation.path_template(),
            PathItem::new(method, operations::describe(operation)),
        );
    }
    for route in PublicRoute::ALL {
        if let Some(described) = public::describe(route) {
            paths = paths.path(route.path(), PathItem::new(HttpMethod::Get, described));
        }
    }
    paths.build()
}

fn components() -> Components {
    let mut components = Components::builder().schemas_from_iter(hemera_types::openapi::schemas());
    for (name, schema) in operations::envelopes() {
        components = components.schema(name, schema);
    }
    for (name, parameter) in parameters::components() {
        components = components.parameter(name, parameter);
    }
    for (name, header) in headers::components() {
        components = components.header(name, header);
    }
    for (name, response) in errors::components() {
        components = components.response(name, response);
    }
    for (name, scheme) in security::schemes() {
        components = components.security_scheme(name, scheme);
    }
    components.build()
}
