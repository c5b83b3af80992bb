//! When to stop sending to a failing server, and when to try again: pure, no waiting, no clock.

use std::time::Duration;

use super::CircuitPolicy;

/// The state machine of the circuit breaker.
///
/// Only outcomes of attempts that began in the current state count: a response that was on its way when the circuit
/// opened neither closes it nor keeps it open.
///
/// Attempts that were in flight together fail together when a connection or a replica goes away, so their failures count
/// once: a failure counts only if its attempt began after the failure that was counted before it.
#[derive(Debug)]
pub(crate) struct Breaker {
    /// `None`: stays closed.
    policy: Option<CircuitPolicy>,
    state: State,
    /// The number of state changes.
    epoch: u64,
    /// The number of failures that were counted, since the beginning.
    counted: u64,
    /// The latest time that a caller passed in. Callers read the clock before they come here, so one may pass in an
    /// earlier time than the caller before it.
    latest: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed {
        /// In a row.
        failures: u32,
    },
    Open {
        until: Duration,
        pause: Duration,
    },
    Probing {
        /// The pause before this probe.
        pause: Duration,
    },
}

/// The permit for one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    epoch: u64,
    /// The failures counted before the attempt began. A number, because two events may have the same time.
    counted_before: u64,
}

/// No attempt may be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// How long until the next attempt may be made.
    pub(crate) wait: Duration,
    /// A probe is in progress; its outcome may be known before `wait` is over.
    pub(crate) is_probing: bool,
}

/// What an attempt says about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server responded, possibly with a 4xx.
    Answered,
    /// The server did not respond, or responded with a 5xx; with its `Retry-After`.
    Failed(Option<Duration>),
    /// Nothing was learned: the caller was cancelled, or nothing was sent.
    Unknown,
}

impl Outcome {
    /// A failure with the `Retry-After` of the response; other outcomes stay as they are.
    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        match self {
            Self::Failed(_) => Self::Failed(retry_after),
            other => other,
        }
    }
}

/// A change of state, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Opened { failures: u32, pause: Duration },
    ProbeFailed { pause: Duration },
    Closed,
}

impl Change {
    /// In one word, for what counts changes.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::ProbeFailed { .. } => "probe_failed",
            Self::Closed => "closed",
        }
    }
}

impl Breaker {
    pub(crate) fn new(policy: Option<CircuitPolicy>) -> Self {
        Self {
            policy,
            state: State::Closed { failures: 0 },
            epoch: 0,
            counted: 0,
            latest: Duration::ZERO,
        }
    }

    /// A permit for one attempt. The first caller after a pause makes the probe; until its outcome is known, all others
    /// are refused.
    pub(crate) fn acquire(&mut self, now: Duration) -> Result<Permit, Refusal> {
        if let Some(refusal) = self.refusal(now) {
            return Err(refusal);
        }
        if let State::Open { pause, .. } = self.state {
            self.change_to(State::Probing { pause });
        }
        Ok(Permit {
            epoch: self.epoch,
            counted_before: self.counted,
        })
    }

    /// Whether an attempt would be refused now. Acquires nothing.
    pub(crate) fn refusal(&mut self, now: Duration) -> Option<Refusal> {
        self.latest = self.latest.max(now);
        match self.state {
            State::Closed { .. } => None,
            State::Open { until, .. } => {
                let wait = until.saturating_sub(self.latest);
                (!wait.is_zero()).then_some(Refusal {
                    wait,
                    is_probing: false,
                })
            }
            State::Probing { pause } => Some(Refusal {
                wait: pause,
                is_probing: true,
            }),
        }
    }

    /// Records the outcome of an attempt.
    pub(crate) fn record(&mut self, permit: Permit, outcome: Outcome, now: Duration) -> Option<Change> {
        self.latest = self.latest.max(now);
        let policy = self.policy?;
        if permit.epoch != self.epoch {
            return None;
        }
        match (self.state, outcome) {
            (State::Closed { .. }, Outcome::Answered) => {
                self.state = State::Closed { failures: 0 };
                None
            }
            (State::Closed { .. }, Outcome::Failed(_)) if permit.counted_before != self.counted => None,
            (State::Closed { failures }, Outcome::Failed(retry_after)) => {
                self.counted += 1;
                let failures = failures.saturating_add(1);
                self.state = State::Closed { failures };
                (failures >= policy.failures.get()).then(|| Change::Opened {
                    failures,
                    pause: self.open(policy, policy.first_pause, retry_after),
                })
            }
            (State::Probing { .. }, Outcome::Answered) => {
                self.change_to(State::Closed { failures: 0 });
                Some(Change::Closed)
            }
            (State::Probing { pause }, Outcome::Failed(retry_after)) => Some(Change::ProbeFailed {
                pause: self.open(policy, pause.saturating_mul(2), retry_after),
            }),
            // The next caller makes another probe immediately.
            (State::Probing { pause }, Outcome::Unknown) => {
                self.change_to(State::Open {
                    until: self.latest,
                    pause,
                });
                None
            }
            (State::Closed { .. }, Outcome::Unknown) | (State::Open { .. }, _) => None,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed { .. })
    }

    /// A number that differs after each change of state.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Opens for `pause`, or for `retry_after` if that is longer, but never for longer than the policy's longest pause.
    fn open(&mut self, policy: CircuitPolicy, pause: Duration, retry_after: Option<Duration>) -> Duration {
        let pause = pause
            .max(retry_after.unwrap_or_default())
            .min(policy.longest_pause);
        self.change_to(State::Open {
            until: self.latest.saturating_add(pause),
            pause,
        });
        pause
    }

    fn change_to(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    const FAILED: Outcome = Outcome::Failed(None);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn breaker(failures: u32) -> Breaker {
        let failures = NonZeroU32::new(failures).unwrap();
        Breaker::new(Some(CircuitPolicy::new(failures, seconds(1), seconds(5))))
    }

    fn attempt(breaker: &mut Breaker, outcome: Outcome, now: Duration) -> Option<Change> {
        let permit = breaker.acquire(now).unwrap();
        breaker.record(permit, outcome, now)
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_response_resets_the_count() {
        let mut breaker = breaker(3);
        for outcome in [
            FAILED,
            FAILED,
            Outcome::Answered,
            FAILED,
            Outcome::Unknown,
            FAILED,
        ] {
            assert_eq!(attempt(&mut breaker, outcome, Duration::ZERO), None);
        }
        let opened = Change::Opened {
            failures: 3,
            pause: seconds(1),
        };
        assert_eq!(attempt(&mut breaker, FAILED, Duration::ZERO), Some(opened));
        assert_eq!(
            breaker.acquire(Duration::from_millis(300)).unwrap_err().wait,
            Duration::from_millis(700)
        );
    }

    #[test]
    fn failures_of_attempts_in_flight_together_count_once() {
        let mut breaker = breaker(3);
        for event in 1..=3 {
            let together: Vec<_> = (0..5).map(|_| breaker.acquire(Duration::ZERO).unwrap()).collect();
            let changes: Vec<_> = together
                .into_iter()
                .filter_map(|permit| breaker.record(permit, FAILED, Duration::ZERO))
                .collect();
            assert_eq!(changes.len(), usize::from(event == 3), "{changes:?}");
        }
        assert!(!breaker.is_closed());
    }

    #[test]
    fn failure_of_an_attempt_that_began_before_the_last_counted_failure_is_not_counted() {
        let mut breaker = breaker(2);
        let early = breaker.acquire(Duration::ZERO).unwrap();
        attempt(&mut breaker, FAILED, seconds(1));
        let late = breaker.acquire(seconds(2)).unwrap();
        assert_eq!(breaker.record(early, FAILED, seconds(3)), None);
        assert!(breaker.record(late, FAILED, seconds(3)).is_some());
    }

    #[test]
    fn pauses_double_up_to_their_limit_and_restart_after_a_response() {
        let mut breaker = breaker(1);
        let mut now = Duration::ZERO;
        attempt(&mut breaker, FAILED, now);
        for (before, after) in [(1, 2), (2, 4), (4, 5), (5, 5)] {
            now += seconds(before);
            let change = attempt(&mut breaker, FAILED, now);
            assert_eq!(
                change,
                Some(Change::ProbeFailed {
                    pause: seconds(after)
                })
            );
        }
        now += seconds(5);
        assert_eq!(
            attempt(&mut breaker, Outcome::Answered, now),
            Some(Change::Closed)
        );
        attempt(&mut breaker, FAILED, now);
        assert_eq!(breaker.acquire(now).unwrap_err().wait, seconds(1));
    }

    #[test]
    fn one_probe_at_a_time_and_another_after_a_cancelled_one() {
        let mut breaker = breaker(1);
        attempt(&mut breaker, FAILED, Duration::ZERO);
        let probe = breaker.acquire(seconds(1)).unwrap();
        assert!(breaker.acquire(seconds(9)).unwrap_err().is_probing);
        breaker.record(probe, Outcome::Unknown, seconds(9));
        breaker.acquire(seconds(9)).unwrap();
        assert!(breaker.acquire(seconds(9)).unwrap_err().is_probing);
    }

    #[test]
    fn outcomes_of_attempts_from_before_a_change_are_ignored() {
        let mut breaker = breaker(1);
        let early: Vec<_> = (0..4).map(|_| breaker.acquire(Duration::ZERO).unwrap()).collect();
        breaker.record(early[0], FAILED, Duration::ZERO).unwrap();
        assert_eq!(breaker.record(early[1], Outcome::Answered, Duration::ZERO), None);
        let probe = breaker.acquire(seconds(1)).unwrap();
        assert_eq!(breaker.record(early[2], FAILED, seconds(1)), None);
        assert_eq!(
            breaker.record(probe, Outcome::Answered, seconds(1)),
            Some(Change::Closed)
        );
        assert_eq!(breaker.record(early[3], FAILED, seconds(1)), None);
        assert!(breaker.is_closed());
    }

    #[test]
    fn retry_after_lengthens_the_pause_up_to_its_limit() {
        for (retry_after, pause) in [(0, 1), (3, 3), (86_400, 5)] {
            let mut breaker = breaker(1);
            attempt(
                &mut breaker,
                Outcome::Failed(Some(seconds(retry_after))),
                Duration::ZERO,
            );
            assert_eq!(breaker.acquire(Duration::ZERO).unwrap_err().wait, seconds(pause));
        }
    }

    #[test]
    fn caller_with_an_earlier_clock_reading_does_not_turn_back_time() {
        let mut breaker = breaker(1);
        let early = breaker.acquire(Duration::ZERO).unwrap();
        breaker.acquire(seconds(10)).unwrap();
        breaker.record(early, FAILED, seconds(9)).unwrap();
        assert_eq!(breaker.acquire(seconds(10)).unwrap_err().wait, seconds(1));
    }

    #[test]
    fn without_a_policy_it_never_opens() {
        let mut breaker = Breaker::new(None);
        for _ in 0..1_000 {
            assert_eq!(attempt(&mut breaker, FAILED, Duration::ZERO), None);
        }
    }
}
