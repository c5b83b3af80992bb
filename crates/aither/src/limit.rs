//! What is left of Hemera's limit.

use std::fmt;
use std::time::SystemTime;

use aither_client::RateLimit;
use serde::Serialize;

/// The limit that Hemera announced with its latest response.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limit {
    /// Requests in a window.
    #[serde(rename = "limit")]
    requests: u32,
    /// The window in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    window_seconds: Option<u64>,
    /// Requests in a row after a pause.
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<u32>,
    /// Requests that would be admitted now.
    remaining: u32,
    /// Seconds until the whole burst is there again.
    full_in_seconds: u64,
}

impl Limit {
    pub(crate) fn of(announced: &RateLimit, now: SystemTime) -> Self {
        Self {
            requests: announced.limit,
            window_seconds: announced.window.map(|window| window.as_secs()),
            burst: announced.burst.map(std::num::NonZero::get),
            remaining: announced.remaining,
            full_in_seconds: announced.reset.duration_since(now).unwrap_or_default().as_secs(),
        }
    }
}

/// For people.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.burst.unwrap_or(self.requests);
        write!(f, "limit: {} of {most} requests left", self.remaining)?;
        if self.remaining < most {
            write!(f, ", all again in {} s", self.full_in_seconds)?;
        }
        match self.window_seconds {
            Some(60) => write!(f, "; {} a minute", self.requests),
            Some(window) => write!(f, "; {} in {window} s", self.requests),
            None => Ok(()),
        }
    }
}
