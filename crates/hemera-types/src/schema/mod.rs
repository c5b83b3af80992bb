//! What types describe themselves with in an OpenAPI document: references, open names, parameters, examples.
//!
//! It lies below the types; [`openapi`](crate::openapi), which lies above them, puts their descriptions together.

use utoipa::ToSchema;
use utoipa::openapi::example::Example;
use utoipa::openapi::{Ref, RefOr};

mod open;
pub(crate) mod parameters;

pub(crate) use self::open::{open, open_or_null};

/// A body of requests, with examples.
pub(crate) trait RequestExamples: ToSchema {
    /// Examples, each with a name and a summary of what it does.
    fn examples() -> Vec<(&'static str, RefOr<Example>)>;
}

/// `*`, or a list of entity tags.
pub(crate) const TAG_LIST: &str = r#"^\s*(\*|(W/)?"[!#-~]*"(\s*,\s*(W/)?"[!#-~]*")*)\s*$"#;

/// A reference to a schema of the document.
pub(crate) fn schema_ref(name: &str) -> Ref {
    Ref::from_schema_name(name)
}
