//! The rules of the circuit, written independently of the client.

use std::time::Duration;

use aither_client::CircuitState;

pub(super) const FIRST_PAUSE: Duration = Duration::from_secs(1);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The circuit, without the time that calls wait for it.
pub(super) struct CircuitModel {
    failures: u32,
    state: ModelState,
    /// The number of state changes: a call counts only if there was none since it began.
    epoch: u32,
    /// The number of calls that began or ended.
    step: u32,
    /// The step of the last failure that counted: a failure counts only if its call began later.
    last_failure: u32,
}

/// When a call began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    epoch: u32,
    step: u32,
}

#[derive(Clone, Copy, Debug)]
enum ModelState {
    Closed { failures: u32 },
    Open { until: Duration, pause: Duration },
    Probing { pause: Duration },
}

impl CircuitModel {
    pub(super) const fn new(failures: u32) -> Self {
        let state = ModelState::Closed { failures: 0 };
        Self {
            failures,
            state,
            epoch: 0,
            step: 0,
            last_failure: 0,
        }
    }

    /// When a new call began, if it is sent.
    pub(super) fn arrive(&mut self, now: Duration) -> Option<Begun> {
        self.step += 1;
        match self.state {
            ModelState::Closed { .. } => {}
            ModelState::Open { until, pause } if until <= now => self.change(ModelState::Probing { pause }),
            ModelState::Open { .. } | ModelState::Probing { .. } => return None,
        }
        Some(Begun {
            epoch: self.epoch,
            step: self.step,
        })
    }

    /// A call has ended: with a success, with a failure, or cancelled.
    pub(super) fn end(&mut self, begun: Begun, succeeded: Option<bool>, now: Duration) {
        self.step += 1;
        if begun.epoch != self.epoch {
            return;
        }
        if succeeded == Some(false) {
            if begun.step < self.last_failure {
                return;
            }
            self.last_failure = self.step;
        }
        match (self.state, succeeded) {
            (ModelState::Closed { .. }, Some(true)) => self.state = ModelState::Closed { failures: 0 },
            (ModelState::Closed { failures }, Some(false)) if failures + 1 < self.failures => {
                self.state = ModelState::Closed {
                    failures: failures + 1,
                };
            }
            (ModelState::Closed { .. }, Some(false)) => self.open(now, FIRST_PAUSE),
            (ModelState::Probing { .. }, Some(true)) => self.change(ModelState::Closed { failures: 0 }),
            (ModelState::Probing { pause }, Some(false)) => self.open(now, (pause * 2).min(LONGEST_PAUSE)),
            (ModelState::Probing { pause }, None) => self.change(ModelState::Open { until: now, pause }),
            (ModelState::Closed { .. }, None) | (ModelState::Open { .. }, _) => {}
        }
    }

    fn open(&mut self, now: Duration, pause: Duration) {
        let until = now + pause;
        self.change(ModelState::Open { until, pause });
    }

    fn change(&mut self, state: ModelState) {
        self.state = state;
        self.epoch += 1;
    }

    #[track_caller]
    pub(super) fn check(&self, shown: CircuitState, now: Duration) {
        let expected = match self.state {
            ModelState::Closed { .. } => CircuitState::Closed,
            ModelState::Open { until, .. } => CircuitState::Open {
                probe_in: until.saturating_sub(now),
            },
            ModelState::Probing { .. } => CircuitState::Probing,
        };
        assert_eq!(shown, expected);
    }
}
