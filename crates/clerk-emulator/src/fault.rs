//! Faults: what goes wrong on purpose, and for which requests.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::pattern::Pattern;

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing but the delay.
    None,
    /// This status in Clerk's error shape; the request is not carried out.
    Status(u16),
    /// 429 with `Retry-After` in seconds; the request is not carried out.
    RetryAfter(u64),
    /// The connection ends without an answer; the request is not carried out.
    Cut,
    /// The request is carried out, then the connection ends without an answer.
    LoseAnswer,
    /// 200 with a page of HTML, as a proxy in between would send; the request is not carried out.
    Garbage,
    /// The request waits until the faults are cleared, and is carried out then.
    Hold,
}

/// One fault: which requests it is for, how many of them, and what happens to them.
///
/// ```
/// use clerk_emulator::{Effect, Fault};
/// let fault = Fault::new("/v1/sessions/*/tokens/**", Effect::Status(503)).with_method("POST").times(2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The path: `*` stands for one segment, a last `**` for any number.
    #[serde(default = "Pattern::any")]
    path: Pattern,
    /// The method; any, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// How many requests it is for; all until it is cleared, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    /// Waited before anything else, in milliseconds of real time.
    #[serde(default)]
    delay_ms: u64,
    /// What happens.
    #[serde(default = "no_effect")]
    effect: Effect,
}

const fn no_effect() -> Effect {
    Effect::None
}

impl Fault {
    /// A fault for every request to `path`, until it is cleared.
    pub fn new(path: impl Into<String>, effect: Effect) -> Self {
        Self {
            path: Pattern::new(path),
            method: None,
            times: None,
            delay_ms: 0,
            effect,
        }
    }

    /// Only for this method.
    #[must_use]
    pub fn with_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Only for the next `times` requests that it matches.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Waits this long first, in real time.
    #[must_use]
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    pub(crate) const fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    pub(crate) const fn effect(&self) -> &Effect {
        &self.effect
    }

    /// Whether what is answered is not what Clerk would answer.
    pub(crate) const fn replaces_the_answer(&self) -> bool {
        matches!(
            self.effect,
            Effect::Status(_) | Effect::RetryAfter(_) | Effect::Garbage
        )
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.times != Some(0)
            && self
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.matches(path)
    }
}

/// The faults in force, shared by all who hold a clone of them.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    list: Arc<Mutex<Vec<Fault>>>,
    /// Raised each time the faults are cleared: lets held requests go.
    cleared: watch::Sender<u64>,
}

impl Faults {
    pub(crate) fn new() -> Self {
        Self {
            list: Arc::default(),
            cleared: watch::Sender::new(0),
        }
    }

    pub(crate) fn add(&self, fault: Fault) {
        self.list.lock().push(fault);
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
        self.list.lock().clone()
    }

    /// The first fault that is for this request, counted down, and a receiver that notices when the faults are cleared.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<(Fault, watch::Receiver<u64>)> {
        let mut list = self.list.lock();
        let fault = list.iter_mut().find(|fault| fault.matches(method, path))?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        let taken = fault.clone();
        let cleared = self.cleared.subscribe();
        list.retain(|fault| fault.times != Some(0));
        Some((taken, cleared))
    }

    pub(crate) fn clear(&self) {
        self.list.lock().clear();
        self.cleared.send_modify(|count| *count += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_matches_its_requests_as_often_as_it_says() {
        let faults = Faults::new();
        faults.add(Fault::new("/v1/users/*", Effect::Cut).with_method("get").times(2));
        assert!(faults.take("POST", "/v1/users/1").is_none());
        assert!(faults.take("GET", "/v1/users").is_none());
        assert!(faults.take("GET", "/v1/users/1").is_some());
        assert!(faults.take("GET", "/v1/users/1").is_some());
        assert!(faults.take("GET", "/v1/users/1").is_none());
        assert!(faults.list().is_empty());
    }

    #[test]
    fn faults_read_as_json() {
        let fault: Fault =
            serde_json::from_str(r#"{"path":"/v1/jwks","effect":{"status":503},"times":1}"#).expect("valid");
        assert_eq!(fault, Fault::new("/v1/jwks", Effect::Status(503)).times(1));
        let slow: Fault = serde_json::from_str(r#"{"delay_ms":50}"#).expect("valid");
        assert_eq!(
            slow,
            Fault::new("/**", Effect::None).with_delay(Duration::from_millis(50))
        );
        assert!(serde_json::from_str::<Fault>(r#"{"effect":"cut","time":1}"#).is_err());
    }
}
