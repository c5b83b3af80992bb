//! The operations of the contract: their facts are in their rows, what they take and give is in their shapes.

use hemera_types::openapi::{Shape, shape};
use hemera_types::{Condition, Named as _, Operation, OperationSpec};
use http::header::{CONTENT_ENCODING, ETAG};
use utoipa::openapi::{Content, Ref, RefOr, Response, path};

use super::{errors, headers, parameters, security};

pub(super) fn describe(operation: Operation) -> path::Operation {
    let spec = operation.spec();
    let shape = shape(operation);
    let described = path::Operation::builder()
        .operation_id(Some(operation.name()))
        .tag(spec.group.name)
        .summary(Some(spec.summary))
        .description(Some(spec.description))
        .securities(Some(security::requirements(spec)))
        .extensions(Some(security::permissions(spec)))
        .parameters(Some(shape.parameters().to_vec()))
        .request_body(shape.body().cloned());
    let mut described = parameters::put_headers_on(spec, described).response("200", success(spec, &shape));
    if spec.condition == Some(Condition::IfNoneMatch) {
        described = described.response("304", not_modified());
    }
    for (status, refusal) in errors::of(spec, &shape) {
        described = described.response(status.as_str(), RefOr::Ref(refusal));
    }
    described.build()
}

fn success(spec: &OperationSpec, shape: &Shape) -> Response {
    let response = Response::builder().description(spec.success);
    let response = headers::standing(headers::recorded(headers::always(response)));
    let response = match spec.condition {
        Some(Condition::IfNoneMatch) => headers::with(headers::of_variants(response), &CONTENT_ENCODING),
        Some(Condition::IfMatch) => headers::with(response, &ETAG),
        None => response,
    };
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name(shape.envelope_name())))
        .example(Some(shape.example()))
        .build();
    response.content("application/json", content).build()
}

fn not_modified() -> Response {
    let response = Response::builder().description("Not modified: what you have is current.");
    headers::of_variants(headers::standing(headers::recorded(headers::always(response)))).build()
}
