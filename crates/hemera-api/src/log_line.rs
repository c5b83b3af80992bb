//! Lines of the log that a flood of one event writes a few times, with a count.

use std::time::Duration;

use freshness::Moment;
use parking_lot::Mutex;

/// There is at most one line of a kind in this time.
pub(crate) const PAUSE: Duration = Duration::from_secs(10);

/// When a line was last written, and what has happened since.
#[derive(Debug, Default)]
pub(crate) struct Line(Mutex<Since>);

#[derive(Debug, Default)]
struct Since {
    written: Option<Moment>,
    events: u64,
}

impl Line {
    /// Counts an event; returns how many happened since the last line, where another one is due.
    pub(crate) fn due(&self, now: Moment) -> Option<u64> {
        let mut since = self.0.lock();
        since.events += 1;
        let is_due = since.written.is_none_or(|written| now.since(written) >= PAUSE);
        is_due.then(|| {
            since.written = Some(now);
            std::mem::take(&mut since.events)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use freshness::{Clock as _, ManualClock};

    use super::*;

    #[test]
    fn a_flood_is_one_line_in_ten_seconds_with_the_count() {
        let clock = ManualClock::at(SystemTime::UNIX_EPOCH);
        let line = Line::default();
        assert_eq!(line.due(clock.now()), Some(1));
        for _ in 0..1000 {
            assert_eq!(line.due(clock.now()), None);
        }
        clock.advance(PAUSE);
        assert_eq!(line.due(clock.now()), Some(1001));
        assert_eq!(line.due(clock.now()), None);
    }
}
