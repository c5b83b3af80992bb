//! The parameters of queries, with their limits and defaults.

use std::ops::RangeInclusive;

use serde_json::{Value, json};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Object, RefOr, Required};
use utoipa::{IntoParams, ToSchema as _};

use super::schema_ref;
use crate::bounds::{PAGE_LIMIT, PAGE_OFFSET, USAGE_DAYS};
use crate::{CourseLevel, CourseQuery, UsageQuery};

fn parameter(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    Parameter::builder()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

fn whole_number(range: &RangeInclusive<u32>, default: u32) -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(*range.start()))
        .maximum(Some(*range.end()))
        .default(Some(Value::from(default)))
}

/// A time of a request: any RFC 3339 offset is read. It has no example: pages on which calls are tried would send that
/// with every one of them.
fn time() -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some(
            "RFC 3339 with any offset, such as `2026-03-15T00:00:00.000Z`.",
        ))
}

impl IntoParams for CourseQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let default = Self::default();
        let published = Object::builder()
            .schema_type(Type::Boolean)
            .default(Some(json!(default.published)));
        vec![
            parameter(
                "level",
                "Only courses of this level.",
                schema_ref(&CourseLevel::name()),
            ),
            parameter(
                "published",
                "Only published courses, or only unpublished ones.",
                published,
            ),
            parameter(
                "startsFrom",
                "Only courses with a `startDate` at or after this. A course without that date does not match.",
                time(),
            ),
            parameter(
                "startsBefore",
                "Only courses with a `startDate` before this. A course without that date does not match.",
                time(),
            ),
            parameter(
                "endsFrom",
                "Only courses with an `endDate` at or after this. A course without that date does not match.",
                time(),
            ),
            parameter(
                "updatedSince",
                "Only courses with an `updatedAt` at or after this. To follow changes, take `meta.timestamp` of the first \
                 page, less 5 minutes, as the next value, and drop by content what you have already.",
                time(),
            ),
            parameter(
                "limit",
                "The most rows of the page.",
                whole_number(&PAGE_LIMIT, default.limit),
            ),
            parameter(
                "offset",
                "Rows before the page.",
                whole_number(&PAGE_OFFSET, default.offset),
            ),
        ]
    }
}

impl IntoParams for UsageQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let days = whole_number(&USAGE_DAYS, Self::default().days);
        vec![parameter("days", "Days to look back, today included.", days)]
    }
}
