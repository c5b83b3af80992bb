//! The listener, and an end in order.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use axum_server::Handle;
use hyper_util::rt::TokioTimer;

use crate::aither::Aither;

/// How long a connection may take to send the head of its next request.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// The most headers of a request.
const MAX_HEADERS: usize = 64;
/// The most bytes that are read ahead of a request.
const MAX_BUFFER: usize = 32 * 1024;

/// Serves until `stop` completes. Then no connection is accepted, and open requests and a running sync have `drain` to end;
/// what takes longer is cut off.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    aither: &Aither,
    stop: impl Future<Output = ()>,
    drain: Duration,
) -> io::Result<()> {
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener)?
        .http1_only()
        .handle(handle.clone());
    // Without these a caller that sends its headers byte by byte holds a connection for as long as it likes.
    let http = server.http_builder();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER);
    let mut serving = Box::pin(server.serve(aither.router().into_make_service()));
    tokio::select! {
        ended = &mut serving => return ended,
        () = stop => {}
    }
    tracing::info!(connections = handle.connection_count(), "stopping");
    handle.graceful_shutdown(Some(drain));
    let (ended, ()) = tokio::join!(serving, aither.stop_sync(drain));
    ended
}
