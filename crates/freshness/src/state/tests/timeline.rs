//! A machine and its time, for the tests: events at seconds, answers as short text.

use std::time::{Duration, SystemTime};

use crate::state::{Answer, Failure, Machine, Step};
use crate::{Generation, Loaded, Moment, Policy};

/// A machine whose values are their own generation numbers, and the moment it is at.
pub(super) struct Timeline {
    pub(super) machine: Machine<u64, &'static str>,
    pub(super) now: Moment,
    loads: u64,
}

impl Timeline {
    /// Without chance: lead a fifth, cool-down 5 s.
    pub(super) fn exact() -> Self {
        Self::with(Policy::default().with_jitter(0.0))
    }

    pub(super) fn with(policy: Policy) -> Self {
        let now = Moment {
            wall: SystemTime::UNIX_EPOCH + secs(1_700_000_000),
            monotonic: Duration::ZERO,
        };
        Self {
            machine: Machine::new(policy),
            now,
            loads: 0,
        }
    }

    /// Both clocks move.
    pub(super) fn pass(&mut self, duration: Duration) {
        self.now.wall += duration;
        self.now.monotonic += duration;
    }

    /// Both clocks are this many seconds past the start.
    pub(super) fn at(&mut self, second: u64) -> &mut Self {
        self.pass(secs(second).saturating_sub(self.now.monotonic));
        self
    }

    pub(super) fn demand(&mut self) -> String {
        let step = self.machine.demand(self.now, 0.0);
        self.describe(&step)
    }

    pub(super) fn renew(&mut self, seen: u64) -> String {
        let step = self.machine.renew(Generation(seen), self.now, 0.0);
        self.describe(&step)
    }

    pub(super) fn settle(&mut self) -> String {
        let step = self.machine.settle(self.now, 0.0);
        self.describe(&step)
    }

    pub(super) fn invalidate(&mut self, generation: u64) {
        self.machine.invalidate(Generation(generation), self.now);
    }

    /// The flight brings a value that lives so many seconds.
    pub(super) fn land(&mut self, lifetime: u64) {
        self.land_loaded(Some(secs(lifetime)));
    }

    pub(super) fn land_loaded(&mut self, lifetime: Option<Duration>) {
        let value = self.machine.generation.next().0;
        let _landing = self.machine.land(Ok(Loaded { value, lifetime }), self.now, 0.0);
    }

    pub(super) fn fail(&mut self, failure: Failure<&'static str>) {
        let _landing = self.machine.land(Err(failure), self.now, 0.0);
    }

    /// How many launches were asked for.
    pub(super) fn loads(&self) -> u64 {
        self.loads
    }

    fn describe(&mut self, step: &Step<u64, &'static str>) -> String {
        let answer = match &step.answer {
            Answer::Serve(held) => {
                assert_eq!(held.value, held.generation.0, "the value of another generation");
                format!("serve {}{}", held.value, if held.stale { " stale" } else { "" })
            }
            Answer::Wait => "wait".to_owned(),
            Answer::Refuse(unavailable) => {
                let text = format!("{unavailable:?}");
                let cause = text.split([' ', '{']).next().unwrap_or_default();
                format!("refuse {cause} {:?}", unavailable.retry_in())
            }
        };
        if step.launch {
            self.loads += 1;
            format!("launch, {answer}")
        } else {
            answer
        }
    }
}

pub(super) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The load says no.
pub(super) fn refused() -> Failure<&'static str> {
    Failure::Failed {
        source: "no".into(),
        asked: None,
    }
}

/// The load says no, and when to come back.
pub(super) fn refused_for(asked: u64) -> Failure<&'static str> {
    Failure::Failed {
        source: "not now".into(),
        asked: Some(secs(asked)),
    }
}
