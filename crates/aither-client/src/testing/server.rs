//! The socket: connections, and what surrounds every answer.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hemera_types::RequestId;
use hemera_types::header::X_REQUEST_ID;
use http::header::{CACHE_CONTROL, DATE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt as _;

use super::journal::RecordedRequest;
use super::routes::{Exchange, Unsent, router};
use super::state::HemeraState;

/// Listens until it is dropped; its connections end with it.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens on a free port of the loopback address.
pub(super) async fn listen(hemera: &Arc<HemeraState>) -> std::io::Result<Listening> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(accept(listener, Arc::clone(hemera), router(hemera)));
    Ok(Listening { address, task })
}

async fn accept(listener: TcpListener, hemera: Arc<HemeraState>, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&hemera), router.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, hemera: Arc<HemeraState>, router: Router) {
    // Otherwise the kernel holds small answers back.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| respond(Arc::clone(&hemera), router.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks is its caller's to notice.
    let _ = connection.await;
}

/// The answer would have to be sent; the connection is closed instead.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed by a fault on purpose")]
struct ClosedOnPurpose;

async fn respond(
    hemera: Arc<HemeraState>,
    router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, ClosedOnPurpose> {
    let mut request = request.map(Body::new);
    let request_id = request_id(request.headers());
    let entry = RecordedRequest::of(&request, request_id.clone(), hemera.clock.now().wall);
    let number = hemera.journal.begin(entry);
    request.extensions_mut().insert(Exchange {
        request_id: request_id.clone(),
        number,
    });
    let answered: Result<_, Infallible> = router.oneshot(request).await;
    let Ok(mut response) = answered;
    if response.extensions().get::<Unsent>().is_some() {
        return Err(ClosedOnPurpose);
    }
    surround(response.headers_mut(), &request_id, &hemera);
    let status = response.status();
    hemera
        .journal
        .complete(number, |entry| entry.status = Some(status));
    Ok(response)
}

/// The caller's id where it sent one that is valid, else a new one.
fn request_id(headers: &HeaderMap) -> RequestId {
    let mut ids = headers.get_all(X_REQUEST_ID).iter();
    let only = ids.next().filter(|_| ids.next().is_none());
    only.and_then(|id| RequestId::accept(id.as_bytes()))
        .unwrap_or_else(RequestId::random)
}

/// Puts the headers that every answer carries.
fn surround(headers: &mut HeaderMap, request_id: &RequestId, hemera: &HemeraState) {
    if let Ok(id) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(X_REQUEST_ID, id);
    }
    if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(hemera.clock.now().wall)) {
        headers.insert(DATE, date);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
}
