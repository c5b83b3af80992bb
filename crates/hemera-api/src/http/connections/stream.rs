//! A connection that keeps its place, and does not wait for ever for a client to read.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_io_timeout::TimeoutWriter;

use super::place::ConnectionPlace;

/// What is done once where a client takes nothing for too long.
type OnStandstill<S> = Box<dyn FnOnce(&S) + Send>;

/// One open connection. A write that makes no progress for the time-out is an error, which ends the connection. Time in
/// which nothing is to be written does not count.
pub(crate) struct ClientConnection<S> {
    stream: Pin<Box<TimeoutWriter<S>>>,
    on_standstill: Option<OnStandstill<S>>,
    _place: ConnectionPlace,
}

impl<S: AsyncWrite> ClientConnection<S> {
    pub(super) fn new(
        stream: S,
        place: ConnectionPlace,
        write_timeout: Duration,
        on_standstill: impl FnOnce(&S) + Send + 'static,
    ) -> Self {
        let mut stream = TimeoutWriter::new(stream);
        stream.set_timeout(Some(write_timeout));
        Self {
            stream: Box::pin(stream),
            on_standstill: Some(Box::new(on_standstill)),
            _place: place,
        }
    }

    fn watched<T>(&mut self, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &outcome
            && error.kind() == io::ErrorKind::TimedOut
            && let Some(on_standstill) = self.on_standstill.take()
        {
            on_standstill(self.stream.get_ref());
        }
        outcome
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncRead for ClientConnection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(context, buffer)
    }
}

impl<S: AsyncWrite> AsyncWrite for ClientConnection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = self.stream.as_mut().poll_write(context, bytes);
        self.watched(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = self.stream.as_mut().poll_write_vectored(context, slices);
        self.watched(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = self.stream.as_mut().poll_flush(context);
        self.watched(outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = self.stream.as_mut().poll_shutdown(context);
        self.watched(outcome)
    }
}

impl<S> fmt::Debug for ClientConnection<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConnection").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;
    use crate::http::connections::place::Places;
    use crate::metrics::ConnectionMetrics;

    const TIMEOUT: Duration = Duration::from_secs(30);
    /// What fits between the two ends.
    const ROOM: usize = 64;

    /// A connection, its client's end, and how often it stood still for too long.
    fn connection() -> (ClientConnection<DuplexStream>, DuplexStream, Arc<AtomicUsize>) {
        let (ours, theirs) = duplex(ROOM);
        let places = Arc::new(Places::new(1, None, ConnectionMetrics::default()));
        let place = places.take(IpAddr::from([192, 0, 2, 1])).unwrap();
        let standstills = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&standstills);
        let connection = ClientConnection::new(ours, place, TIMEOUT, move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        (connection, theirs, standstills)
    }

    /// On tokio's paused clock, as all tests here.
    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_loses_its_connection() {
        let (mut connection, _theirs, standstills) = connection();
        connection.write_all(&[0; ROOM]).await.unwrap();
        let stuck = tokio::time::timeout(TIMEOUT * 2, connection.write_all(&[0]));
        let error = stuck.await.expect("it waits for ever").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(standstills.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_download_that_moves_may_take_longer_than_the_time_out() {
        let (mut connection, mut theirs, standstills) = connection();
        let sending = async { connection.write_all(&[0; 20 * ROOM]).await };
        let taking = async {
            for _ in 0..20 {
                tokio::time::sleep(TIMEOUT.checked_sub(Duration::from_secs(1)).unwrap()).await;
                theirs.read_exact(&mut [0; ROOM]).await.unwrap();
            }
        };
        let (sent, ()) = tokio::join!(sending, taking);
        sent.unwrap();
        assert_eq!(standstills.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_nothing_to_write_may_be_idle() {
        let (mut connection, mut theirs, standstills) = connection();
        for _ in 0..3 {
            tokio::time::sleep(TIMEOUT * 3).await;
            connection.write_all(&[0; ROOM]).await.unwrap();
            theirs.read_exact(&mut [0; ROOM]).await.unwrap();
        }
        assert_eq!(standstills.load(Ordering::Relaxed), 0);
    }
}
