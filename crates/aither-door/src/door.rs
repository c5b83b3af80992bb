//! A door that is open: it serves until it is asked to stop.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::{SocketAddr as UnixAddress, UnixListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::accept::DefaultAcceptor;
use axum_server::{Address, Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::time::timeout;
use tower::make::Shared as ForEachConnection;

use crate::connections::Bounded;
use crate::entrance::Entrance;
use crate::error::ServeError;
use crate::limits::Limits;
use crate::listener::unix::SocketFile;
use crate::local_key::LocalKey;
use crate::service::DoorService;
use crate::shared::Shared;

/// The most headers of a request: more than programs send, and far fewer than would hurt.
const MAX_HEADERS: usize = 64;

/// The most bytes that are read ahead of a body; a head may be at most twice as long.
const MAX_BUFFER: usize = 32 * 1024;

/// How long cut connections may take to end.
const CUT_TIMEOUT: Duration = Duration::from_secs(1);

/// A door that listens. Made by [`DoorBuilder::bind`](crate::DoorBuilder::bind).
#[derive(Debug)]
#[must_use = "a door answers nothing until it is served"]
pub struct Door {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tcp: Option<OnTcp>,
    pub(crate) unix: Option<OnUnix>,
}

#[derive(Debug)]
pub(crate) struct OnTcp {
    pub(crate) listener: TcpListener,
    pub(crate) address: SocketAddr,
    pub(crate) key: Arc<LocalKey>,
}

#[derive(Debug)]
pub(crate) struct OnUnix {
    pub(crate) listener: UnixListener,
    pub(crate) file: SocketFile,
}

/// How a door stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// Connections that were cut because their requests took longer than the drain time-out. Zero: every request that had
    /// begun was answered.
    pub cut: usize,
}

impl Door {
    /// The address that it listens on, with the port that the system gave where 0 was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.as_ref().map(|tcp| tcp.address)
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> Option<&Path> {
        self.unix.as_ref().map(|unix| unix.file.path())
    }

    /// Serves until `shutdown` completes. Then no new connection is accepted, requests that have begun are answered within the
    /// drain time-out, and what is left is cut. The socket is removed at the end.
    ///
    /// # Errors
    /// [`ServeError`] if a listener fails for good.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<Stopped, ServeError> {
        let limits = self.shared.limits;
        let (on_tcp, on_unix) = (Handle::<SocketAddr>::new(), Handle::<UnixAddress>::new());
        let serving = async {
            tokio::try_join!(
                serve_tcp(&self.shared, self.tcp, &on_tcp),
                serve_unix(&self.shared, self.unix, &on_unix)
            )
        };
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            ended = &mut serving => return stopped(ended, 0),
            () = shutdown => {}
        }
        let open = || on_tcp.connection_count() + on_unix.connection_count();
        tracing::info!(connections = open(), "stopping: no new connections");
        on_tcp.graceful_shutdown(None);
        on_unix.graceful_shutdown(None);
        if let Ok(ended) = timeout(limits.drain_timeout, &mut serving).await {
            return stopped(ended, 0);
        }
        let cut = open();
        tracing::warn!(connections = cut, "stopping at once: open requests are cut off");
        on_tcp.shutdown();
        on_unix.shutdown();
        match timeout(CUT_TIMEOUT, &mut serving).await {
            Ok(ended) => stopped(ended, cut),
            Err(_) => Ok(Stopped { cut }),
        }
    }
}

fn stopped<T>(ended: io::Result<T>, cut: usize) -> Result<Stopped, ServeError> {
    ended
        .map(|_| Stopped { cut })
        .map_err(|fault| ServeError { fault })
}

async fn serve_tcp(shared: &Arc<Shared>, tcp: Option<OnTcp>, handle: &Handle<SocketAddr>) -> io::Result<()> {
    let Some(tcp) = tcp else { return Ok(()) };
    let entrance = Entrance::Tcp {
        port: tcp.address.port(),
        key: tcp.key,
    };
    let server = axum_server::from_tcp(tcp.listener)?;
    let service = DoorService::new(Arc::clone(shared), entrance.clone());
    configured(server, shared, &entrance, handle)
        .serve(ForEachConnection::new(service))
        .await
}

async fn serve_unix(
    shared: &Arc<Shared>,
    unix: Option<OnUnix>,
    handle: &Handle<UnixAddress>,
) -> io::Result<()> {
    let Some(unix) = unix else { return Ok(()) };
    let server = axum_server::from_unix(unix.listener)?;
    let service = DoorService::new(Arc::clone(shared), Entrance::Unix);
    let ended = configured(server, shared, &Entrance::Unix, handle)
        .serve(ForEachConnection::new(service))
        .await;
    drop(unix.file);
    ended
}

/// HTTP/1.1 alone, with bounds for connections, heads and times.
fn configured<A: Address>(
    server: Server<A, DefaultAcceptor>,
    shared: &Arc<Shared>,
    entrance: &Entrance,
    handle: &Handle<A>,
) -> Server<A, Bounded> {
    let Limits { head_timeout, .. } = shared.limits;
    let (reporting, name) = (Arc::clone(shared), entrance.name());
    let mut server = server
        .http1_only()
        .handle(handle.clone())
        .acceptor(Bounded::new(shared, name))
        .accept_error_handler(move |accepted, fault| {
            // A connection that was accepted and then closed is reported there.
            if accepted.is_none() {
                reporting.report.accept_failed(name, fault);
            }
        });
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER);
    server
}
