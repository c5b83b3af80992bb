//! The token bucket of the retry budget: pure, no clock.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::gcra::Gcra;

/// Each retry takes a token; time and calls put tokens back.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    percent: u32,
    gcra: Gcra,
    /// The latest time that a caller passed in. Callers read the clock before they come here, so one may pass in an
    /// earlier time than the caller before it.
    latest: Duration,
}

impl TokenBucket {
    /// A full bucket of `reserve` tokens, which refills within a minute. A call puts back `percent` hundredths of a token.
    pub(crate) fn new(percent: u32, reserve: NonZeroU32) -> Self {
        Self {
            percent,
            gcra: Gcra::new(Duration::from_mins(1) / reserve.get(), reserve),
            latest: Duration::ZERO,
        }
    }

    /// Puts back the share of a token that one call earns.
    pub(crate) fn deposit(&mut self) {
        self.gcra.give_back(self.percent);
    }

    /// Takes one token, if there is one.
    pub(crate) fn withdraw(&mut self, now: Duration) -> bool {
        self.latest = self.latest.max(now);
        let is_available = self.gcra.next(1) <= self.latest;
        if is_available {
            self.gcra.take(self.latest);
        }
        is_available
    }

    /// The tokens that could be taken at `now`.
    pub(crate) fn available(&self, now: Duration) -> u32 {
        self.gcra.free(self.latest.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(percent: u32, reserve: u32) -> TokenBucket {
        TokenBucket::new(percent, NonZeroU32::new(reserve).unwrap())
    }

    /// Takes all tokens, and checks that there were as many as the bucket said.
    fn empty(bucket: &mut TokenBucket, now: Duration) {
        let expected = bucket.available(now);
        let mut taken = 0;
        while bucket.withdraw(now) {
            taken += 1;
        }
        assert_eq!((taken, bucket.available(now)), (expected, 0));
    }

    #[test]
    fn reserve_is_available_immediately_and_refills_within_a_minute() {
        let mut bucket = bucket(0, 10);
        assert_eq!(bucket.available(Duration::ZERO), 10);
        empty(&mut bucket, Duration::ZERO);
        assert_eq!(bucket.available(Duration::from_secs(29)), 4);
        assert_eq!(bucket.available(Duration::from_mins(1)), 10);
        assert_eq!(bucket.available(Duration::from_hours(1)), 10);
    }

    #[test]
    fn caller_with_an_earlier_clock_reading_does_not_turn_back_time() {
        let mut bucket = bucket(0, 10);
        assert!(bucket.withdraw(Duration::from_mins(1)));
        assert_eq!(bucket.available(Duration::ZERO), 9);
        assert!(bucket.withdraw(Duration::ZERO));
    }

    #[test]
    fn five_calls_earn_one_retry() {
        let mut bucket = bucket(20, 10);
        empty(&mut bucket, Duration::ZERO);
        for calls in 1..=5 {
            assert!(!bucket.withdraw(Duration::ZERO), "after {} calls", calls - 1);
            bucket.deposit();
        }
        assert!(bucket.withdraw(Duration::ZERO));
    }

    #[test]
    fn bucket_never_holds_more_than_the_reserve() {
        let mut bucket = bucket(20, 3);
        for _ in 0..10_000 {
            bucket.deposit();
        }
        assert_eq!(bucket.available(Duration::from_hours(5)), 3);
        empty(&mut bucket, Duration::from_hours(5));
    }
}
