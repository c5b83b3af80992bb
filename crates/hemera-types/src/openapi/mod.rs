//! What the wire types look like in an OpenAPI document (version 3.1, whose schemas are JSON Schema).
//!
//! Structs derive their schema where they are declared; here is what a derive cannot know: the limits of the contract,
//! which are taken from [`bounds`](crate::bounds), names that stay open, and the envelope.
//!
//! Bodies of requests are described as strictly as they are read (`additionalProperties: false`). Bodies of responses
//! are not: fields and values that a client does not know may appear without a new version.

mod envelope;
mod names;
mod queries;
mod scalars;
mod schemas;
mod update;

pub use self::envelope::{FAILURE, success};
pub use self::schemas::schemas;

pub(crate) use self::names::{open, open_or_null};

use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};

/// A schema with the name that it has among the document's components.
pub type Component = (String, RefOr<Schema>);

/// A reference to a schema of the document.
pub(crate) fn schema_ref(name: &str) -> Ref {
    Ref::from_schema_name(name)
}
