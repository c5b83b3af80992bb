//! What becomes of a connection that was just accepted: it takes a place and gets its deadline, or is closed at once.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use axum_server::accept::Accept;
use nix::unistd::Uid;
use tokio::io::AsyncWrite;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutWriter;

use crate::place::Place;
use crate::service::DoorService;
use crate::shared::Shared;

/// A connection on which a write that makes no progress for the time-out is an error.
pub(crate) type Connection<S> = Pin<Box<TimeoutWriter<S>>>;

/// Accepts the connections of one listener within their bound.
#[derive(Clone, Debug)]
pub(crate) struct Bounded {
    places: Arc<Semaphore>,
    shared: Arc<Shared>,
    entrance: &'static str,
}

/// Why a connection is closed before a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error("there is no place for another connection")]
    TooMany,
    #[error("the connection is of another user")]
    OtherUser { user: u32 },
    #[error("the system does not say whose connection it is")]
    UnknownUser,
}

impl NotTaken {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::OtherUser { .. } => "other_user",
            Self::UnknownUser => "unknown_user",
        }
    }

    const fn user(self) -> Option<u32> {
        match self {
            Self::OtherUser { user } => Some(user),
            Self::TooMany | Self::UnknownUser => None,
        }
    }
}

impl Bounded {
    pub(crate) fn new(shared: &Arc<Shared>, entrance: &'static str) -> Self {
        Self {
            places: Arc::new(Semaphore::new(shared.limits.connections)),
            shared: Arc::clone(shared),
            entrance,
        }
    }

    fn take<S: AsyncWrite>(
        &self,
        stream: S,
        service: DoorService,
    ) -> io::Result<(Connection<S>, DoorService)> {
        let Some(place) = Place::take(&self.places, &self.shared) else {
            return Err(self.close(NotTaken::TooMany));
        };
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(self.shared.limits.write_timeout));
        Ok((Box::pin(stream), service.with_place(place)))
    }

    /// Counts and reports a connection that is closed.
    fn close(&self, not_taken: NotTaken) -> io::Error {
        let reason = not_taken.reason();
        self.shared.metrics.connection_refused(reason);
        self.shared
            .report
            .connection_refused(self.entrance, reason, not_taken.user());
        io::Error::other(not_taken)
    }
}

impl Accept<TcpStream, DoorService> for Bounded {
    type Stream = Connection<TcpStream>;
    type Service = DoorService;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: DoorService) -> Self::Future {
        // Without it small responses may wait for the caller's acknowledgement; they arrive all the same.
        let _ = stream.set_nodelay(true);
        ready(self.take(stream, service))
    }
}

impl Accept<UnixStream, DoorService> for Bounded {
    type Stream = Connection<UnixStream>;
    type Service = DoorService;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    /// The mode of the socket keeps other users out; this also holds if the mode was changed.
    fn accept(&self, stream: UnixStream, service: DoorService) -> Self::Future {
        let peer = stream.peer_cred().map(|peer| peer.uid());
        ready(match is_own_user(&peer, Uid::effective().as_raw()) {
            Ok(()) => self.take(stream, service),
            Err(not_taken) => Err(self.close(not_taken)),
        })
    }
}

/// Whether the other end runs as our user.
fn is_own_user(peer: &io::Result<u32>, own: u32) -> Result<(), NotTaken> {
    match *peer {
        Ok(user) if user == own => Ok(()),
        Ok(user) => Err(NotTaken::OtherUser { user }),
        Err(_) => Err(NotTaken::UnknownUser),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_taken_of_our_own_user_alone() {
        assert_eq!(is_own_user(&Ok(1000), 1000), Ok(()));
        assert_eq!(is_own_user(&Ok(0), 1000), Err(NotTaken::OtherUser { user: 0 }));
        assert_eq!(
            is_own_user(&Ok(1001), 1000),
            Err(NotTaken::OtherUser { user: 1001 })
        );
        assert_eq!(
            is_own_user(&Err(io::Error::other("none")), 1000),
            Err(NotTaken::UnknownUser)
        );
    }
}
