//! The HTTP server: connections, and what surrounds the routes.

mod body;
mod exchange;
mod router;

use std::convert::Infallible;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::app::App;

/// A connection on which no complete head of a request arrives in this time is closed; so is one that is idle for so
/// long. More than the minute for which clients usually keep an idle connection.
const HEAD_DEADLINE: Duration = Duration::from_secs(75);

/// After a failed accept (say, too many open files) the next one waits.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until it is dropped; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, app: App) -> Infallible {
    let router = router::build(&app);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, app.clone(), router.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            // Forgets those that have ended.
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, app: App, router: axum::Router) {
    let Ok(peer) = stream.peer_addr() else { return };
    // Answers are small and awaited: waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let service =
        service_fn(move |request| exchange::answer(app.clone(), router.clone(), peer.ip(), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}
