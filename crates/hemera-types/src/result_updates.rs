//! The results of many participations, as a client writes them with one request.

use std::collections::HashMap;

use serde::Serialize;

use crate::bounds::{RESULTS_ITEMS, RESULTS_ITEMS_PER_COUNTED_REQUEST};
use crate::result_body::NO_FIELD;
use crate::{FieldErrors, IfMatch, ParticipationId, ResultUpdate};

/// The body of `PUT /api/service/participation-results`: 1 to 100 updates, each of another participation.
///
/// ```
/// use hemera_types::{ParticipationId, ResultItem, ResultUpdate, ResultUpdates};
///
/// let id = ParticipationId::parse("participation_1").unwrap();
/// let updates = ResultUpdates::new(vec![ResultItem::new(id, ResultUpdate::default().complete())])?;
/// assert_eq!(
///     serde_json::to_string(&updates).unwrap(),
///     r#"{"updates":[{"participationId":"participation_1","complete":true}]}"#
/// );
/// # Ok::<(), hemera_types::FieldErrors>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultUpdates {
    updates: Vec<ResultItem>,
}

/// The result of one participation among those of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultItem {
    /// The participation.
    pub participation_id: ParticipationId,
    /// Writes only if the participation is still one of these, as the header `If-Match` does for a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_match: Option<IfMatch>,
    /// What to write: at least one field.
    #[serde(flatten)]
    pub update: ResultUpdate,
}

impl ResultItem {
    /// An update without a condition.
    pub const fn new(participation_id: ParticipationId, update: ResultUpdate) -> Self {
        Self {
            participation_id,
            if_match: None,
            update,
        }
    }

    /// The same update, of the participation as it was read alone.
    #[must_use]
    pub fn only_if(mut self, condition: IfMatch) -> Self {
        self.if_match = Some(condition);
        self
    }
}

impl ResultUpdates {
    /// Updates of one request.
    ///
    /// What they come to in bytes is not checked: a body over
    /// [`RESULTS_BODY_BYTES`](crate::bounds::RESULTS_BODY_BYTES) is refused with `PAYLOAD_TOO_LARGE`.
    ///
    /// # Errors
    /// All faults together: no update or too many, one that names no field, two of one participation.
    pub fn new(updates: Vec<ResultItem>) -> Result<Self, FieldErrors> {
        let mut faults = FieldErrors::default();
        check_count(updates.len(), &mut faults);
        let mut ids = SeenIds::default();
        for (index, item) in updates.iter().enumerate() {
            if item.update.is_empty() {
                faults.push(path_of(index), NO_FIELD);
            }
            ids.check(index, &item.participation_id, &mut faults);
        }
        faults.or(Self { updates })
    }

    /// The updates, in the order in which they are written.
    pub fn items(&self) -> &[ResultItem] {
        &self.updates
    }

    /// As how many requests they count in the rate limit: one for each 50 updates, and for a part of 50.
    pub fn weight(&self) -> u32 {
        let weight = self.updates.len().div_ceil(RESULTS_ITEMS_PER_COUNTED_REQUEST);
        // Of 100 updates at most.
        u32::try_from(weight).unwrap_or(u32::MAX)
    }
}

/// The place of an update in a body, as faults name it.
pub(crate) fn path_of(index: usize) -> String {
    format!("updates[{index}]")
}

/// Finds a list that is too short or too long.
pub(crate) fn check_count(count: usize, faults: &mut FieldErrors) {
    if !RESULTS_ITEMS.contains(&count) {
        let (least, most) = (RESULTS_ITEMS.start(), RESULTS_ITEMS.end());
        faults.push("updates", format_args!("must have {least} to {most} elements"));
    }
}

/// The participations of the updates so far, with the places where they stand.
#[derive(Debug, Default)]
pub(crate) struct SeenIds(HashMap<ParticipationId, usize>);

impl SeenIds {
    /// Finds a participation that was there before.
    pub(crate) fn check(&mut self, index: usize, id: &ParticipationId, faults: &mut FieldErrors) {
        let first = *self.0.entry(id.clone()).or_insert(index);
        if first != index {
            let first = path_of(first);
            faults.push(
                format!("{}.participationId", path_of(index)),
                format_args!("must be that of no other update: {first} has it"),
            );
        }
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use std::borrow::Cow;

    use serde_json::json;
    use utoipa::openapi::example::Example;
    use utoipa::openapi::schema::{AdditionalProperties, Array, Schema, Type};
    use utoipa::openapi::{Object, RefOr};
    use utoipa::{PartialSchema, ToSchema};

    use super::{RESULTS_ITEMS, ResultItem, ResultUpdates};
    use crate::ParticipationId;
    use crate::result_update::openapi::with_result_fields;
    use crate::schema::{RequestExamples, TAG_LIST, schema_ref};

    impl PartialSchema for ResultItem {
        fn schema() -> RefOr<Schema> {
            let if_match = Object::builder()
                .schema_type(Type::String)
                .description(Some(
                    "Writes only if the participation is still the one of this entity tag, as the header `If-Match` does \
                     for a single one: `*` or a list of tags.",
                ))
                .pattern(Some(TAG_LIST))
                .examples(["\"3\""]);
            let object = Object::builder()
                .description(Some(
                    "What to write to one participation: at least one of the fields of its result.",
                ))
                .property("participationId", schema_ref(&ParticipationId::name()))
                .required("participationId")
                .min_properties(Some(2))
                .property("ifMatch", if_match);
            with_result_fields(object).into()
        }
    }

    impl ToSchema for ResultItem {
        fn name() -> Cow<'static, str> {
            "ResultItem".into()
        }
    }

    impl PartialSchema for ResultUpdates {
        fn schema() -> RefOr<Schema> {
            let updates = Array::builder()
                .items(schema_ref(&ResultItem::name()))
                .description(Some(
                    "They are written in this order, each by itself. No two name one participation.",
                ))
                .min_items(Some(*RESULTS_ITEMS.start()))
                .max_items(Some(*RESULTS_ITEMS.end()));
            Object::builder()
                .description(Some("The results of many participations."))
                .property("updates", updates)
                .required("updates")
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
                .into()
        }
    }

    impl ToSchema for ResultUpdates {
        fn name() -> Cow<'static, str> {
            "ResultUpdates".into()
        }

        fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
            schemas.push((ResultItem::name().into_owned(), ResultItem::schema()));
        }
    }

    impl RequestExamples for ResultUpdates {
        fn examples() -> Vec<(&'static str, RefOr<Example>)> {
            let body = json!({ "updates": [
                { "participationId": "participation_1001", "ifMatch": "\"3\"",
                  "resultOutcome": "Presents freely, and keeps to the time.", "complete": true },
                { "participationId": "participation_1002", "resultNotes": null },
            ] });
            let example = Example::builder()
                .summary("Write two results, the first one only if it has not changed")
                .value(Some(body))
                .build();
            vec![("two", RefOr::T(example))]
        }
    }
}
