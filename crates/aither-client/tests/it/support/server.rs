//! A server that answers by a rule and records its requests.

use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, Uri};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::bodies::{course_page, failure};

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    /// The value of `If-None-Match`, or an empty text.
    pub(crate) fn if_none_match(&self) -> &str {
        let value = self.headers.get("if-none-match");
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The bearer token, or an empty text.
    pub(crate) fn bearer(&self) -> &str {
        let value = self
            .headers
            .get("authorization")
            .map_or("", |value| value.to_str().unwrap());
        value.strip_prefix("Bearer ").unwrap_or_default()
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    },
    /// Accepts the request and never answers.
    Silence,
    /// Starts a response and breaks the connection during its body.
    Cut,
    /// A response that never ends and has no content length.
    Endless,
    /// Waits for the signal first.
    After(Arc<Notify>, Box<Reply>),
}

impl Reply {
    /// A page of one course.
    pub(crate) fn courses() -> Self {
        Self::json(200, course_page())
    }

    /// A 503.
    pub(crate) fn unavailable() -> Self {
        Self::json(503, failure("SERVICE_UNAVAILABLE", "later"))
    }

    /// A 429.
    pub(crate) fn rate_limited(retry_after: &str) -> Self {
        Self::json(429, failure("RATE_LIMITED", "later")).with_header("retry-after", retry_after)
    }

    pub(crate) fn json(status: u16, body: impl Display) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self::Answer {
            status,
            headers,
            body: body.to_string().into(),
        }
    }

    /// The same response, compressed by `compress` as `coding`.
    pub(crate) fn compressed(
        mut self,
        coding: &'static str,
        compress: impl FnOnce(&[u8]) -> Vec<u8>,
    ) -> Self {
        if let Self::Answer { body, .. } = &mut self {
            *body = compress(body).into();
        }
        self.with_header("content-encoding", coding)
    }

    /// A 304 with this tag.
    pub(crate) fn unchanged(tag: &str) -> Self {
        let unchanged = Self::Answer {
            status: 304,
            headers: Vec::new(),
            body: Bytes::new(),
        };
        unchanged.with_header("etag", tag)
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.retain(|(known, _)| *known != name);
            headers.push((name, value.into()));
        }
        self
    }

    async fn respond(self) -> Response {
        match self {
            Self::Answer {
                status,
                headers,
                body,
            } => {
                let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(body)).unwrap()
            }
            Self::Silence => std::future::pending().await,
            Self::Cut => {
                let pieces = [Ok("{\"succ"), Err(std::io::Error::other("cut"))];
                Response::new(Body::from_stream(futures_util::stream::iter(pieces)))
            }
            Self::Endless => {
                let piece = Bytes::from(" ".repeat(64 * 1024));
                let pieces = futures_util::stream::repeat(Ok::<_, std::convert::Infallible>(piece));
                Response::new(Body::from_stream(pieces))
            }
            Self::After(signal, reply) => {
                signal.notified().await;
                Box::pin(reply.respond()).await
            }
        }
    }
}

type Rule = Box<dyn FnMut(&Received) -> Reply + Send>;

struct Shared {
    rule: Mutex<Rule>,
    received: Mutex<Vec<Received>>,
}

/// Listens on a port of its own; stops when dropped.
pub(crate) struct Server {
    shared: Arc<Shared>,
    origin: String,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers by a rule.
    pub(crate) async fn by(rule: impl FnMut(&Received) -> Reply + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            rule: Mutex::new(Box::new(rule)),
            received: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, origin, task }
    }

    /// Answers in order. After the script it answers 500, which the client does not retry.
    pub(crate) async fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<_> = replies.into_iter().collect();
        Self::by(move |_| {
            replies
                .pop_front()
                .unwrap_or_else(|| Reply::json(500, "the script is over"))
        })
        .await
    }

    /// Answers every request in the same way.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::by(move |_| reply.clone()).await
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    #[track_caller]
    pub(crate) fn only(&self) -> Received {
        let seen = self.received();
        assert_eq!(seen.len(), 1, "expected one request: {seen:#?}");
        seen[0].clone()
    }

    /// The bearer tokens of all requests, in order of arrival.
    pub(crate) fn bearers(&self) -> Vec<String> {
        self.received()
            .iter()
            .map(|seen| seen.bearer().to_owned())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let seen = Received {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body,
    };
    let reply = (shared.rule.lock())(&seen);
    shared.received.lock().push(seen);
    reply.respond().await
}
