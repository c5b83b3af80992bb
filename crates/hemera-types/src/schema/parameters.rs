//! The parts of parameters: the id in the path, and the types that queries have.

use std::ops::RangeInclusive;

use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Object, RefOr, Required};

use super::schema_ref;

/// The id in a path, `{id}`.
pub(crate) fn id<T: ToSchema>() -> Parameter {
    Parameter::builder()
        .name("id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema_ref(&T::name())))
        .build()
}

/// A parameter of a query, which may be left out.
pub(crate) fn optional(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    Parameter::builder()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

/// A whole number within its limits, and what holds without the parameter.
pub(crate) fn whole_number(range: &RangeInclusive<u32>, default: u32) -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(*range.start()))
        .maximum(Some(*range.end()))
        .default(Some(Value::from(default)))
}

/// `true` or `false`, and what holds without the parameter.
pub(crate) fn boolean(default: bool) -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::Boolean)
        .default(Some(Value::from(default)))
}

/// A time of a request: any RFC 3339 offset is read. It has no example: pages on which calls are tried would send that
/// with every one of them.
pub(crate) fn time() -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some(
            "RFC 3339 with any offset, such as `2026-03-15T00:00:00.000Z`.",
        ))
}
