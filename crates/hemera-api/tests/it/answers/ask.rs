//! A request of an operation, and the changes that make it wrong.

use axum::body::Body;
use hemera_types::Operation;
use http::Method;

use crate::academy::RESOURCES;
use crate::support::{Answer, Sender, body_of};

/// A request without a credential.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Ask {
    /// One that succeeds for an admitted caller.
    pub(super) fn good(operation: Operation) -> Self {
        let spec = operation.spec();
        let ask = Self {
            method: spec.method.clone(),
            path: RESOURCES.path(operation),
            headers: Vec::new(),
            body: body_of(operation).into(),
        };
        let ask = ask.with("x-request-id", "the-request");
        if spec.has_body() {
            ask.with("content-type", "application/json")
        } else {
            ask
        }
    }

    pub(super) fn by(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub(super) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// With this header, and no other value of it.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn saying(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) async fn send(&self, sender: &Sender) -> Answer {
        let sender = self
            .headers
            .iter()
            .fold(sender.clone(), |sender, (name, value)| sender.with(name, value));
        sender
            .call(self.method.clone(), &self.path, Body::from(self.body.clone()))
            .await
    }
}
