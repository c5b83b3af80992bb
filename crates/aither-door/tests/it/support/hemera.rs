//! What stands in for Hemera where a test says to the byte what it sends.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, Method, Uri};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

/// A request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What is sent back.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: Bytes,
    /// Sent only when this has a permit for it.
    after: Option<Arc<Semaphore>>,
}

/// Listens on a port of its own; stops when dropped.
pub(crate) struct Hemera {
    pub(crate) origin: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    received: Mutex<Vec<Received>>,
    arrived: Notify,
}

impl Script {
    pub(crate) fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            after: None,
        }
    }

    /// A success that is none of the contract's, so that a byte that changes is seen.
    pub(crate) fn success() -> Self {
        let body = "{ \"success\":true,\n\t\"data\" : [1,2.50,\"\\u00fc\",\"ü\"] , \"unknown\":null}\n";
        Self::new(200, body).with("content-type", "application/json")
    }

    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same, held back until `gate` has a permit.
    pub(crate) fn after(mut self, gate: &Arc<Semaphore>) -> Self {
        self.after = Some(Arc::clone(gate));
        self
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }
}

impl Hemera {
    /// Sends these in order, and the last of them from then on.
    pub(crate) async fn sending(scripts: impl IntoIterator<Item = Script>) -> Self {
        let shared = Arc::new(Shared {
            scripts: Mutex::new(scripts.into_iter().collect()),
            received: Mutex::default(),
            arrived: Notify::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, shared, task }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().clone()
    }

    #[track_caller]
    pub(crate) fn only(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:#?}");
        received[0].clone()
    }

    /// Waits for the next request.
    pub(crate) async fn arrival(&self) {
        self.shared.arrived.notified().await;
    }
}

impl Drop for Hemera {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let received = Received {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap(),
    };
    shared.received.lock().push(received);
    shared.arrived.notify_one();
    let script = {
        let mut scripts = shared.scripts.lock();
        if scripts.len() > 1 {
            scripts.pop_front().unwrap()
        } else {
            scripts[0].clone()
        }
    };
    if let Some(gate) = &script.after {
        gate.acquire().await.unwrap().forget();
    }
    let mut response = Response::builder().status(script.status);
    for (name, value) in script.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(script.body)).unwrap()
}
