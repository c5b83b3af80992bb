//! The HTTP server around the router: deadlines from the start, and a stop that loses no request.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;

use crate::config::HttpConfig;
use crate::http::connections::{BoundedAcceptor, OpenConnections};
use crate::http::shutdown::Stop;

/// The most headers of a request. More than any client of ours sends, and far fewer than would hurt.
const MAX_HEADERS: usize = 64;
/// The most bytes that are read ahead of a body; a head may be at most twice as long before it is refused with 431.
const MAX_BUFFER: usize = 32 * 1024;

/// Serves until it is asked to stop, and returns how many connections had to be cut off. HTTP/1.1 only: a proxy in
/// front speaks what else callers want.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    http: &HttpConfig,
    tls: Option<RustlsConfig>,
    connections: &OpenConnections,
    stop: &Stop,
) -> io::Result<usize> {
    let handle = Handle::new();
    let server = bounded(listener, connections)?;
    match tls {
        None => {
            let serving = configured(server, http, &handle).serve(service(router));
            until_stopped(serving, handle, http, stop).await
        }
        Some(tls) => {
            let server = server.map(|bounded| {
                RustlsAcceptor::new(tls)
                    .handshake_timeout(http.header_timeout)
                    .acceptor(bounded)
            });
            let serving = configured(server, http, &handle).serve(service(router));
            until_stopped(serving, handle, http, stop).await
        }
    }
}

/// Serves beside the main server, in clear and with the same deadlines, until `stop`.
pub(crate) async fn serve_aside(
    listener: TcpListener,
    router: Router,
    http: &HttpConfig,
    connections: &OpenConnections,
    stop: CancellationToken,
) -> io::Result<()> {
    let handle = Handle::new();
    let server = bounded(listener, connections)?;
    let mut serving = Box::pin(configured(server, http, &handle).serve(service(router)));
    tokio::select! {
        ended = &mut serving => return ended,
        () = stop.cancelled() => handle.shutdown(),
    }
    serving.await
}

/// Accepts connections within their bounds, and reports what is not accepted.
fn bounded(
    listener: TcpListener,
    connections: &OpenConnections,
) -> io::Result<Server<SocketAddr, BoundedAcceptor>> {
    let reported = connections.clone();
    let server = axum_server::from_tcp(listener)?
        .acceptor(BoundedAcceptor(connections.clone()))
        .accept_error_handler(move |client, error| reported.accept_failed(client, error));
    Ok(server)
}

fn service(router: Router) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router.into_make_service_with_connect_info()
}

fn configured<A>(
    server: Server<SocketAddr, A>,
    http: &HttpConfig,
    handle: &Handle<SocketAddr>,
) -> Server<SocketAddr, A> {
    let mut server = server.http1_only().handle(handle.clone());
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(http.header_timeout)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER);
    server
}

async fn until_stopped(
    serving: impl Future<Output = io::Result<()>>,
    handle: Handle<SocketAddr>,
    http: &HttpConfig,
    stop: &Stop,
) -> io::Result<usize> {
    let mut serving = Box::pin(serving);
    tokio::select! {
        ended = &mut serving => return ended.map(|()| 0),
        () = stop.asked() => {}
    }
    tracing::info!(
        connections = handle.connection_count(),
        "stopping: no new connections"
    );
    handle.graceful_shutdown(None);
    tokio::select! {
        ended = &mut serving => return ended.map(|()| 0),
        () = tokio::time::sleep(http.drain_timeout) => {}
        () = stop.asked_twice() => {}
    }
    let connections = handle.connection_count();
    tracing::warn!(connections, "stopping at once: open requests are cut off");
    handle.shutdown();
    // What was cut ends immediately; the bound is for what cannot be foreseen.
    let _ = tokio::time::timeout(Duration::from_secs(1), serving).await;
    Ok(connections)
}
