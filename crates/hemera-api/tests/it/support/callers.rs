//! Who calls in a test, and how.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::{AUTHORIZATION, HOST};
use http::request::Builder;
use http::{HeaderValue, Method, Request};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Answer, promised};

/// The people of the emulator's demo world, one of each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    Service,
    Admin,
    Moderator,
    User,
}

impl Person {
    pub(crate) const ALL: [Self; 4] = [Self::Service, Self::Admin, Self::Moderator, Self::User];

    pub(crate) fn email(self) -> &'static str {
        match self {
            Self::Service => "aither-service@hemera-academy.com",
            Self::Admin => "katharina.vogt@hemera-academy.com",
            Self::Moderator => "matthias.brandt@hemera-academy.com",
            Self::User => "anneliese.krueger@hemera-academy.com",
        }
    }

    pub(crate) fn role(self) -> permissions::Role {
        match self {
            Self::Service => permissions::Role::ApiClient,
            Self::Admin => permissions::Role::Admin,
            Self::Moderator => permissions::Role::Moderator,
            Self::User => permissions::Role::User,
        }
    }
}

/// Sends requests with one set of headers, from one address.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(super) router: Router,
    pub(super) headers: Vec<(String, HeaderValue)>,
    pub(super) address: SocketAddr,
}

impl Sender {
    /// The same with one more header.
    pub(crate) fn with(&self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut sender = self.clone();
        sender
            .headers
            .push((name.to_owned(), HeaderValue::from_bytes(value.as_ref()).unwrap()));
        sender
    }

    /// The same with this bearer token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        self.with(AUTHORIZATION.as_str(), format!("Bearer {token}"))
    }

    /// The same from another address.
    pub(crate) fn from(&self, ip: &str) -> Self {
        let mut sender = self.clone();
        sender.address.set_ip(ip.parse().unwrap());
        sender
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.with("content-type", "application/json")
            .put_raw(path, body.to_string())
            .await
    }

    /// A PUT with just the headers that were given.
    pub(crate) async fn put_raw(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.call(Method::PUT, path, body.into()).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Body) -> Answer {
        let request = self.request(method.clone(), path).body(body).unwrap();
        let answer = Answer::read(self.router.clone().oneshot(request).await.unwrap()).await;
        // In every test, answers are those of the OpenAPI document.
        if let Err(broken) = promised(&method, path, &answer) {
            panic!(
                "{method} {path}: {broken}: see docs/openapi.json, and hemera-api/src/http/openapi\n{answer:#?}"
            );
        }
        answer
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "hemera.example.com")
            .extension(ConnectInfo(self.address));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }
}
