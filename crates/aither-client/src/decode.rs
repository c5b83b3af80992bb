//! Decoding the body of a response.

use hemera_types::{ErrorBody, Failure, FieldErrors, Success};
use serde::de::DeserializeOwned;

use crate::send::HttpResponse;

/// A body that does not match the contract.
#[derive(Debug)]
pub(crate) struct Undecodable {
    /// The position in the document.
    pub(crate) path: String,
    pub(crate) source: serde_json::Error,
}

/// Decodes a success. Unknown fields and enum values are accepted.
pub(crate) fn success<T: DeserializeOwned>(response: &HttpResponse) -> Result<Success<T>, Undecodable> {
    let mut json = serde_json::Deserializer::from_slice(&response.body);
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

/// Decodes an error, if it is one of Hemera's and not a page of a proxy.
pub(crate) fn failure(response: &HttpResponse) -> Option<ErrorBody> {
    serde_json::from_slice::<Failure>(&response.body)
        .ok()
        .map(|failure| failure.error)
}

/// The invalid fields that the details of an error name.
pub(crate) fn fields(error: &ErrorBody) -> FieldErrors {
    let details = error.details.clone();
    details
        .and_then(|details| serde_json::from_value(details).ok())
        .unwrap_or_default()
}
