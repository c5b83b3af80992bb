//! One decision, from which status, `Retry-After` and every header follow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hemera_types::ErrorCode;
use hemera_types::header::{
    RATELIMIT, RATELIMIT_POLICY, X_RATELIMIT_LIMIT, X_RATELIMIT_REMAINING, X_RATELIMIT_RESET,
};
use http::{HeaderMap, HeaderValue};

use super::rate::Rate;
use crate::wire::error::{ApiError, whole_seconds};

/// What the limiter says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    rate: Rate,
    /// What would be admitted now if sent at once.
    remaining: u32,
    /// When the full burst is back.
    full_in: Duration,
    /// Not admitted: when one would be.
    retry_in: Option<Duration>,
}

impl Decision {
    /// Admitted; so many more would be, if sent at once.
    pub(super) fn admitted(rate: Rate, remaining: u32) -> Self {
        Self {
            rate,
            remaining,
            // Rounded up to a whole request: at that time the full burst is back for certain.
            full_in: rate.interval() * rate.quota.burst.get().saturating_sub(remaining),
            retry_in: None,
        }
    }

    /// Not admitted before so much time has passed.
    pub(super) fn refused(rate: Rate, wait: Duration) -> Self {
        Self {
            rate,
            remaining: 0,
            full_in: wait + rate.interval() * (rate.quota.burst.get() - 1),
            retry_in: Some(wait),
        }
    }

    pub(super) fn is_admitted(&self) -> bool {
        self.retry_in.is_none()
    }

    /// How long to wait, where it is not admitted.
    #[cfg(test)]
    pub(super) fn retry_in(&self) -> Option<Duration> {
        self.retry_in
    }

    /// The error, where the request is not admitted.
    pub(crate) fn verdict(&self) -> Result<(), ApiError> {
        match self.retry_in {
            Some(wait) => Err(ApiError::new(ErrorCode::RateLimited).with_retry_after(wait)),
            None => Ok(()),
        }
    }

    /// Puts the headers that tell the caller where it stands.
    pub(crate) fn put_headers(&self, headers: &mut HeaderMap, now: SystemTime) {
        let full_at = (now + self.full_in)
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let reset = full_at.as_nanos().div_ceil(1_000_000_000);
        let quota = self.rate.quota;
        let policy = format!(
            "\"minute\";q={};w={}, \"burst\";q={};w={}",
            quota.rate,
            whole_seconds(self.rate.window),
            quota.burst,
            whole_seconds(self.rate.burst_window()),
        );
        let full_in = self.full_in.as_nanos().div_ceil(1_000_000_000);
        let standing = format!("\"burst\";r={};t={full_in}", self.remaining);
        let texts = [
            (X_RATELIMIT_LIMIT, quota.rate.to_string()),
            (X_RATELIMIT_REMAINING, self.remaining.to_string()),
            (X_RATELIMIT_RESET, reset.to_string()),
            (RATELIMIT_POLICY, policy),
            (RATELIMIT, standing),
        ];
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
    }
}
