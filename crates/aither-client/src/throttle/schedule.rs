//! Who may pass the gate when: pure arithmetic on monotonic time, no waiting, no clock.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use super::Pace;
use crate::gcra::Cell;

const MINUTE: Duration = Duration::from_mins(1);

/// What the client allows itself and what the server has told it; both are kept.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    own: Option<Own>,
    /// The server's own cell, as its answers let us know it.
    told: Option<Cell>,
    paused_until: Duration,
    /// The latest moment that anybody came with. Callers read the clock before they come here, so one
    /// may come with an earlier moment than the one before; time goes on from this one all the same.
    seen: Duration,
}

/// The client's own pace.
///
/// Two rules, both kept: the cell spaces attempts evenly after a burst, and a record of the last
/// `per_minute` of them keeps any 60 seconds within the pace (the cell alone lets `per_minute + burst`
/// into the first minute, which a server with fixed windows would refuse).
#[derive(Clone, Debug)]
struct Own {
    cell: Cell,
    capacity: usize,
    passed: VecDeque<Duration>,
}

/// What an answer says of the server's cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The time that one request takes to be forgotten.
    pub(crate) interval: Duration,
    pub(crate) burst: NonZeroU32,
    /// What would be admitted if sent at once.
    pub(crate) remaining: u32,
    /// How many of our own attempts the server may not have counted when it said so.
    pub(crate) uncounted: u32,
}

impl Schedule {
    pub(crate) fn new(pace: Option<Pace>) -> Self {
        Self {
            own: pace.map(Own::new),
            told: None,
            paused_until: Duration::ZERO,
            seen: Duration::ZERO,
        }
    }

    /// Passes now, or says how long to wait.
    pub(crate) fn pass(&mut self, now: Duration) -> Result<(), Duration> {
        self.seen = self.seen.max(now);
        let wait = self.next().saturating_sub(self.seen);
        if !wait.is_zero() {
            return Err(wait);
        }
        self.take(self.seen);
        Ok(())
    }

    /// How long to wait for a place with so many ahead, as things stand.
    pub(crate) fn wait_behind(&self, now: Duration, ahead: u32) -> Duration {
        let now = self.seen.max(now);
        let mut plan = self.clone();
        for _ in 0..ahead {
            plan.take(plan.next().max(now));
        }
        plan.next().saturating_sub(now)
    }

    /// Nobody passes before `until`, and no burst right after it: a server that said "wait" has room
    /// for one when the wait is over, not for many.
    pub(crate) fn pause(&mut self, until: Duration) {
        if until > self.paused_until {
            self.paused_until = until;
            let own = self.own.iter_mut().map(|own| &mut own.cell);
            for cell in own.chain(&mut self.told) {
                cell.drain(until);
            }
        }
    }

    /// How long the pause lasts that the server asked for, if there is one.
    pub(crate) fn paused_for(&self, now: Duration) -> Option<Duration> {
        let left = self.paused_until.saturating_sub(now.max(self.seen));
        (!left.is_zero()).then_some(left)
    }

    /// An answer says how the server's cell stands.
    ///
    /// Of what it says a fifth of the burst and 4 % of the rate are left alone: requests that the
    /// network delays and then delivers together need the room.
    pub(crate) fn hear(&mut self, told: Told, now: Duration) {
        self.seen = self.seen.max(now);
        let interval = told.interval.saturating_mul(25) / 24;
        let burst = told.burst.get() - told.burst.get() / 5;
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let taken = told.burst.get().saturating_sub(told.remaining);
        self.told
            .get_or_insert_with(|| Cell::new(interval, burst))
            .correct(self.seen, (interval, burst), taken, told.uncounted);
    }

    /// The earliest moment for the next to pass.
    fn next(&self) -> Duration {
        let told = self.told.as_ref().map(Cell::next);
        let own = self.own.as_ref().map(Own::next);
        self.paused_until
            .max(told.unwrap_or_default())
            .max(own.unwrap_or_default())
    }

    fn take(&mut self, at: Duration) {
        if let Some(own) = &mut self.own {
            own.take(at);
        }
        if let Some(told) = &mut self.told {
            told.take(at);
        }
    }
}

impl Own {
    fn new(pace: Pace) -> Self {
        Self {
            cell: Cell::new(MINUTE / pace.per_minute().get(), pace.burst()),
            capacity: usize::try_from(pace.per_minute().get()).unwrap_or(usize::MAX),
            passed: VecDeque::new(),
        }
    }

    fn next(&self) -> Duration {
        let by_minute = match self.passed.front() {
            Some(oldest) if self.passed.len() == self.capacity => oldest.saturating_add(MINUTE),
            _ => Duration::ZERO,
        };
        self.cell.next().max(by_minute)
    }

    fn take(&mut self, at: Duration) {
        self.cell.take(at);
        if self.passed.len() == self.capacity {
            self.passed.pop_front();
        }
        self.passed.push_back(at);
    }
}

#[cfg(test)]
mod tests;
