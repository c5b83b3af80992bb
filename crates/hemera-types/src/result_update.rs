//! The result of a participation, as a client writes it.

use serde::Serialize;

use crate::{InvalidText, Patch, ResultText};

/// The body of `PUT /api/service/participations/{id}/result`.
///
/// Its texts are within their limits: they are checked when they are set. The server refuses only an update that
/// names no field: see [`ResultUpdate::is_empty`].
///
/// ```
/// use hemera_types::ResultUpdate;
///
/// let update = ResultUpdate::default().with_outcome("Presents freely")?.complete();
/// assert_eq!(serde_json::to_string(&update).unwrap(), r#"{"resultOutcome":"Presents freely","complete":true}"#);
/// # Ok::<(), hemera_types::InvalidText>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultUpdate {
    /// What came of the course for the participant.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub result_outcome: Patch<ResultText>,
    /// Notes on it.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub result_notes: Patch<ResultText>,
    /// `true` completes the participation; `false` changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<bool>,
}

impl ResultUpdate {
    /// Whether it names no field: the server refuses such an update.
    pub const fn is_empty(&self) -> bool {
        self.result_outcome.is_absent() && self.result_notes.is_absent() && self.complete.is_none()
    }

    /// Sets the outcome.
    ///
    /// # Errors
    /// [`InvalidText`] for a text over its limits.
    pub fn with_outcome(mut self, text: impl Into<String>) -> Result<Self, InvalidText> {
        self.result_outcome = Patch::Value(ResultText::parse(text)?);
        Ok(self)
    }

    /// Sets the notes.
    ///
    /// # Errors
    /// [`InvalidText`] for a text over its limits.
    pub fn with_notes(mut self, text: impl Into<String>) -> Result<Self, InvalidText> {
        self.result_notes = Patch::Value(ResultText::parse(text)?);
        Ok(self)
    }

    /// Clears the outcome.
    #[must_use]
    pub fn without_outcome(mut self) -> Self {
        self.result_outcome = Patch::Null;
        self
    }

    /// Clears the notes.
    #[must_use]
    pub fn without_notes(mut self) -> Self {
        self.result_notes = Patch::Null;
        self
    }

    /// Completes the participation.
    #[must_use]
    pub const fn complete(mut self) -> Self {
        self.complete = Some(true);
        self
    }
}

#[cfg(feature = "openapi")]
pub(crate) mod openapi {
    use std::borrow::Cow;

    use serde_json::json;
    use utoipa::openapi::example::Example;
    use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOf, Schema, SchemaType, Type};
    use utoipa::openapi::{Object, RefOr};
    use utoipa::{PartialSchema, ToSchema};

    use super::{ResultText, ResultUpdate};
    use crate::schema::{RequestExamples, schema_ref};

    /// A text to set, or `null` to clear it.
    fn patch(description: &str) -> OneOf {
        OneOf::builder()
            .description(Some(description))
            .item(schema_ref(&ResultText::name()))
            .item(Object::with_type(SchemaType::new(Type::Null)))
            .build()
    }

    /// An object that has the fields of a result, and no others but those that it has already.
    pub(crate) fn with_result_fields(object: ObjectBuilder) -> ObjectBuilder {
        let complete = Object::builder().schema_type(Type::Boolean).description(Some(
            "`true` sets the status to `COMPLETE` and, the first time, `resultCompletedAt`; `false` changes nothing.",
        ));
        object
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
    }

    impl PartialSchema for ResultUpdate {
        fn schema() -> RefOr<Schema> {
            let object = Object::builder()
                .description(Some(
                    "What to write: at least one of the fields. One that is left out stays as it is.",
                ))
                .min_properties(Some(1));
            with_result_fields(object)
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

    impl RequestExamples for ResultUpdate {
        fn examples() -> Vec<(&'static str, RefOr<Example>)> {
            let bodies = [
                (
                    "complete",
                    "Write the outcome and complete the participation",
                    json!({ "resultOutcome": "Presents freely, and keeps to the time.", "complete": true }),
                ),
                (
                    "notes",
                    "Write notes, and leave everything else as it is",
                    json!({ "resultNotes": "Wants to practise the opening once more." }),
                ),
                (
                    "clear",
                    "Clear the outcome and the notes",
                    json!({ "resultOutcome": null, "resultNotes": null }),
                ),
            ];
            bodies
                .map(|(name, summary, body)| {
                    let example = Example::builder().summary(summary).value(Some(body)).build();
                    (name, RefOr::T(example))
                })
                .into()
        }
    }
}
