//! A request before it is sent. It does not print: its body may be a ticket.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;

use crate::operation::ClerkOperation;

/// A page of 500 users stays well below it; nothing that Clerk sends comes near.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Clerk's key sets hold one key, some hundred bytes.
pub(crate) const MAX_KEY_SET: usize = 256 * 1024;

/// One request to be sent.
pub(crate) struct Request<'a> {
    /// What it does.
    pub(crate) operation: ClerkOperation,
    pub(super) method: Method,
    pub(super) path: &'a [&'a str],
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    pub(super) max_answer: usize,
}

pub(super) enum Body {
    Json(Result<Vec<u8>, serde_json::Error>),
    Form(String),
}

impl<'a> Request<'a> {
    pub(crate) fn new(operation: ClerkOperation, method: Method, path: &'a [&'a str]) -> Self {
        let (query, headers) = (Vec::new(), HeaderMap::new());
        Self {
            operation,
            method,
            path,
            query,
            headers,
            body: None,
            max_answer: MAX_ANSWER,
        }
    }

    pub(crate) fn get(operation: ClerkOperation, path: &'a [&'a str]) -> Self {
        Self::new(operation, Method::GET, path)
    }

    pub(crate) fn post(operation: ClerkOperation, path: &'a [&'a str]) -> Self {
        Self::new(operation, Method::POST, path)
    }

    pub(crate) fn with_query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn with_json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(Body::Json(serde_json::to_vec(body)));
        self
    }

    pub(crate) fn with_form(mut self, fields: &[(&str, &str)]) -> Self {
        let encoded = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.body = Some(Body::Form(encoded));
        self
    }

    pub(crate) fn with_max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }
}
