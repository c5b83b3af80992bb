//! The error of a call: opaque, with methods that classify it.

mod causes;
mod display;
mod outcome;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use hemera_types::{ErrorCode, FieldError, FieldErrors, Open, Operation, RequestId, TraceId};
use http::StatusCode;
use network::ConnectFault;

use crate::send::HttpResponse;
use crate::time_spent::TimeSpent;
use crate::token::{TokenError, TokenUnavailable};

type Cause = Box<dyn StdError + Send + Sync>;

/// Why a call did not succeed.
///
/// `Display` is one line that says what happened and what to do next; the technical cause is the
/// [`source`](StdError::source), whose text is never part of that line. `Debug` is the same line, so that a `main` which
/// returns the error prints it; `{:#?}` is the structure. None of them ever contains a credential. Use the `is_…` methods to decide what to do, and
/// [`request_id`](Self::request_id) to find the call in Hemera's log and audit records.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: Option<Operation>,
    request_id: Option<RequestId>,
    trace_id: Option<TraceId>,
    attempts: u32,
    retry_after: Option<Duration>,
    /// The call was not retried because the retry budget is used up.
    is_out_of_retries: bool,
    time_spent: TimeSpent,
    /// The response that the error is made of, for a caller that passes it on.
    response: Option<HttpResponse>,
    source: Option<Cause>,
}

/// What happened. Private: callers rely on the methods of [`Error`].
#[derive(Debug)]
enum Kind {
    /// The client could not be built.
    Setup(Cause),
    /// Hemera would refuse the request; it was not sent.
    Invalid(FieldErrors),
    /// The source gave no token.
    NoToken(TokenUnavailable),
    /// The source could not end its session.
    NotSignedOut(TokenError),
    /// No connection to Hemera could be made. With the fault, if a proxy or a certificate is the reason.
    NotConnected(Option<ConnectFault>),
    /// The connection broke.
    Broken,
    /// No response within an attempt's time.
    TimedOut,
    /// The call's deadline passed.
    OutOfTime { deadline: Duration },
    /// The next slot at the pacing gate is later than the deadline.
    Paced {
        /// Because the server asked to wait.
        is_paused: bool,
    },
    /// Hemera keeps failing, so nothing was sent.
    CircuitOpen,
    /// The request could not be written.
    NotSendable,
    /// The response is larger than any of Hemera's.
    TooLarge { limit: usize },
    /// A response that is not a success.
    Answered {
        status: StatusCode,
        code: Option<Open<ErrorCode>>,
        message: Option<String>,
        fields: FieldErrors,
    },
    /// A success that cannot be decoded.
    Undecodable { status: StatusCode, path: String },
}

/// Facts about the call.
impl Error {
    /// The status of Hemera's last response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.kind {
            Kind::Answered { status, .. } | Kind::Undecodable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The code of the contract, if the response was one of Hemera's own.
    pub fn code(&self) -> Option<&Open<ErrorCode>> {
        match &self.0.kind {
            Kind::Answered { code, .. } => code.as_ref(),
            _ => None,
        }
    }

    /// The invalid fields of the request, if the server or this client named them.
    pub fn fields(&self) -> &[FieldError] {
        match &self.0.kind {
            Kind::Answered { fields, .. } | Kind::Invalid(fields) => &fields.fields,
            _ => &[],
        }
    }

    /// The id that all attempts of the call carried: give it to Hemera's operators.
    pub fn request_id(&self) -> Option<&RequestId> {
        self.0.request_id.as_ref()
    }

    /// The trace that the call belongs to, as in [`CallInfo`](crate::CallInfo).
    pub fn trace_id(&self) -> Option<TraceId> {
        self.0.trace_id
    }

    /// The operation that was called.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// Requests sent to Hemera, including retries. Zero: nothing was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long to wait before calling again, if that is known: the `Retry-After` of the server (even one that was too long
    /// to wait for) or of the token issuer, the next slot of the pacing gate, or the next probe of the circuit.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The error of the token source, if it gave no token ([`is_token_unavailable`](Self::is_token_unavailable)) or could not
    /// end its session.
    pub fn token_error(&self) -> Option<&TokenError> {
        match &self.0.kind {
            Kind::NoToken(unavailable) => unavailable.failure(),
            Kind::NotSignedOut(error) => Some(error),
            _ => None,
        }
    }

    /// What the call spent its time on.
    pub fn time_spent(&self) -> TimeSpent {
        self.0.time_spent
    }
}

/// Classification.
impl Error {
    /// No response within an attempt's time, or the call's deadline passed. A write may have happened: repeat it, the same
    /// request gives the same result.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::TimedOut | Kind::OutOfTime { .. })
    }

    /// The call's deadline passed; [`time_spent`](Self::time_spent) says where the time went. Also a time-out.
    pub fn is_deadline_exceeded(&self) -> bool {
        matches!(self.0.kind, Kind::OutOfTime { .. })
    }

    /// No connection could be made, or it broke. Usual causes: the network, the address, a restart. If a proxy or a
    /// certificate is the reason, the text says which.
    pub fn is_connection(&self) -> bool {
        matches!(self.0.kind, Kind::NotConnected(_) | Kind::Broken)
    }

    /// Too many requests: Hemera responded with 429, or the pacing gate had no slot before the deadline.
    pub fn is_throttled(&self) -> bool {
        matches!(self.0.kind, Kind::Paced { .. }) || self.has(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Hemera refused the credential, and a renewed one as well if the source gave one. Usual causes: the wrong Clerk
    /// instance, a token template without the expected audience, or a withdrawn key.
    pub fn is_unauthorized(&self) -> bool {
        self.has(StatusCode::UNAUTHORIZED)
    }

    /// The credential is valid but its role may not do this, or the address is not on the allow-list.
    pub fn is_forbidden(&self) -> bool {
        self.has(StatusCode::FORBIDDEN)
    }

    /// There is no such resource.
    pub fn is_not_found(&self) -> bool {
        self.has(StatusCode::NOT_FOUND)
    }

    /// The request violates the limits of the contract; [`fields`](Self::fields) says where.
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.kind, Kind::Invalid(_))
            || self.has(StatusCode::BAD_REQUEST)
            || self.has(StatusCode::PAYLOAD_TOO_LARGE)
            || self.has(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }

    /// The resource has changed since it was read; nothing was written.
    pub fn is_precondition_failed(&self) -> bool {
        self.has(StatusCode::PRECONDITION_FAILED)
    }

    /// Hemera, or a proxy in front of it, is unavailable (502, 503, 504), or keeps failing so that nothing was sent
    /// ([`is_circuit_open`](Self::is_circuit_open)).
    pub fn is_unavailable(&self) -> bool {
        let answered = [
            StatusCode::BAD_GATEWAY,
            StatusCode::SERVICE_UNAVAILABLE,
            StatusCode::GATEWAY_TIMEOUT,
        ]
        .into_iter()
        .any(|status| self.has(status));
        answered || self.is_circuit_open()
    }

    /// Hemera has failed several times in a row and the next probe is not due yet: nothing was sent.
    /// [`retry_after`](Self::retry_after) says when a call is sent again.
    pub fn is_circuit_open(&self) -> bool {
        matches!(self.0.kind, Kind::CircuitOpen)
    }

    /// The call was not retried although that might have helped, because too many calls fail: the
    /// [`RetryBudget`](crate::RetryBudget) is used up.
    pub fn is_out_of_retries(&self) -> bool {
        self.0.is_out_of_retries
    }

    /// The source gave no token, so nothing was sent. [`token_error`](Self::token_error) says why.
    pub fn is_token_unavailable(&self) -> bool {
        matches!(self.0.kind, Kind::NoToken(_))
    }

    /// A success that this client cannot decode. Usual causes: the server is not Hemera, or has another contract version.
    pub fn is_undecodable(&self) -> bool {
        matches!(self.0.kind, Kind::Undecodable { .. })
    }

    /// Whether the same call may succeed later without any change.
    pub fn is_transient(&self) -> bool {
        let of_source = match &self.0.kind {
            Kind::NoToken(unavailable) => unavailable.is_transient(),
            Kind::NotSignedOut(error) => error.is_transient(),
            _ => false,
        };
        of_source || self.is_timeout() || self.is_connection() || self.is_throttled() || self.is_unavailable()
    }

    fn has(&self, expected: StatusCode) -> bool {
        self.status() == Some(expected)
    }
}

/// One line as `Display`, or with `{:#?}` the structure.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("request_id", &self.0.request_id)
            .field("trace_id", &self.0.trace_id)
            .field("attempts", &self.0.attempts)
            .field("retry_after", &self.0.retry_after)
            .field("is_out_of_retries", &self.0.is_out_of_retries)
            .field("time_spent", &self.0.time_spent)
            .field("source", &self.0.source)
            .finish()
    }
}

/// Where `Display` shows an error of another layer, the chain continues with the cause of that one.
impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            Kind::Setup(shown) => shown.source(),
            Kind::NoToken(shown) => shown.source(),
            Kind::NotSignedOut(shown) => shown.source(),
            _ => Some(self.0.source.as_deref()?),
        }
    }
}
