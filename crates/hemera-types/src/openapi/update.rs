//! The one body that a request carries.

use std::borrow::Cow;

use serde_json::json;
use utoipa::openapi::schema::{AdditionalProperties, OneOf, Schema, SchemaType, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::schema_ref;
use crate::{ResultText, ResultUpdate};

/// A text to set, or `null` to clear it.
fn patch(description: &str) -> OneOf {
    OneOf::builder()
        .description(Some(description))
        .item(schema_ref(&ResultText::name()))
        .item(Object::with_type(SchemaType::new(Type::Null)))
        .build()
}

impl PartialSchema for ResultUpdate {
    fn schema() -> RefOr<Schema> {
        let complete = Object::builder().schema_type(Type::Boolean).description(Some(
            "`true` sets the status to `COMPLETE` and, the first time, `resultCompletedAt`; `false` changes nothing.",
        ));
        Object::builder()
            .description(Some(
                "What to write: at least one of the fields. One that is left out stays as it is.",
            ))
            .min_properties(Some(1))
            .property(
                "resultOutcome",
                Schema::from(patch(
                    "What came of the course for the participant; `null` clears it.",
                )),
            )
            .property(
                "resultNotes",
                Schema::from(patch("Notes on it; `null` clears them.")),
            )
            .property("complete", complete)
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([
                json!({ "resultOutcome": "Presents freely, and keeps to the time.", "complete": true }),
            ])
            .into()
    }
}

impl ToSchema for ResultUpdate {
    fn name() -> Cow<'static, str> {
        "ResultUpdate".into()
    }
}
