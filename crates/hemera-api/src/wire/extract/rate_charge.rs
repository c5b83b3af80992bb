//! What a request counts in the rate limit, beyond the one that every request counts.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::request::Parts;
use parking_lot::Mutex;

use crate::auth::Caller;
use crate::limit::{Decision, Limiter};
use crate::wire::error::ApiError;

/// The count of a request that was admitted as one, and may turn out to count as more. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct RateCharge(Arc<Charge>);

#[derive(Debug)]
struct Charge {
    limiter: Arc<Limiter>,
    caller: Caller,
    began: Duration,
    decision: Mutex<Decision>,
}

impl RateCharge {
    /// Counts this caller's request as one.
    pub(crate) async fn of(limiter: Arc<Limiter>, caller: Caller) -> Self {
        // Before the count, so that its age is not less than it is.
        let began = limiter.now();
        let decision = limiter.check(caller.role, &caller.subject).await;
        Self(Arc::new(Charge {
            limiter,
            caller,
            began,
            decision: Mutex::new(decision),
        }))
    }

    /// The latest decision.
    pub(crate) fn decision(&self) -> Decision {
        *self.0.decision.lock()
    }

    /// Counts the request as `weight` requests, of which one is counted already.
    ///
    /// # Errors
    /// `RATE_LIMITED` where there is no room for all of them. Then the one is given back, less its age, and after the
    /// wait that the error names there is room for all.
    pub(crate) async fn raise_to(&self, weight: u32) -> Result<(), ApiError> {
        let Charge {
            limiter,
            caller,
            began,
            ..
        } = &*self.0;
        let decision = limiter
            .raise(caller.role, &caller.subject, (*began, self.decision()), weight)
            .await;
        *self.0.decision.lock() = decision;
        decision
            .retry_in()
            .map_or(Ok(()), |wait| Err(ApiError::rate_limited(wait)))
    }
}

impl<S: Sync> FromRequestParts<S> for RateCharge {
    type Rejection = ApiError;

    /// The order of checks has put it there. A route without it would be a fault of ours.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::internal("the route has no rate charge"))
    }
}
