//! What the phases of a call work on: the parts that all calls share, and the state of one call.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock, Sleep};

use crate::call::{Call, CallIds};
use crate::call_options::{CallOptions, Resend};
use crate::circuit::Circuit;
use crate::client_status::ClientStatus;
use crate::deadline::Deadline;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::response_cache::ResponseCache;
use crate::retry::{Backoff, Retries, RetryLimits};
use crate::send::HttpResponse;
use crate::throttle::Throttle;
use crate::token::{Token, TokenCache};

/// Everything that the calls of a client share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) http: reqwest::Client,
    pub(crate) tokens: TokenCache,
    pub(crate) circuit: Circuit,
    pub(crate) throttle: Throttle,
    pub(crate) retries: Retries,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleep: Arc<dyn Sleep>,
    pub(crate) limits: RetryLimits,
    /// For a whole call, unless its options say otherwise.
    pub(crate) deadline: Duration,
    /// For one attempt, if the deadline leaves that much.
    pub(crate) attempt_timeout: Duration,
    /// `None` caches nothing.
    pub(crate) response_cache: Option<ResponseCache>,
    pub(crate) metrics: Metrics,
}

impl Pipeline {
    /// What goes on at this moment.
    pub(crate) fn status(&self) -> ClientStatus {
        ClientStatus {
            rate_limit: self.throttle.announced(),
            paused_for: self.throttle.paused_for(),
            waiting: self.throttle.waiting(),
            in_flight: self.throttle.in_flight(),
            retries_left: self.retries.available(),
            circuit: self.circuit.state(),
        }
    }
}

/// One call in progress.
pub(super) struct CallState<'a> {
    pub(super) call: &'a Call,
    pub(super) ids: &'a CallIds,
    pub(super) resend: Resend,
    pub(super) deadline: Deadline,
    pub(super) backoff: Backoff,
    /// Requests sent.
    pub(super) attempts: u32,
    /// How much longer the call may wait for the circuit before its first attempt.
    pub(super) circuit_wait_left: Duration,
    /// The token that Hemera refused. The call is sent once more if the source has another one.
    pub(super) refused: Option<RefusedToken>,
    /// The error of the last attempt, if the call is retried after it.
    pub(super) last_error: Option<Error>,
    /// Send without `If-None-Match` (the cached copy was not confirmed).
    pub(super) skip_if_none_match: bool,
}

/// A token with the 401 that it got.
pub(super) struct RefusedToken {
    pub(super) token: Token,
    pub(super) response: HttpResponse,
}

/// How long an attempt may take.
#[derive(Clone, Copy)]
pub(super) struct AttemptTime {
    pub(super) timeout: Duration,
    /// The deadline leaves less than the usual time of an attempt.
    pub(super) is_cut_short: bool,
}

impl<'a> CallState<'a> {
    pub(super) fn new(pipeline: &Pipeline, call: &'a Call, ids: &'a CallIds, options: &CallOptions) -> Self {
        let deadline = options.deadline.unwrap_or(pipeline.deadline);
        Self {
            call,
            ids,
            resend: options.resend,
            deadline: Deadline::new(Arc::clone(&pipeline.clock), deadline),
            backoff: Backoff::new(),
            attempts: 0,
            circuit_wait_left: pipeline.circuit.longest_wait(),
            refused: None,
            last_error: None,
            skip_if_none_match: false,
        }
    }

    /// Counts an attempt and returns how long it may take; `None` after the deadline.
    pub(super) fn start_attempt(&mut self, attempt_timeout: Duration) -> Option<AttemptTime> {
        let left = self.deadline.left();
        if left.is_zero() {
            return None;
        }
        self.attempts += 1;
        Some(AttemptTime {
            timeout: attempt_timeout.min(left),
            is_cut_short: left < attempt_timeout,
        })
    }

    pub(super) fn out_of_time(&self) -> Error {
        Error::out_of_time(self.deadline.budget())
    }
}
