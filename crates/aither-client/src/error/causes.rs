//! Errors, made from what caused them.

use std::time::Duration;

use hemera_types::{FieldErrors, Operation};
use http::StatusCode;

use super::{Cause, Error, Inner, Kind};
use crate::call::CallIds;
use crate::decode::{self, Undecodable};
use crate::send::{HttpResponse, SendError};
use crate::time_spent::TimeSpent;
use crate::token::{TokenError, TokenUnavailable};

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            request_id: None,
            trace_id: None,
            attempts: 0,
            retry_after: None,
            is_out_of_retries: false,
            time_spent: TimeSpent::default(),
            response: None,
            source: None,
        }))
    }

    pub(crate) fn setup(cause: impl Into<Cause>) -> Self {
        Self::new(Kind::Setup(cause.into()))
    }

    pub(crate) fn invalid(operation: Operation, faults: FieldErrors) -> Self {
        let mut error = Self::new(Kind::Invalid(faults));
        error.0.operation = Some(operation);
        error
    }

    pub(crate) fn no_token(cause: TokenUnavailable) -> Self {
        let retry_in = cause.retry_in();
        Self::new(Kind::NoToken(cause)).with_retry_after(Some(retry_in))
    }

    pub(crate) fn not_signed_out(cause: TokenError) -> Self {
        let retry_after = cause.retry_after();
        Self::new(Kind::NotSignedOut(cause)).with_retry_after(retry_after)
    }

    pub(crate) fn out_of_time(deadline: Duration) -> Self {
        Self::new(Kind::OutOfTime { deadline })
    }

    pub(crate) fn paced(wait: Duration, is_paused: bool) -> Self {
        Self::new(Kind::Paced { is_paused }).with_retry_after(Some(wait))
    }

    pub(crate) fn circuit_open(wait: Duration) -> Self {
        Self::new(Kind::CircuitOpen).with_retry_after(Some(wait))
    }

    pub(crate) fn undecodable(status: StatusCode, fault: Undecodable) -> Self {
        Self::new(Kind::Undecodable {
            status,
            path: fault.path.clone(),
        })
        .with_source(fault.source)
    }

    /// From a response that is not a success.
    pub(crate) fn answered(response: HttpResponse) -> Self {
        let body = decode::failure(&response);
        let fields = body.as_ref().map(decode::fields).unwrap_or_default();
        let (code, message) = body.map(|body| (body.code, body.message)).unzip();
        let mut error = Self::new(Kind::Answered {
            status: response.status,
            code,
            message,
            fields,
        });
        error.0.response = Some(response);
        error
    }

    /// The response that this error is made of, or the error again if there was none.
    pub(crate) fn into_response(mut self) -> Result<HttpResponse, Self> {
        self.0.response.take().ok_or(self)
    }

    pub(crate) fn not_answered(cause: SendError) -> Self {
        let (kind, source) = match cause {
            SendError::TimedOut(source) => (Kind::TimedOut, source),
            SendError::NotConnected(source, fault) => (Kind::NotConnected(fault), source),
            SendError::Broken(source) => (Kind::Broken, source),
            SendError::NotSendable(source) => (Kind::NotSendable, source),
            SendError::TooLarge { limit } => return Self::new(Kind::TooLarge { limit }),
        };
        Self::new(kind).with_source(source)
    }

    pub(crate) fn with_source(mut self, cause: impl Into<Cause>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn with_retry_budget_used_up(mut self) -> Self {
        self.0.is_out_of_retries = true;
        self
    }

    pub(crate) fn with_time_spent(mut self, spent: TimeSpent) -> Self {
        self.0.time_spent = spent;
        self
    }

    pub(crate) fn of_call(mut self, operation: Operation, ids: &CallIds, attempts: u32) -> Self {
        self.0.operation = Some(operation);
        self.0.request_id = Some(ids.request_id.clone());
        self.0.trace_id = Some(ids.trace.trace_id());
        self.0.attempts = attempts;
        self
    }
}
