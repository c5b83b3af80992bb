//! Faults on purpose.

use std::collections::VecDeque;
use std::time::Duration;

use hemera_types::Operation;
use http::Method;
use parking_lot::Mutex;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The credential counts as expired: 401. A bearer token is not accepted again; a service key is, with the next request.
    ExpiredToken,
    /// 429, although the caller kept its limit.
    RateLimited {
        /// `Retry-After`, rounded up to whole seconds.
        retry_after: Duration,
    },
    /// 503. Nothing was written.
    Unavailable {
        /// `Retry-After`, rounded up to whole seconds.
        retry_after: Duration,
    },
    /// 500. Nothing was written.
    InternalError,
    /// The database is lost while the request is carried out: 503. What a write wants is stored nevertheless, and the caller
    /// cannot know it. Of many updates, `after` are answered as usual, the next one is stored with the verdict `UNKNOWN`, and
    /// the rest is `NOT_REACHED`; only where `after` is 0, the answer is 503.
    DatabaseLost {
        /// The updates before the loss, where there are many.
        after: usize,
    },
    /// Another caller has just changed what this request writes, of many participations the first: it has a new version. A
    /// write under a condition is then refused; one without succeeds. Reads pass this fault by.
    Conflict,
    /// The answer takes this long. A caller that hangs up meanwhile has done nothing.
    Slow(Duration),
    /// The connection is closed before the request does anything.
    Dropped,
    /// The request is carried out, and the connection is closed instead of an answer.
    AnswerLost,
}

/// A fault, how many requests meet it, and of which operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it does nothing until it is given to `fail_next`"]
pub struct FaultPlan {
    fault: Fault,
    times: u32,
    operation: Option<Operation>,
}

impl Fault {
    /// The fault for the next requests, this many.
    pub fn times(self, times: u32) -> FaultPlan {
        FaultPlan::from(self).times(times)
    }

    /// The fault for the next request of this operation.
    pub fn on(self, operation: Operation) -> FaultPlan {
        FaultPlan::from(self).on(operation)
    }

    /// Whether requests of the operation can meet it.
    fn concerns(self, operation: Operation) -> bool {
        self != Self::Conflict || operation.spec().method != Method::GET
    }
}

impl FaultPlan {
    /// The same for this many requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same for requests of this operation alone.
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    fn concerns(&self, operation: Operation) -> bool {
        self.operation.is_none_or(|only| only == operation) && self.fault.concerns(operation)
    }
}

impl From<Fault> for FaultPlan {
    /// For the next request of any operation.
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            times: 1,
            operation: None,
        }
    }
}

/// The faults that requests have still to meet.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<VecDeque<FaultPlan>>);

impl Faults {
    pub(super) fn add(&self, plan: FaultPlan) {
        if plan.times > 0 {
            self.0.lock().push_back(plan);
        }
    }

    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }

    /// The fault that a request of this operation meets: the one that was planned first.
    pub(super) fn take(&self, operation: Operation) -> Option<Fault> {
        let mut plans = self.0.lock();
        let position = plans.iter().position(|plan| plan.concerns(operation))?;
        let plan = plans.get_mut(position)?;
        let fault = plan.fault;
        plan.times -= 1;
        if plan.times == 0 {
            plans.remove(position);
        }
        Some(fault)
    }
}
