//! Names, closed: as requests give them.

use std::borrow::Cow;

use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::{Component, component};
use crate::{CourseLevel, ErrorCode, Named, ParticipantStatus, ParticipationStatus, ResultVerdict};

/// Gives each list of names its schema, with a description.
macro_rules! schemas {
    ($($name:ident => $description:literal,)+) => {
        $(
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    closed::<Self>($description)
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
            }
        )+

        /// The schemas of all lists of names.
        pub(super) fn schemas() -> Vec<Component> {
            vec![$(component::<$name>(),)+]
        }
    };
}

schemas! {
    CourseLevel => "How demanding a course is: `BEGINNER` asks for no previous knowledge, `INTERMEDIATE` for the basics, \
        `ADVANCED` for experience.",
    ParticipationStatus => "How far a participation has come: `PREPARATION` (before the course), `SUMMARY` (the preparation is \
        summed up), `DEBRIEFING` (after the course, it is talked over), `RESULT` (the result is being written), `COMPLETE` (the \
        result stands).",
    ParticipantStatus => "The status of a booking's participation, or `NONE` where there is no participation yet.",
    ResultVerdict => "What became of one update among many: `UPDATED`, `UNCHANGED` (it was so already), `PRECONDITION_FAILED` \
        (it is not the one that `ifMatch` names), `NOT_FOUND`, `UNKNOWN` (the database did not say: send it again), \
        `NOT_REACHED` (nothing of it was written, and nothing will be: send it again).",
    ErrorCode => "What went wrong, for a program to act on. Each code has one HTTP status.",
}

fn closed<T: Named>(description: &str) -> RefOr<Schema> {
    Object::builder()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(T::ALL.iter().map(|value| value.name())))
        .into()
}
