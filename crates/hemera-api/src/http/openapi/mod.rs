//! What the API promises, as an OpenAPI 3.1 document.
//!
//! What an operation is, takes and gives comes from `hemera-types`: its row
//! ([`OperationSpec`](hemera_types::OperationSpec)) and its shape ([`Shape`](hemera_types::openapi::Shape)). Here is what
//! the server adds to every operation: credentials, headers, refusals, and its public routes. Nothing here names a
//! single operation.

mod about;
mod errors;
mod headers;
mod operations;
mod parameters;
mod public;
mod security;

use std::sync::LazyLock;

use hemera_types::{Named as _, Operation};
use http::Method;
use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa::openapi::{Components, OpenApi, Paths};

use crate::http::public::PublicRoute;

static TEXT: LazyLock<String> = LazyLock::new(|| {
    // Serializing cannot fail: all keys are texts, and all types are utoipa's.
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
        let spec = operation.spec();
        let item = PathItem::new(http_method(&spec.method), operations::describe(operation));
        paths = paths.path(spec.path, item);
    }
    for route in PublicRoute::ALL {
        if let Some(described) = public::describe(route) {
            paths = paths.path(route.path(), PathItem::new(HttpMethod::Get, described));
        }
    }
    paths.build()
}

fn http_method(method: &Method) -> HttpMethod {
    match *method {
        Method::GET => HttpMethod::Get,
        Method::PUT => HttpMethod::Put,
        Method::POST => HttpMethod::Post,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => unreachable!("a row with another method does not compile"),
    }
}

fn components() -> Components {
    let mut components = Components::builder().schemas_from_iter(hemera_types::openapi::schemas());
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
