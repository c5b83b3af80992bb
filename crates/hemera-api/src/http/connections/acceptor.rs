//! What becomes of a connection that was just accepted: it takes a place and gets its deadlines, or is closed.

use std::future::{Ready, ready};
use std::io;

use axum_server::accept::Accept;
use socket2::SockRef;
use tokio::net::TcpStream;

use super::OpenConnections;
use super::stream::ClientConnection;

/// How many bytes of an answer the system keeps for a client that does not read them. The progress of a client is seen in
/// steps of about this size, and a fixed bound keeps all connections together from taking the memory of the machine.
const SEND_BUFFER: usize = 64 * 1024;

/// Accepts connections within their bounds. TLS comes after it.
#[derive(Clone, Debug)]
pub(crate) struct BoundedAcceptor(pub(crate) OpenConnections);

/// A connection was not taken: there was no place for it, or its client was gone already.
#[derive(Debug, thiserror::Error)]
#[error("the connection is not taken")]
pub(super) struct NotTaken;

impl NotTaken {
    /// Whether that is what an error is about.
    pub(super) fn is_in(error: &io::Error) -> bool {
        error.get_ref().is_some_and(
            <dyn std::error::Error + std::marker::Send + std::marker::Sync + 'static>::is::<Self>,
        )
    }
}

impl<S> Accept<TcpStream, S> for BoundedAcceptor {
    type Stream = ClientConnection<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Self(connections) = self;
        ready(prepare(connections, stream).map(|connection| (connection, service)))
    }
}

fn prepare(connections: &OpenConnections, stream: TcpStream) -> io::Result<ClientConnection<TcpStream>> {
    let client = stream.peer_addr().map_err(|_| io::Error::other(NotTaken))?.ip();
    let place = connections.admit(client).map_err(io::Error::other)?;
    // Without it the system's own bound counts, and answers are sent all the same.
    let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
    let (counted, timeout) = (connections.clone(), connections.0.write_timeout);
    Ok(ClientConnection::new(
        stream,
        place,
        timeout,
        move |stream: &TcpStream| {
            counted.not_read(client);
            // What the client did not read is thrown away, instead of being offered to it for some more minutes.
            let _ = stream.set_zero_linger();
        },
    ))
}
