//! The envelope around every answer.

use utoipa::ToSchema as _;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{Object, RefOr};

use crate::schema::{open, schema_ref};
use crate::{ErrorCode, FieldErrors, Meta, Pagination};

/// The envelope of a success around `data`: with a message and a page where the operation has them, and always then.
pub(super) fn success(
    description: &str,
    data: impl Into<RefOr<Schema>>,
    message: Option<&str>,
    is_page: bool,
) -> Object {
    let mut envelope = Object::builder()
        .description(Some(description))
        .property("success", verdict(true))
        .required("success")
        .property("data", data)
        .required("data");
    if let Some(message) = message {
        let schema = Object::builder()
            .schema_type(Type::String)
            .description(Some("A line for people."))
            .examples([message]);
        envelope = envelope.property("message", schema).required("message");
    }
    if is_page {
        envelope = envelope
            .property("pagination", schema_ref(&Pagination::name()))
            .required("pagination");
    }
    envelope
        .property("meta", schema_ref(&Meta::name()))
        .required("meta")
        .build()
}

/// The name of the envelope of every error.
pub const FAILURE: &str = "Failure";

/// The envelope of every error.
pub(super) fn failure() -> Object {
    let message = Object::builder()
        .schema_type(Type::String)
        .description(Some("A line for people: what went wrong, and what to do next."));
    let error = Object::builder()
        .description(Some("What went wrong."))
        .property("code", open::<ErrorCode>())
        .required("code")
        .property("message", message)
        .required("message")
        .property("details", schema_ref(&FieldErrors::name()));
    Object::builder()
        .description(Some(
            "Every error. There is no `data`; `details` is there only where you can act on it.",
        ))
        .property("success", verdict(false))
        .required("success")
        .property("error", error)
        .required("error")
        .property("meta", schema_ref(&Meta::name()))
        .required("meta")
        .build()
}

/// A boolean that is always the same: it tells success and error apart.
fn verdict(value: bool) -> Object {
    Object::builder()
        .schema_type(Type::Boolean)
        .enum_values(Some([value]))
        .build()
}
