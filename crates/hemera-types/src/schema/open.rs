//! Names, open: as responses give them.

use utoipa::ToSchema;
use utoipa::openapi::Object;
use utoipa::openapi::schema::{AnyOf, ObjectBuilder, Schema, Type};

use super::schema_ref;

/// A name of a response, as [`Open`](crate::Open) reads it: one of those that are known, or any other text.
pub(crate) fn open<T: ToSchema>() -> Schema {
    AnyOf::builder()
        .item(schema_ref(&T::name()))
        .item(unknown())
        .build()
        .into()
}

/// The same, or `null`.
pub(crate) fn open_or_null<T: ToSchema>() -> Schema {
    AnyOf::builder()
        .item(schema_ref(&T::name()))
        .item(unknown())
        .item(Object::with_type(Type::Null))
        .build()
        .into()
}

fn unknown() -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::String)
        .description(Some("A value that a newer server knows: keep it as text."))
}
