//! How a handler answers: the data, and what goes around it.

pub(crate) mod compress;
pub(crate) mod conditional;
pub(crate) mod envelope;
pub(crate) mod rate_limit;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use hemera_types::{ETag, Pagination};
use http::Method;
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
    items: u32,
    persons: Arc<[String]>,
    delivery: Delivery,
    audited: bool,
}

/// What is sent of an answer. Decided when the handler is done, before the request is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Delivery {
    /// All of it.
    #[default]
    Whole,
    /// The head alone: the answer to HEAD.
    Head,
    /// Nothing: the caller has it under this tag.
    Confirmed(ETag),
}

impl<T> Reply<T> {
    /// An answer that carries `data` and nothing else.
    pub(crate) fn new(data: T) -> Self {
        Self {
            data,
            message: None,
            pagination: None,
            tag: None,
            items: 1,
            persons: Arc::default(),
            delivery: Delivery::default(),
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

    /// The same with this number of items, where the data is not one object. For the audit log.
    pub(crate) fn with_items(mut self, items: usize) -> Self {
        self.items = u32::try_from(items).unwrap_or(u32::MAX);
        self
    }

    /// The same with the real ids of all users whose data it has. For the audit log.
    pub(crate) fn about(mut self, persons: Vec<String>) -> Self {
        self.persons = persons.into();
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

    /// Whether its data is sent.
    pub(crate) fn is_sent(&self) -> bool {
        self.0.delivery == Delivery::Whole
    }

    /// How many items its data has.
    pub(crate) fn items(&self) -> u32 {
        self.0.items
    }

    /// The real ids of all users whose data it has.
    pub(crate) fn persons(&self) -> Arc<[String]> {
        Arc::clone(&self.0.persons)
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
                    items: self.items,
                    persons: self.persons,
                    delivery: self.delivery,
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

/// Whether a method asks for a representation and for nothing else.
fn is_safe(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}
