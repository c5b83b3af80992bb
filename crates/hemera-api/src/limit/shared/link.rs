//! Whether the store is connected, and when to try to reconnect.

use std::time::Duration;

/// The pause before the first attempt to reconnect.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The connection `C` to the store, or the plan to get one. Times are those of the monotonic clock.
pub(super) struct Link<C> {
    state: State<C>,
    /// Counts the connections, so that a late failure of an earlier one does not end a later one.
    generation: u64,
    /// The pause after the next failure.
    pause: Duration,
    longest_pause: Duration,
}

enum State<C> {
    Connected { connection: C, since: Duration },
    Lost { retry_at: Duration, is_retrying: bool },
}

/// What a request gets.
#[derive(Debug, PartialEq)]
pub(super) enum Found<C> {
    /// The connection, and its generation.
    Connected(C, u64),
    /// No connection, and an attempt to reconnect is due: this request must start it.
    RetryDue,
    /// No connection, and no attempt is due.
    Lost,
}

impl<C: Clone> Link<C> {
    /// Not connected yet, with the first attempt under way. Pauses between attempts grow to one window: each loss and each
    /// return of the store can admit one burst more.
    pub(super) fn new(window: Duration) -> Self {
        Self {
            state: State::Lost {
                retry_at: Duration::ZERO,
                is_retrying: true,
            },
            generation: 0,
            pause: FIRST_PAUSE,
            longest_pause: window.max(FIRST_PAUSE),
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        matches!(self.state, State::Connected { .. })
    }

    pub(super) fn find(&mut self, now: Duration) -> Found<C> {
        match &mut self.state {
            State::Connected { connection, .. } => Found::Connected(connection.clone(), self.generation),
            State::Lost {
                retry_at,
                is_retrying,
            } if !*is_retrying && now >= *retry_at => {
                *is_retrying = true;
                Found::RetryDue
            }
            State::Lost { .. } => Found::Lost,
        }
    }

    pub(super) fn connected(&mut self, connection: C, now: Duration) {
        self.generation += 1;
        self.state = State::Connected {
            connection,
            since: now,
        };
    }

    /// The reconnect attempt failed.
    pub(super) fn attempt_failed(&mut self, now: Duration) {
        self.state = State::Lost {
            retry_at: now + self.pause,
            is_retrying: false,
        };
        self.pause = (self.pause * 2).min(self.longest_pause);
    }

    /// A connection of this generation has failed. Returns whether this is the first report of it.
    pub(super) fn connection_failed(&mut self, generation: u64, now: Duration) -> bool {
        let State::Connected { since, .. } = self.state else {
            return false;
        };
        if generation != self.generation {
            return false;
        }
        if now.saturating_sub(since) >= self.longest_pause {
            self.pause = FIRST_PAUSE;
        }
        self.attempt_failed(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(6);

    fn second(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    /// The seconds at which attempts begin, if the store never answers and one request comes each second.
    fn attempts_until(end: u64) -> Vec<u64> {
        let mut link = Link::<&str>::new(WINDOW);
        link.attempt_failed(second(0));
        let mut attempts = Vec::new();
        for now in 0..=end {
            if link.find(second(now)) == Found::RetryDue {
                attempts.push(now);
                link.attempt_failed(second(now));
            }
        }
        attempts
    }

    #[test]
    fn pauses_between_reconnect_attempts_double_up_to_one_window() {
        assert_eq!(attempts_until(25), [1, 3, 7, 13, 19, 25]);
    }

    #[test]
    fn one_request_starts_an_attempt_and_no_other() {
        let mut link = Link::<&str>::new(WINDOW);
        // Starting is the first attempt.
        assert_eq!(link.find(second(0)), Found::Lost);
        link.attempt_failed(second(0));
        assert_eq!(link.find(second(1)), Found::RetryDue);
        assert_eq!(link.find(second(9)), Found::Lost);
        link.connected("again", second(9));
        assert_eq!(link.find(second(9)), Found::Connected("again", 1));
    }

    #[test]
    fn a_connection_that_held_for_a_window_resets_the_pause() {
        let mut link = Link::new(WINDOW);
        for (connected, lost, retried) in [(0, 1, 2), (2, 3, 5), (5, 11, 12)] {
            link.connected("store", second(connected));
            let Found::Connected(_, generation) = link.find(second(connected)) else {
                unreachable!("it was connected")
            };
            assert!(link.connection_failed(generation, second(lost)));
            assert_eq!(link.find(second(retried - 1)), Found::Lost);
            assert_eq!(link.find(second(retried)), Found::RetryDue);
        }
    }

    /// Many requests notice one loss; it is reported once, and a late failure of an old connection does not count.
    #[test]
    fn a_loss_is_reported_once() {
        let mut link = Link::new(WINDOW);
        link.connected("first", second(0));
        assert!(link.connection_failed(1, second(1)));
        assert!(!link.connection_failed(1, second(1)));
        link.connected("second", second(2));
        assert!(!link.connection_failed(1, second(2)));
        assert!(link.is_connected());
    }
}
