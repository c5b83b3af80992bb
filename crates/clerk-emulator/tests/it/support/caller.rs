//! A caller of the emulator.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, ORIGIN};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::Answer;

/// A caller with its headers and query.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    client: Client,
    base: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    query: Vec<(String, String)>,
}

impl Caller {
    pub(crate) fn new(base: &str) -> Self {
        let client = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            client,
            base: base.to_owned(),
            headers: Vec::new(),
            query: Vec::new(),
        }
    }

    /// A native app at the Frontend API.
    pub(crate) fn native(base: &str) -> Self {
        Self::new(base).with_query("_is_native", "1")
    }

    /// A browser at the Frontend API, on a page of `origin`.
    pub(crate) fn browser(base: &str, origin: &str) -> Self {
        Self::new(base).with_header(ORIGIN, origin)
    }

    pub(crate) fn with_key(self, key: &str) -> Self {
        self.with_header(AUTHORIZATION, &format!("Bearer {key}"))
    }

    /// The proof of a native app.
    pub(crate) fn with_client_token(self, token: &str) -> Self {
        self.with_header(AUTHORIZATION, token)
    }

    /// The proof of a browser.
    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        self.with_header(COOKIE, cookie)
    }

    pub(crate) fn with_header(mut self, name: impl Into<HeaderName>, value: &str) -> Self {
        let name = name.into();
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.parse().unwrap()));
        self
    }

    pub(crate) fn with_query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if self.query.is_empty() {
            request
        } else {
            request.query(&self.query)
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        Answer::read(self.request(method, path).json(&body)).await
    }

    /// A POST without any body.
    pub(crate) async fn poke(&self, path: &str) -> Answer {
        Answer::read(self.request(Method::POST, path)).await
    }

    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::read(self.request(Method::POST, path).form(fields)).await
    }

    /// Redeems a ticket.
    pub(crate) async fn redeem(&self, ticket: &str) -> Answer {
        self.form(
            "/v1/client/sign_ins",
            &[("strategy", "ticket"), ("ticket", ticket)],
        )
        .await
    }
}
