//! How a handler answers: the data, and what goes around it.

pub(crate) mod compress;
pub(crate) mod conditional;
pub(crate) mod envelope;
pub(crate) mod rate_limit;

use axum::response::{IntoResponse, Response};
use hemera_types::{ETag, Pagination};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire::error::{ApiError, Reason};

/// A successful answer. The envelope is put around it by the layer that knows the request id and the time.
#[derive(Clone, Debug)]
#[must_use]
pub(crate) struct Reply<T> {
    data: T,
    message: Option<&'static str>,
    pagination: Option<Pagination>,
    tag: Option<ETag>,
    audited: bool,
}

impl<T> Reply<T> {
    /// An answer that carries `data` and nothing else.
    pub(crate) fn new(data: T) -> Self {
        Self {
            data,
            message: None,
            pagination: None,
            tag: None,
            audited: false,
        }
    }

    /// The same with a message.
    pub(crate) fn with_message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }

    /// The same as a page of a list.
    pub(crate) fn with_pagination(mut self, pagination: Pagination) -> Self {
        self.pagination = Some(pagination);
        self
    }

    /// The same with the resource's version as its entity tag. Without one, the tag of a GET is a hash of the data.
    pub(crate) fn with_version(mut self, version: i64) -> Self {
        self.tag = Some(ETag::of_version(version));
        self
    }

    /// Marks the request as audited already: its record was part of the handler's own statement.
    pub(crate) fn audited(mut self) -> Self {
        self.audited = true;
        self
    }
}

/// An answer whose data is JSON already. It travels in the response's extensions, from the handler to the layer that
/// writes the envelope.
#[derive(Clone, Debug)]
pub(crate) struct PendingEnvelope(Reply<Box<RawValue>>);

impl PendingEnvelope {
    /// Whether the handler's own statement has recorded the request.
    pub(crate) fn is_audited(&self) -> bool {
        self.0.audited
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match serde_json::value::to_raw_value(&self.data) {
            Ok(data) => {
                let mut response = ().into_response();
                response.extensions_mut().insert(PendingEnvelope(Reply {
                    data,
                    message: self.message,
                    pagination: self.pagination,
                    tag: self.tag,
                    audited: self.audited,
                }));
                response
            }
            Err(error) => ApiError::internal(error)
                .with_reason(Reason::UnserializableAnswer)
                .into_response(),
        }
    }
}
