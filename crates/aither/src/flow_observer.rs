//! The progress of a flow, with the time that the rest of it takes under Hemera's limit.

use std::sync::Arc;
use std::time::Duration;

use aither_client::freshness::{Clock, Moment};
use aither_client::hemera_types::bounds::{RATE_WINDOW, RESULTS_ITEMS_PER_COUNTED_REQUEST};
use aither_client::{HemeraClient, RateLimit};
use aither_flows::{Phase, Progress, Step};
use parking_lot::Mutex;

use crate::console::Console;
use crate::console::progress::ProgressBarHandle;

/// Requests for one course: its participants and its materials.
const REQUESTS_PER_COURSE: u64 = 2;

/// Shows the steps of a flow in the progress line of the console.
#[derive(Debug)]
pub(crate) struct FlowObserver {
    bar: Option<ProgressBarHandle>,
    client: HemeraClient,
    clock: Arc<dyn Clock>,
    /// When the phase in progress began, and with how much done.
    began: Mutex<Option<(Phase, Moment, u64)>>,
}

impl FlowObserver {
    pub(crate) fn new(console: &Console, client: &HemeraClient, clock: &Arc<dyn Clock>) -> Self {
        Self {
            bar: ProgressBarHandle::of(console),
            client: client.clone(),
            clock: Arc::clone(clock),
            began: Mutex::default(),
        }
    }

    /// The time that the rest takes: by the limit, or at the speed so far if that is slower.
    fn left(&self, step: Step) -> Option<Duration> {
        let rest = step.total?.saturating_sub(step.done);
        let now = self.clock.now();
        let mut began = self.began.lock();
        let (since, first) = match *began {
            Some((phase, since, first)) if phase == step.phase => (since, first),
            _ => {
                *began = Some((step.phase, now, step.done));
                (now, step.done)
            }
        };
        let by_speed = at_the_speed_so_far(step.done.saturating_sub(first), now.since(since), rest);
        let by_limit = requests(step.phase, rest).and_then(|requests| {
            let RateLimit {
                limit,
                remaining,
                window,
                ..
            } = self.client.rate_limit()?;
            Some(under_the_limit(
                requests,
                remaining,
                window.unwrap_or(RATE_WINDOW) / limit.max(1),
            ))
        });
        let left = by_limit.into_iter().chain(by_speed).max()?;
        // Whole seconds are enough.
        Some(Duration::from_secs(
            left.as_secs() + u64::from(left.subsec_nanos() > 0),
        ))
    }
}

impl Progress for FlowObserver {
    fn step(&self, step: Step) {
        if let Some(bar) = &self.bar {
            bar.show(step.phase.label(), step.done, step.total, self.left(step));
        }
    }

    fn waiting(&self, wait: Duration) {
        if let Some(bar) = &self.bar {
            bar.show_wait(wait);
        }
    }
}

/// What the rest of a phase takes from the limit; `None` for a phase that asks Hemera nothing or an unknown number.
fn requests(phase: Phase, rest: u64) -> Option<u64> {
    match phase {
        Phase::ReadCourses => Some(rest.saturating_mul(REQUESTS_PER_COURSE)),
        Phase::WriteResults => Some(rest.div_ceil(RESULTS_ITEMS_PER_COUNTED_REQUEST as u64)),
        _ => None,
    }
}

/// The time until so many requests are admitted, if `remaining` are now, and one more after each `interval`.
fn under_the_limit(requests: u64, remaining: u32, interval: Duration) -> Duration {
    let later = requests.saturating_sub(u64::from(remaining));
    interval.saturating_mul(u32::try_from(later).unwrap_or(u32::MAX))
}

/// The time for the rest if all goes on as so far; `None` if nothing has been done yet.
fn at_the_speed_so_far(done: u64, took: Duration, rest: u64) -> Option<Duration> {
    let done = u32::try_from(done).ok().filter(|done| *done > 0)?;
    let rest = u32::try_from(rest).unwrap_or(u32::MAX);
    Some((took / done).saturating_mul(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_what_the_limit_lets_through() {
        let interval = Duration::from_millis(600);
        let weight = requests(Phase::WriteResults, 10_000).unwrap();
        assert_eq!(weight, 200);
        assert_eq!(under_the_limit(weight, 20, interval), Duration::from_secs(108));
        assert_eq!(under_the_limit(3, 20, interval), Duration::ZERO);
        assert_eq!(requests(Phase::ReadCourses, 7), Some(14));
        assert_eq!(requests(Phase::CheckRows, 7), None);
    }

    #[test]
    fn the_rest_takes_longer_where_all_goes_slowly() {
        assert_eq!(
            at_the_speed_so_far(10, Duration::from_secs(5), 100),
            Some(Duration::from_secs(50))
        );
        assert_eq!(at_the_speed_so_far(0, Duration::from_secs(5), 100), None);
    }
}
