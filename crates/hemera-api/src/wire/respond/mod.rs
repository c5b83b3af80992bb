//! How a handler answers: the data, and what goes around it.

pub(crate) mod compress;
pub(crate) mod conditional;
pub(crate) mod rate_limit;
pub(crate) mod seal;

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
    frame: Frame,
}

/// What goes around the data.
#[derive(Clone, Debug, Default)]
struct Frame {
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
            frame: Frame::default(),
        }
    }

    /// The same with a message.
    pub(crate) fn with_message(mut self, message: &'static str) -> Self {
        self.frame.message = Some(message);
        self
    }

    /// The same as a page of a list.
    pub(crate) fn with_pagination(mut self, pagination: Pagination) -> Self {
        self.frame.pagination = Some(pagination);
        self
    }

    /// The same with the resource's version as its entity tag. Without one, the tag of a GET is a hash of the data.
    pub(crate) fn with_version(mut self, version: i64) -> Self {
        self.frame.tag = Some(ETag::of_version(version));
        self
    }

    /// Marks the request as audited already: its record was part of the handler's own statement.
    pub(crate) fn audited(mut self) -> Self {
        self.frame.audited = true;
        self
    }
}

/// An answer whose data is JSON already: what travels from the handler to the sealing layer.
#[derive(Clone, Debug)]
pub(crate) struct Unsealed {
    data: Box<RawValue>,
    frame: Frame,
}

impl Unsealed {
    pub(crate) fn is_audited(&self) -> bool {
        self.frame.audited
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match serde_json::value::to_raw_value(&self.data) {
            Ok(data) => {
                let mut response = ().into_response();
                response.extensions_mut().insert(Unsealed {
                    data,
                    frame: self.frame,
                });
                response
            }
            Err(error) => ApiError::internal(error)
                .with_reason(Reason::UnserializableAnswer)
                .into_response(),
        }
    }
}
