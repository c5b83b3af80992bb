//! Settings of the HTTP server.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::key;
use super::source::Source;

/// Where to listen and how long to wait for whom.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long a request's head may take. It also ends connections that are idle for that long.
    pub header_timeout: Duration,
    /// How long a request's body may take.
    pub body_timeout: Duration,
    /// How long a request may take as a whole, from its head to the answer's first byte.
    pub handler_timeout: Duration,
    /// How long requests under way may go on after a stop signal.
    pub drain_timeout: Duration,
    /// How many requests are worked on at once; one more is answered with 503.
    pub concurrency: usize,
}

impl HttpConfig {
    pub(super) fn take(source: &mut Source) -> Self {
        let moment = Duration::from_millis(1);
        let minutes = Duration::from_mins(10);
        Self {
            listen: source
                .take(&key::HTTP_LISTEN)
                .unwrap_or((Ipv4Addr::LOCALHOST, 0).into()),
            header_timeout: source.span(&key::HTTP_HEADER_TIMEOUT, moment, minutes),
            body_timeout: source.span(&key::HTTP_BODY_TIMEOUT, moment, minutes),
            handler_timeout: source.span(&key::HTTP_HANDLER_TIMEOUT, moment, minutes),
            drain_timeout: source.span(&key::HTTP_DRAIN_TIMEOUT, Duration::ZERO, minutes),
            concurrency: source.number(&key::HTTP_CONCURRENCY, 1, 100_000) as usize,
        }
    }
}
