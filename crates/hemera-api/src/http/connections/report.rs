//! What the log says of connections that end badly. A flood of them is a few lines: metrics have the count.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use freshness::Clock;

use super::descriptors::REMEDY;
use crate::log_line::Line;
use crate::metrics::{AcceptFailure, ConnectionEnd};

/// The lines of one listener.
#[derive(Debug)]
pub(super) struct Report {
    listener: &'static str,
    clock: Arc<dyn Clock>,
    too_many: Line,
    too_many_of_address: Line,
    not_read: Line,
    no_descriptor: Line,
    not_accepted: Line,
}

impl Report {
    pub(super) fn new(listener: &'static str, clock: Arc<dyn Clock>) -> Self {
        Self {
            listener,
            clock,
            too_many: Line::default(),
            too_many_of_address: Line::default(),
            not_read: Line::default(),
            no_descriptor: Line::default(),
            not_accepted: Line::default(),
        }
    }

    /// A connection was closed for this reason. `connections` in the line are those since the last line of its kind.
    pub(super) fn ended(&self, end: ConnectionEnd, client: IpAddr) {
        let (line, message) = match end {
            ConnectionEnd::TooMany => (
                &self.too_many,
                "connections are refused: as many are open as HEMERA_HTTP__MAX_CONNECTIONS allows",
            ),
            ConnectionEnd::TooManyOfAddress => (
                &self.too_many_of_address,
                "connections are refused: their address has as many as HEMERA_HTTP__MAX_CONNECTIONS_PER_ADDRESS allows; \
                 where it is a proxy, set HEMERA_HTTP__TRUSTED_PROXIES",
            ),
            ConnectionEnd::NotRead => (
                &self.not_read,
                "connections are closed: their clients do not read their answers",
            ),
            ConnectionEnd::Handshake => return,
        };
        let Some(connections) = line.due(self.clock.now()) else {
            return;
        };
        let listener = self.listener;
        tracing::warn!(listener, connections, %client, reason = end.name(), "{message}");
    }

    /// A connection could not be accepted at all.
    pub(super) fn accept_failed(&self, failure: AcceptFailure, error: &io::Error) {
        let line = match failure {
            AcceptFailure::NoDescriptor => &self.no_descriptor,
            AcceptFailure::Other => &self.not_accepted,
        };
        let Some(attempts) = line.due(self.clock.now()) else {
            return;
        };
        let (listener, reason) = (self.listener, failure.name());
        match failure {
            AcceptFailure::NoDescriptor => tracing::error!(
                listener, attempts, reason, %error,
                "connections cannot be accepted: too many files are open: {REMEDY}"
            ),
            AcceptFailure::Other => {
                tracing::warn!(listener, attempts, reason, %error, "connections cannot be accepted: see what the system says, above all its limits and its network");
            }
        }
    }
}
