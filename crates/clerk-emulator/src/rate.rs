//! The documented rate limits, counted by the emulator's clock.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::clock::Stamp;
use crate::refusal::Refusal;

/// All documented limits but one are per ten seconds.
const WINDOW: Duration = Duration::from_secs(10);

/// What is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limited {
    /// Backend API, per instance: 1000 in production, 100 in development.
    Backend,
    /// Changing a user or its metadata: 10 per user.
    UserChange(String),
    /// Beginning a sign-in: 5 per address.
    SignIn(String),
}

impl Limited {
    const fn allowed(&self, production: bool) -> usize {
        match self {
            Self::Backend if production => 1000,
            Self::Backend => 100,
            Self::UserChange(_) => 10,
            Self::SignIn(_) => 5,
        }
    }
}

/// The times of the requests of the last window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rates(Arc<Mutex<HashMap<Limited, VecDeque<Stamp>>>>);

impl Rates {
    /// Counts one request, or refuses it with the seconds until the oldest one counted is out of the window.
    pub(crate) fn check(&self, what: Limited, production: bool, now: Stamp) -> Result<(), Refusal> {
        let mut counts = self.0.lock();
        let allowed = what.allowed(production);
        let times = counts.entry(what).or_default();
        while times.front().is_some_and(|first| now.since(*first) >= WINDOW) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= allowed => {
                let left = WINDOW.saturating_sub(now.since(*first));
                Err(Refusal::too_many_requests(
                    left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX),
                ))
            }
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }

    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides() {
        let rates = Rates::default();
        let limited = || Limited::SignIn("127.0.0.1".to_owned());
        let at = |millis: i64| Stamp::from_millis(1_000_000 + millis);
        for step in 0..5 {
            rates
                .check(limited(), true, at(step * 1000))
                .expect("within the limit");
        }
        let refusal = rates
            .check(limited(), true, at(4_500))
            .expect_err("over the limit");
        assert_eq!((refusal.status, refusal.retry_after), (429, Some(6)));
        rates
            .check(limited(), true, at(10_000))
            .expect("the first is out of the window");
        rates
            .check(Limited::SignIn("10.0.0.1".to_owned()), true, at(4_500))
            .expect("another address");
    }
}
