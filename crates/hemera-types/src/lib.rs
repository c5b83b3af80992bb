//! The wire contract between Hemera and Aither: every name, limit and error code, once.
//!
//! Both sides use these types: `hemera-api` to answer, `aither-client` to ask. Requests are read as
//! strictly as the contract says (unknown fields, duplicates and limits are refused with the field's
//! name); responses are read leniently (unknown fields are ignored, unknown enum values are kept as
//! text in [`Open`]). Nothing in here does I/O.
//!
//! ```
//! use hemera_types::{CourseId, Operation, ResultUpdate};
//!
//! let update = ResultUpdate::parse(br#"{"resultNotes":null,"complete":true}"#).unwrap();
//! assert!(update.result_notes.is_null());
//! assert!(update.result_outcome.is_absent());
//!
//! let id = CourseId::parse("course_1").unwrap();
//! assert_eq!(Operation::GetCourse.path(Some(id.as_str())), "/api/service/courses/course_1");
//! assert!(Operation::GetCourse.spec().is_idempotent);
//! ```
//!
//! With the feature `openapi`, every type says what it looks like in an OpenAPI document.
//!
//! To add an operation: its row in `operation/table.rs`, its types in files of their own, a golden file in
//! `golden/`, its shape in `openapi/operations.rs`, and its row in `docs/api.md`, which a test compares
//! with this crate.

pub mod bounds;
mod content_coding;
mod course;
mod course_detail;
mod course_query;
mod decimal;
mod envelope;
mod error_code;
mod etag;
mod field_error;
pub mod header;
mod id;
mod item_results;
mod json;
mod level;
mod materials;
mod named;
mod open;
#[cfg(feature = "openapi")]
pub mod openapi;
mod operation;
mod participation;
mod patch;
mod query_pairs;
mod request_body;
mod request_id;
mod result_body;
mod result_text;
mod result_update;
mod result_updates;
mod result_updates_body;
#[cfg(feature = "openapi")]
mod schema;
mod status;
mod timestamp;
mod trace;
mod usage;

pub use content_coding::ContentCoding;
pub use course::CourseSummary;
pub use course_detail::{BookedParticipation, CourseDetail, Participant};
pub use course_query::CourseQuery;
pub use envelope::{ErrorBody, Failure, Meta, Pagination, Success};
pub use error_code::ErrorCode;
pub use etag::{ETag, IfMatch, IfNoneMatch, InvalidETag};
pub use field_error::{FieldError, FieldErrors};
pub use id::{BookingId, CourseId, InvalidId, MaterialId, ParticipationId, TopicId, UserId};
pub use item_results::{ItemResult, ItemResults, ResultVerdict};
pub use level::CourseLevel;
pub use materials::{CourseMaterials, Material, Topic};
pub use named::{Named, UnknownName};
pub use open::Open;
pub use operation::{
    Condition, Group, Operation, OperationSpec, SERVICE_API, UPDATED_MESSAGE, VERDICTS_MESSAGE,
};
pub use participation::Participation;
pub use patch::Patch;
pub use permissions::Role;
pub use query_pairs::{QueryPairs, RequestQuery};
pub use request_body::{BodyFault, RequestBody};
pub use request_id::RequestId;
pub use result_text::{InvalidText, ResultText};
pub use result_update::ResultUpdate;
pub use result_updates::{ResultItem, ResultUpdates};
pub use status::{ParticipantStatus, ParticipationStatus};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use trace::{SpanId, TraceId, TraceParent};
pub use usage::{Usage, UsageQuery, UsageRow};

/// The version of the contract, as `meta.version` carries it.
pub const VERSION: &str = "1.0";

/// The JWT template at Clerk from which Aither's tokens for Hemera are minted.
pub const JWT_TEMPLATE: &str = "hemera-api";
