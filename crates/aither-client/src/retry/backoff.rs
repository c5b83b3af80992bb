//! How long to wait if the server did not say: exponential, jittered, capped.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// The waits of one call: 0.2–0.4 s, 0.4–0.8 s, … at most 10 s. Because of the jitter, callers that failed together do not
/// retry together.
#[derive(Debug)]
pub(crate) struct Backoff(ExponentialBackoff);

const FIRST: Duration = Duration::from_millis(200);
/// Before jitter, which at most doubles it.
const LONGEST: Duration = Duration::from_secs(5);

impl Backoff {
    pub(crate) fn new() -> Self {
        let builder = ExponentialBuilder::new()
            .with_min_delay(FIRST)
            .with_max_delay(LONGEST)
            .with_factor(2.0)
            .with_jitter()
            .without_max_times();
        Self(builder.build())
    }

    /// The wait before the next attempt, longer each time.
    pub(crate) fn next_wait(&mut self) -> Duration {
        self.0.next().unwrap_or(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_bounds() {
        let mut backoff = Backoff::new();
        for floor in [200, 400, 800, 1600, 3200, 5000, 5000].map(Duration::from_millis) {
            let wait = backoff.next_wait();
            assert!(
                (floor..=floor * 2).contains(&wait),
                "{wait:?} is not within {floor:?} and its double"
            );
        }
    }

    #[test]
    fn two_callers_wait_differently() {
        let waits = |mut backoff: Backoff| (0..4).map(|_| backoff.next_wait()).collect::<Vec<_>>();
        assert_ne!(waits(Backoff::new()), waits(Backoff::new()));
    }
}
