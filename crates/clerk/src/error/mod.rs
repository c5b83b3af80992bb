//! Failed calls to Clerk: what happened, whether trying again can help, and what to do otherwise.

mod envelope;
mod kind;
mod remedy;
mod text;

use std::sync::Arc;
use std::time::Duration;

use network::ConnectFault;

pub(crate) use self::envelope::{Envelope, name};
pub use self::kind::ErrorKind;
use crate::operation::ClerkOperation;

type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// A failed call to Clerk.
///
/// Its text is one line that ends with what to do. What Clerk itself wrote, and errors of lower layers, are the
/// [`source`](std::error::Error::source): they may name people and belong into logs of operators only.
/// Cloning is cheap; one failure may be handed to many waiting callers.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    operation: ClerkOperation,
    kind: ErrorKind,
    status: Option<u16>,
    code: Option<String>,
    parameter: Option<String>,
    trace_id: Option<String>,
    retry_after: Option<Duration>,
    source: Option<Cause>,
}

/// What Clerk wrote in an error, kept apart from the public text.
#[derive(Debug, thiserror::Error)]
#[error("Clerk says: {0}")]
struct ClerkMessage(String);

impl Error {
    pub(crate) fn new(operation: ClerkOperation, kind: ErrorKind) -> Self {
        Self(Arc::new(Inner {
            operation,
            kind,
            status: None,
            code: None,
            parameter: None,
            trace_id: None,
            retry_after: None,
            source: None,
        }))
    }

    /// An answer that Clerk gave in its own error format.
    pub(crate) fn answered(operation: ClerkOperation, status: u16, envelope: Envelope) -> Self {
        let Envelope {
            code,
            parameter,
            trace_id,
            text,
        } = envelope;
        let mut inner = Self::new(operation, ErrorKind::of_status(status)).into_inner();
        inner.status = Some(status);
        inner.code = Some(code);
        inner.parameter = parameter;
        inner.trace_id = trace_id;
        inner.source = text.map(|text| Arc::new(ClerkMessage(text)) as Cause);
        Self(Arc::new(inner))
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        self.changed(|inner| inner.status = Some(status))
    }

    pub(crate) fn with_code(self, code: impl Into<String>) -> Self {
        self.changed(|inner| inner.code = Some(code.into()))
    }

    pub(crate) fn with_parameter(self, parameter: impl Into<String>) -> Self {
        self.changed(|inner| inner.parameter = Some(parameter.into()))
    }

    pub(crate) fn with_trace_id(self, trace_id: Option<String>) -> Self {
        self.changed(|inner| inner.trace_id = inner.trace_id.take().or(trace_id))
    }

    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        self.changed(|inner| inner.retry_after = retry_after)
    }

    pub(crate) fn with_source(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.changed(|inner| inner.source = Some(Arc::new(source)))
    }

    fn changed(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = self.into_inner();
        change(&mut inner);
        Self(Arc::new(inner))
    }

    fn into_inner(self) -> Inner {
        Arc::try_unwrap(self.0).unwrap_or_else(|shared| Inner {
            operation: shared.operation,
            kind: shared.kind,
            status: shared.status,
            code: shared.code.clone(),
            parameter: shared.parameter.clone(),
            trace_id: shared.trace_id.clone(),
            retry_after: shared.retry_after,
            source: shared.source.clone(),
        })
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was being done.
    pub fn operation(&self) -> ClerkOperation {
        self.0.operation
    }

    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Clerk's code (`clerk_key_invalid`, `resource_not_found`, …), where the answer had one.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The parameter that Clerk found fault with, or the claim that a token lacks.
    pub fn parameter(&self) -> Option<&str> {
        self.0.parameter.as_deref()
    }

    /// Clerk's id of the call, which its support asks for.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// Why there was no connection, where a proxy or a certificate is the reason.
    pub fn connect_fault(&self) -> Option<ConnectFault> {
        let source = self.0.source.as_deref()? as &(dyn std::error::Error + 'static);
        ConnectFault::of(source.downcast_ref()?)
    }

    /// How long Clerk asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed later without a change of settings or at Clerk.
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::Unreachable
            | ErrorKind::TimedOut
            | ErrorKind::RateLimited
            | ErrorKind::Unavailable
            | ErrorKind::TooSoon
            | ErrorKind::Interrupted => true,
            // A gateway in front of Clerk answers in HTML; its status still says what happened.
            ErrorKind::Unintelligible => self
                .0
                .status
                .is_some_and(|status| matches!(status, 408 | 425 | 429 | 500..)),
            _ => false,
        }
    }

    /// Clerk itself answered that the resource does not exist. An HTML page with status 404 is not such an answer.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Clerk did not accept our credential, or no longer knows the session.
    pub fn is_unauthorized(&self) -> bool {
        self.0.kind == ErrorKind::Unauthorized
    }

    /// The Frontend API no longer knows this client or its session: only a new sign-in helps.
    pub fn is_session_over(&self) -> bool {
        matches!(
            self.code(),
            Some("signed_out" | "action_for_session_not_authorized")
        )
    }

    /// The instance's plan does not include the operation (402).
    pub fn is_beyond_plan(&self) -> bool {
        self.0.status == Some(402)
    }

    /// Clerk asked us to slow down.
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(429)
    }

    /// There was no whole answer in time.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::TimedOut
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
