//! The parameters that operations share: headers of requests.

use hemera_types::header::{TRACEPARENT, X_REQUEST_ID};
use hemera_types::openapi::TAG_LIST;
use hemera_types::{Condition, OperationSpec};
use http::HeaderName;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Object, Ref, Required};

use super::security::canonical;

/// Puts on the headers that a request of an operation may carry.
pub(super) fn put_headers_on(spec: &OperationSpec, described: OperationBuilder) -> OperationBuilder {
    spec.condition
        .map(Condition::header)
        .into_iter()
        .chain([X_REQUEST_ID, TRACEPARENT])
        .fold(described, |described, name| {
            described.parameter_ref(reference(&name))
        })
}

/// A reference to one of [`components`].
pub(super) fn reference(name: &HeaderName) -> Ref {
    Ref::new(format!("#/components/parameters/{}", component_name(name)))
}

/// Without examples: pages on which calls are tried would send them with every one.
pub(super) fn components() -> [(String, Parameter); 4] {
    let texts = [
        (
            X_REQUEST_ID,
            "An id of your own for the request. Kept if it is 1 to 128 visible ASCII characters, else replaced.",
            text(),
        ),
        (
            TRACEPARENT,
            "Your trace context, as W3C writes it: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. Its trace id is \
             on all log lines of the request; a value that is not valid counts as none.",
            text(),
        ),
        (
            IF_NONE_MATCH,
            "The `ETag`s that you have, or `*`: where one still holds, the answer is 304 without a body. Compared weakly; one \
             that cannot be read counts as none.",
            text(),
        ),
        (
            IF_MATCH,
            "The `ETag` of what you have read, or several, or `*`: nothing is written unless one still holds. Compared \
             strongly: a weak tag never matches.",
            text().pattern(Some(TAG_LIST)),
        ),
    ];
    texts.map(|(name, description, schema)| {
        let parameter = Parameter::builder()
            .name(canonical(&name))
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(schema))
            .build();
        (component_name(&name), parameter)
    })
}

/// Names of components have no hyphens, for the sake of generators.
fn component_name(name: &HeaderName) -> String {
    canonical(name).replace('-', "")
}

fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}
