//! Ids, times and texts, with their limits.

use std::borrow::Cow;

use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::{Component, component};
use crate::bounds::{ID_CHARS, REQUEST_ID_CHARS, RESULT_TEXT_CHARS};
use crate::{
    BookingId, CourseId, MaterialId, ParticipationId, RequestId, ResultText, Timestamp, TopicId, UserId,
};

/// A time as the server writes it: in UTC, with milliseconds.
const TIMESTAMP: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$";
/// Visible ASCII.
const REQUEST_ID: &str = "^[!-~]+$";
/// Any text without U+0000.
const RESULT_TEXT: &str = r"^[^\u0000]*$";

fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}

/// An id: opaque, with a checked alphabet.
fn id(description: &str, example: &str) -> ObjectBuilder {
    text()
        .description(Some(description))
        .min_length(Some(*ID_CHARS.start()))
        .max_length(Some(*ID_CHARS.end()))
        .pattern(Some("^[A-Za-z0-9_-]+$"))
        .examples([example])
}

fn timestamp() -> ObjectBuilder {
    text()
        .description(Some("RFC 3339 in UTC with milliseconds. Years 0000 to 9999."))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .pattern(Some(TIMESTAMP))
        .examples(["2026-03-15T09:30:00.000Z"])
}

fn request_id() -> ObjectBuilder {
    text()
        .description(Some(
            "The id of one request. Quote it to Hemera's operators: it connects the answer with its log lines and its \
             audit record.",
        ))
        .min_length(Some(*REQUEST_ID_CHARS.start()))
        .max_length(Some(*REQUEST_ID_CHARS.end()))
        .pattern(Some(REQUEST_ID))
        .examples(["4f0c1d9e-7a4f-4c8d-9b6a-1e0c9f8d7b5b"])
}

fn result_text() -> ObjectBuilder {
    text()
        .description(Some(
            "A text of a result, in Unicode scalar values; without U+0000. It may be empty.",
        ))
        .max_length(Some(RESULT_TEXT_CHARS))
        .pattern(Some(RESULT_TEXT))
        .examples(["Presents freely, and keeps to the time."])
}

/// Gives each type its schema.
macro_rules! schemas {
    ($($name:ident => $schema:expr,)+) => {
        $(
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    $schema.into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
            }
        )+

        /// The schemas of all these types.
        pub(super) fn schemas() -> Vec<Component> {
            vec![$(component::<$name>(),)+]
        }
    };
}

schemas! {
    CourseId => id("A course.", "course_fuehrung_im_wandel"),
    BookingId => id("A booking of a course by a user.", "booking_1001"),
    ParticipationId => id("What a user does in a course: preparation, status and result.", "participation_1001"),
    UserId => id(
        "A user of Hemera; where participants are pseudonymous, a keyed hash that stands for one and is stable for one key.",
        "user_2hT7b1qKx0Pz",
    ),
    TopicId => id("A topic of a course's curriculum.", "topic_1"),
    MaterialId => id("A material of a topic.", "material_1"),
    Timestamp => timestamp(),
    RequestId => request_id(),
    ResultText => result_text(),
}
