//! The one error of every handler and layer.
//!
//! What the caller may read and what went wrong inside are different fields. The public text is `&'static str`, so
//! that no inner error can be formatted into it; the cause goes to the log under the request id.

mod auth;
mod database;
mod reason;
mod response;

pub(crate) use self::reason::Reason;
pub(crate) use self::response::whole_seconds;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hemera_types::{BodyFault, ErrorCode, FieldErrors};
use serde_json::Value;

/// What a caller gets instead of an answer.
#[derive(Clone)]
pub(crate) struct ApiError(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: ErrorCode,
    message: &'static str,
    details: Option<Value>,
    retry_after: Option<Duration>,
    token_was_sent: bool,
    reason: Option<Reason>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
    audited: bool,
}

impl ApiError {
    /// An error with the code's own message.
    pub(crate) fn new(code: ErrorCode) -> Self {
        Self(Box::new(Parts {
            code,
            message: code.default_message(),
            details: None,
            retry_after: None,
            token_was_sent: false,
            reason: None,
            cause: None,
            audited: false,
        }))
    }

    /// The resource is not there: `message` names its kind.
    pub(crate) fn not_found(message: &'static str) -> Self {
        Self::new(ErrorCode::NotFound).with_message(message)
    }

    /// Parts of the request are out of their limits.
    pub(crate) fn invalid(fields: &FieldErrors) -> Self {
        let mut error = Self::new(ErrorCode::ValidationError);
        error.0.details = serde_json::to_value(fields).ok();
        error
    }

    /// A fault of ours. The cause is for the log alone.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::InternalError).with_cause(cause)
    }

    /// Something that we need is out of reach. The cause is for the log alone.
    pub(crate) fn unavailable(reason: Reason, retry_after: Duration) -> Self {
        Self::new(ErrorCode::ServiceUnavailable)
            .with_reason(reason)
            .with_retry_after(retry_after)
    }

    /// The caller has to wait before it may ask again.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        Self::new(ErrorCode::RateLimited).with_retry_after(wait)
    }

    /// Another public text.
    #[must_use]
    pub(crate) fn with_message(mut self, message: &'static str) -> Self {
        self.0.message = message;
        self
    }

    /// The inner reason, for the log, the audit log and the metrics.
    #[must_use]
    pub(crate) fn with_reason(mut self, reason: Reason) -> Self {
        self.0.reason = Some(reason);
        self
    }

    /// What went wrong inside, for the log.
    #[must_use]
    pub(crate) fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// When to come again.
    #[must_use]
    pub(crate) fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.0.retry_after = Some(retry_after);
        self
    }

    /// Marks the request as audited already: its record was part of the handler's own statement.
    #[must_use]
    pub(crate) fn audited(mut self) -> Self {
        self.0.audited = true;
        self
    }

    /// The code.
    pub(crate) fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The inner reason, where there is more to say than the code says.
    pub(crate) fn reason(&self) -> Option<Reason> {
        self.0.reason
    }

    /// Whether the handler's own statement has recorded the request.
    pub(crate) fn is_audited(&self) -> bool {
        self.0.audited
    }

    /// The causes, outermost first, in one line for the log.
    pub(crate) fn cause(&self) -> Option<String> {
        let mut next: Option<&(dyn Error + 'static)> = Some(self.0.cause.as_deref()?);
        let mut line = String::new();
        while let Some(error) = next {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&error.to_string());
            next = error.source();
        }
        Some(line)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("code", &self.0.code)
            .field("reason", &self.0.reason)
            .field("cause", &self.cause())
            .finish_non_exhaustive()
    }
}

impl From<FieldErrors> for ApiError {
    fn from(fields: FieldErrors) -> Self {
        Self::invalid(&fields)
    }
}

impl From<BodyFault> for ApiError {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::NotJson => Self::new(ErrorCode::InvalidInput),
            BodyFault::NotObject => Self::invalid(&FieldErrors::one("body", "must be a JSON object")),
            BodyFault::Fields(fields) => Self::invalid(&fields),
        }
    }
}
