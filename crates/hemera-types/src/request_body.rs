//! What bodies of requests have in common.

use crate::FieldErrors;

/// A body that reads itself from JSON, as strictly as the contract says.
pub trait RequestBody: Sized {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`BodyFault`], with all faulty fields.
    fn parse(body: &[u8]) -> Result<Self, BodyFault>;
}

/// Why a body was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyFault {
    /// Not JSON, or not UTF-8: `INVALID_INPUT`.
    #[error("the body is not valid JSON in UTF-8")]
    NotJson,
    /// JSON, but not an object: `VALIDATION_ERROR`.
    #[error("the body must be a JSON object")]
    NotObject,
    /// An object with faults: `VALIDATION_ERROR` with the fields.
    #[error("the body has invalid fields: {0}")]
    Fields(FieldErrors),
}
