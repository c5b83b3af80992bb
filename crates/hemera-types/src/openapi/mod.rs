//! What the wire types look like in an OpenAPI document (version 3.1, whose schemas are JSON Schema), and what each
//! operation takes and gives.
//!
//! Structs derive their schema where they are declared; the parameters of a query and the body of a request are
//! described beside their types. In this folder is what a derive cannot know: the limits of the contract, which are
//! taken from [`bounds`](crate::bounds), the names, and the envelope.
//!
//! Bodies of requests are described as strictly as they are read (`additionalProperties: false`). Bodies of responses
//! are not: fields and values that a client does not know may appear without a new version.

mod envelope;
mod names;
mod operations;
mod scalars;
mod schemas;

pub use self::envelope::FAILURE;
pub use self::operations::{Shape, shape};
pub use self::schemas::schemas;

/// The pattern of a condition on entity tags: `*`, or a list of them.
pub const TAG_LIST: &str = crate::schema::TAG_LIST;

use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

/// A schema with the name that it has among the document's components.
pub type Component = (String, RefOr<Schema>);

fn component<T: ToSchema>() -> Component {
    (T::name().into_owned(), T::schema())
}
