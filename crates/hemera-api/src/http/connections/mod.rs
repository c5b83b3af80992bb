//! How many connections are open at the same time, and how long one may stand still.
//!
//! A connection takes its [`ConnectionPlace`] before anything is read from it and before TLS; one that finds none is closed at
//! once. The place is part of the connection and is given back with it.

mod acceptor;
mod descriptors;
mod place;
mod report;
mod stream;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;

pub(crate) use self::acceptor::BoundedAcceptor;
use self::acceptor::NotTaken;
pub(crate) use self::descriptors::warn_if_too_few;
use self::place::{ConnectionPlace, Places};
use self::report::Report;
use crate::config::HttpConfig;
use crate::metrics::{ConnectionEnd, ConnectionMetrics};

/// How many connections a listener for metrics holds: a few scrapers, each with some.
const MOST_ASIDE: usize = 32;

/// The connections of one listener. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct OpenConnections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    places: Arc<Places>,
    write_timeout: Duration,
    metrics: ConnectionMetrics,
    report: Report,
}

impl OpenConnections {
    /// Those of callers.
    pub(crate) fn of_callers(http: &HttpConfig, metrics: ConnectionMetrics, clock: Arc<dyn Clock>) -> Self {
        let places = Places::new(
            http.max_connections,
            http.max_connections_per_address,
            metrics.clone(),
        );
        Self::new(places, http.write_timeout, metrics, Report::new("callers", clock))
    }

    /// Those of scrapers: few, and not counted among the callers'.
    pub(crate) fn aside(http: &HttpConfig, clock: Arc<dyn Clock>) -> Self {
        let metrics = ConnectionMetrics::default();
        let places = Places::new(MOST_ASIDE, None, metrics.clone());
        Self::new(places, http.write_timeout, metrics, Report::new("metrics", clock))
    }

    fn new(places: Places, write_timeout: Duration, metrics: ConnectionMetrics, report: Report) -> Self {
        Self(Arc::new(Shared {
            places: Arc::new(places),
            write_timeout,
            metrics,
            report,
        }))
    }

    /// A place for a connection from this address.
    ///
    /// # Errors
    /// [`NotTaken`], counted and reported: there is none.
    fn admit(&self, client: IpAddr) -> Result<ConnectionPlace, NotTaken> {
        self.0.places.take(client).map_err(|end| {
            self.0.metrics.ended(end);
            self.0.report.ended(end, client);
            NotTaken
        })
    }

    /// A client took nothing of its answer for too long.
    fn not_read(&self, client: IpAddr) {
        self.0.metrics.ended(ConnectionEnd::NotRead);
        self.0.report.ended(ConnectionEnd::NotRead, client);
    }

    /// What the server tells when a connection could not be accepted: with its address, where it came so far.
    pub(crate) fn accept_failed(&self, client: Option<&SocketAddr>, error: &io::Error) {
        match client {
            // What is over a bound is counted and reported there.
            Some(_) if NotTaken::is_in(error) => {}
            Some(_) => self.0.metrics.ended(ConnectionEnd::Handshake),
            None => {
                let failure = descriptors::failure_of(error);
                self.0.metrics.accept_failed(failure);
                self.0.report.accept_failed(failure, error);
            }
        }
    }
}
