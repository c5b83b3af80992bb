//! From an answer's bytes to what was asked for.

use hemera_types::{ErrorBody, Failure, FieldErrors, Success};
use serde::de::DeserializeOwned;

use crate::send::Answer;

/// An answer that is not what the contract says. `path` is where in the document.
#[derive(Debug, thiserror::Error)]
#[error("at {path}: {source}")]
pub(crate) struct Undecodable {
    pub(crate) path: String,
    #[source]
    source: serde_json::Error,
}

/// Reads a success. Fields and enum values that this client does not know are no fault.
pub(crate) fn success<T: DeserializeOwned>(answer: &Answer) -> Result<Success<T>, Undecodable> {
    let mut json = serde_json::Deserializer::from_slice(&answer.body);
    let read: Success<T> = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        Undecodable {
            path,
            source: error.into_inner(),
        }
    })?;
    json.end().map_err(|source| Undecodable {
        path: "the end".to_owned(),
        source,
    })?;
    Ok(read)
}

/// Reads an error, if it is one of Hemera's: what a proxy answers in its place is not.
pub(crate) fn failure(answer: &Answer) -> Option<ErrorBody> {
    serde_json::from_slice::<Failure>(&answer.body)
        .ok()
        .map(|failure| failure.error)
}

/// The faulty fields that an error's details name.
pub(crate) fn fields(error: &ErrorBody) -> FieldErrors {
    let details = error.details.clone();
    details
        .and_then(|details| serde_json::from_value(details).ok())
        .unwrap_or_default()
}
