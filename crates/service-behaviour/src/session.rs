//! A scenario under way.

use std::collections::HashMap;
use std::time::Duration;

use http::Method;

use crate::connection::{Response, exchange};
use crate::paths::USAGE;
use crate::transcript::Transcript;
use crate::under_test::{Change, HemeraUnderTest, Settings, Who};

/// What every request has that says nothing else.
const HOST: &str = "hemera.example.com";
const CALLERS: [Who; 5] = [
    Who::Service,
    Who::Admin,
    Who::Moderator,
    Who::User,
    Who::ServiceKey,
];

/// A Hemera, and what was said to it so far.
pub(crate) struct Session<H> {
    hemera: H,
    credentials: HashMap<Who, (&'static str, String)>,
    transcript: Transcript,
    requests: usize,
}

/// A request, before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    method: Method,
    path: String,
    who: Who,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Whether it has the headers that every request needs.
    is_plain: bool,
}

impl Ask {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            who: Who::Service,
            headers: Vec::new(),
            body: Vec::new(),
            is_plain: true,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A PUT of JSON.
    pub(crate) fn put(path: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Method::PUT, path)
            .header("content-type", "application/json")
            .body(body)
    }

    /// The same by another caller than the service user.
    pub(crate) fn by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same without `Host` and `X-Request-ID`, for requests that bring their own.
    pub(crate) fn bare(mut self) -> Self {
        self.is_plain = false;
        self
    }
}

impl<H: HemeraUnderTest> Session<H> {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let hemera = H::start(&settings).await;
        let mut transcript = Transcript::default();
        let mut credentials = HashMap::new();
        for who in CALLERS {
            let credential = hemera.credential(who).expect("a credential");
            transcript.blank(credential.1.clone(), format!("[credential of {who:?}]"));
            transcript.blank(hemera.subject(who), format!("[subject of {who:?}]"));
            credentials.insert(who, credential);
        }
        Self {
            hemera,
            credentials,
            transcript,
            requests: 0,
        }
    }

    /// Begins a part of the scenario.
    pub(crate) fn part(&mut self, heading: &str) {
        self.transcript.heading(heading);
    }

    /// Reads a path as the service user.
    pub(crate) async fn get(&mut self, path: &str) -> Response {
        self.send(Ask::get(path)).await
    }

    /// Sends a request and writes it down with its response.
    pub(crate) async fn send(&mut self, ask: Ask) -> Response {
        self.requests += 1;
        let mut headers = ask.headers;
        if let Some((name, value)) = self.credentials.get(&ask.who) {
            headers.insert(0, ((*name).to_owned(), value.clone()));
        }
        let line = format!("{} {}", ask.method, ask.path);
        self.transcript.request(&line, &headers, &ask.body);
        if ask.is_plain {
            headers.push(("host".into(), HOST.into()));
            headers.push(("x-request-id".into(), format!("request-{}", self.requests)));
        }
        let is_framed = headers.iter().any(|(name, _)| name == "transfer-encoding");
        if !ask.body.is_empty() && !is_framed {
            headers.push(("content-length".into(), ask.body.len().to_string()));
        }
        headers.push(("connection".into(), "close".into()));
        let mut bytes = format!("{line} HTTP/1.1\r\n").into_bytes();
        for (name, value) in headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&ask.body);
        let response = exchange(self.hemera.address(), &bytes).await;
        if ask.path.starts_with(USAGE) {
            // It depends on the names of the callers.
            self.transcript.blank_tag(&response);
        }
        self.transcript.response(&response);
        response
    }

    /// Lets time pass.
    pub(crate) fn advance(&mut self, span: Duration) {
        self.transcript.heading(&format!("{span:?} later"));
        self.hemera.advance(span);
    }

    pub(crate) async fn change(&mut self, change: Change) {
        self.transcript.heading(&format!("{change:?}"));
        // So that it has a time of its own, also where the clock stands.
        self.hemera.advance(Duration::from_secs(1));
        self.hemera.change(change).await;
    }

    /// Lets the next request find every place taken.
    pub(crate) async fn fill(&mut self) {
        self.transcript.heading("every place is taken");
        self.hemera.fill().await;
    }

    /// Lets requests find a place again.
    pub(crate) async fn free(&mut self) {
        self.transcript.heading("there is a place again");
        self.hemera.free().await;
    }

    /// Waits until all requests so far are in the usage.
    pub(crate) async fn counted(&self) {
        self.hemera.counted(self.requests).await;
    }

    /// Ends the scenario.
    pub(crate) async fn finish(self) -> Transcript {
        self.hemera.finish().await;
        self.transcript
    }
}
