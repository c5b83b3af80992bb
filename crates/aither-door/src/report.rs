//! Lines of the log about what the door refuses. A flood of them is a few lines with a count; the metrics have every one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Moment};
use parking_lot::Mutex;

/// There is at most one line of a reason in this time.
const PAUSE: Duration = Duration::from_secs(10);

/// When lines were written, by reason. Reasons are a closed set, so it does not grow.
#[derive(Debug)]
pub(crate) struct Report {
    clock: Arc<dyn Clock>,
    lines: Mutex<HashMap<&'static str, Line>>,
}

#[derive(Debug, Default)]
struct Line {
    written: Option<Moment>,
    events: u64,
}

impl Report {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            lines: Mutex::default(),
        }
    }

    /// A request was refused. `request_id` may be the caller's own word; everything else is the door's.
    pub(crate) fn refused(&self, entrance: &'static str, reason: &'static str, request_id: &str) {
        if let Some(requests) = self.due(reason) {
            tracing::warn!(entrance, reason, requests, request_id, "requests are refused");
        }
    }

    /// A connection was closed before a request.
    pub(crate) fn connection_refused(&self, entrance: &'static str, reason: &'static str, user: Option<u32>) {
        if let Some(connections) = self.due(reason) {
            tracing::warn!(entrance, reason, connections, user, "connections are closed");
        }
    }

    /// A connection could not be accepted.
    pub(crate) fn accept_failed(&self, entrance: &'static str, fault: &std::io::Error) {
        if let Some(attempts) = self.due("accept_failed") {
            tracing::error!(
                entrance,
                attempts,
                %fault,
                "connections cannot be accepted: see what the system says, above all its limit of open files"
            );
        }
    }

    /// Counts an event; returns how many there were since the last line, if another line is due.
    fn due(&self, reason: &'static str) -> Option<u64> {
        let now = self.clock.now();
        let mut lines = self.lines.lock();
        let line = lines.entry(reason).or_default();
        line.events += 1;
        let is_due = line.written.is_none_or(|written| now.since(written) >= PAUSE);
        is_due.then(|| {
            line.written = Some(now);
            std::mem::take(&mut line.events)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use freshness::ManualClock;

    use super::*;

    #[test]
    fn a_flood_of_one_reason_is_one_line_with_the_count() {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let report = Report::new(Arc::new(clock.clone()));
        assert_eq!(report.due("key_wrong"), Some(1));
        for _ in 0..1000 {
            assert_eq!(report.due("key_wrong"), None);
        }
        assert_eq!(report.due("key_missing"), Some(1));
        clock.advance(PAUSE);
        assert_eq!(report.due("key_wrong"), Some(1001));
    }
}
