//! The one error of this crate: opaque, with questions to ask it.

mod display;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use hemera_types::{ErrorCode, FieldError, FieldErrors, Open, Operation, RequestId};
use http::StatusCode;

use crate::decode::{self, Undecodable};
use crate::send::{HttpResponse, SendError};
use crate::time_spent::TimeSpent;
use crate::token::TokenError;

type Cause = Box<dyn StdError + Send + Sync>;

/// Why a call did not succeed.
///
/// `Display` is one line that says what happened and what to do next; the technical cause is behind
/// [`source`](StdError::source). Neither ever holds a credential. Ask the `is_…` questions to decide
/// and [`request_id`](Self::request_id) to find the call in Hemera's log and audit records.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    operation: Option<Operation>,
    request_id: Option<RequestId>,
    attempts: u32,
    retry_after: Option<Duration>,
    /// It would have been tried again, but for the retry budget.
    without_retries: bool,
    time_spent: TimeSpent,
    source: Option<Cause>,
}

/// What happened. Private, so that what callers rely on are the questions.
#[derive(Debug)]
enum Kind {
    /// The client could not be built.
    Setup,
    /// The request would be refused; it was not sent.
    Invalid(FieldErrors),
    /// No token could be had.
    NoToken { transient: bool },
    /// No connection to Hemera came about.
    NotConnected,
    /// The connection broke.
    Broken,
    /// No answer within an attempt's time.
    TimedOut,
    /// The call's deadline passed.
    OutOfTime { deadline: Duration },
    /// The next place at the pacing gate is later than the deadline.
    Paced {
        /// Because the server asked for a pause.
        is_paused: bool,
    },
    /// Hemera keeps failing, so nothing was sent.
    CircuitOpen,
    /// The request could not be written, or the answer is larger than any of Hemera's.
    Unusable,
    /// An answer that says no.
    Answered {
        status: StatusCode,
        code: Option<Open<ErrorCode>>,
        message: Option<String>,
        fields: FieldErrors,
    },
    /// A success that cannot be read.
    Undecodable { status: StatusCode, path: String },
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            request_id: None,
            attempts: 0,
            retry_after: None,
            without_retries: false,
            time_spent: TimeSpent::default(),
            source: None,
        }))
    }

    pub(crate) fn setup(cause: impl Into<Cause>) -> Self {
        Self::new(Kind::Setup).with_source(cause)
    }

    pub(crate) fn invalid(operation: Operation, faults: FieldErrors) -> Self {
        let mut error = Self::new(Kind::Invalid(faults));
        error.0.operation = Some(operation);
        error
    }

    pub(crate) fn no_token(transient: bool, retry_in: Duration, cause: impl Into<Cause>) -> Self {
        Self::new(Kind::NoToken { transient })
            .with_retry_after(Some(retry_in))
            .with_source(cause)
    }

    /// The deadline passed, whatever the call was waiting for.
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
        .with_source(fault)
    }

    /// From an answer that is not a success.
    pub(crate) fn answered(answer: &HttpResponse) -> Self {
        let body = decode::failure(answer);
        let fields = body.as_ref().map(decode::fields).unwrap_or_default();
        let (code, message) = body.map(|body| (body.code, body.message)).unzip();
        Self::new(Kind::Answered {
            status: answer.status,
            code,
            message,
            fields,
        })
    }

    pub(crate) fn not_answered(cause: SendError) -> Self {
        let kind = match &cause {
            SendError::TimedOut(_) => Kind::TimedOut,
            SendError::NotConnected(_) => Kind::NotConnected,
            SendError::Broken(_) => Kind::Broken,
            SendError::TooLarge { .. } | SendError::NotSendable(_) => Kind::Unusable,
        };
        Self::new(kind).with_source(cause)
    }

    pub(crate) fn with_source(mut self, cause: impl Into<Cause>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn without_retries(mut self) -> Self {
        self.0.without_retries = true;
        self
    }

    pub(crate) fn with_time_spent(mut self, spent: TimeSpent) -> Self {
        self.0.time_spent = spent;
        self
    }

    pub(crate) fn of_call(mut self, operation: Operation, request_id: RequestId, attempts: u32) -> Self {
        self.0.operation = Some(operation);
        self.0.request_id = Some(request_id);
        self.0.attempts = attempts;
        self
    }
}

/// What is known.
impl Error {
    /// The status of Hemera's last answer, if it answered.
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.kind {
            Kind::Answered { status, .. } | Kind::Undecodable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The code of the contract, where the answer was one of Hemera's own.
    pub fn code(&self) -> Option<&Open<ErrorCode>> {
        match &self.0.kind {
            Kind::Answered { code, .. } => code.as_ref(),
            _ => None,
        }
    }

    /// The faulty fields of the request, where the server or this client named them.
    pub fn fields(&self) -> &[FieldError] {
        match &self.0.kind {
            Kind::Answered { fields, .. } | Kind::Invalid(fields) => &fields.fields,
            _ => &[],
        }
    }

    /// The id that all attempts of the call carried: quote it to Hemera's operators.
    pub fn request_id(&self) -> Option<&RequestId> {
        self.0.request_id.as_ref()
    }

    /// The operation that was asked for.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// Requests sent to Hemera, repetitions included. Zero: none left this machine.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How long to wait before asking again, where that is known: the server's `Retry-After` (also one
    /// that was too long to obey), the issuer's, the next free place of the pacing gate, or the next look
    /// whether Hemera is back.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Where the time of the call went.
    pub fn time_spent(&self) -> TimeSpent {
        self.0.time_spent
    }
}

/// What to do about it.
impl Error {
    /// No answer within an attempt's time, or the call's deadline passed. A write may have happened:
    /// repeat it, the same request gives the same result.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::TimedOut | Kind::OutOfTime { .. })
    }

    /// The call's deadline passed; [`time_spent`](Self::time_spent) says on what. Also a time-out.
    pub fn is_deadline_exceeded(&self) -> bool {
        matches!(self.0.kind, Kind::OutOfTime { .. })
    }

    /// No connection, or one that broke. Usually the network, the address or a restart.
    pub fn is_connection(&self) -> bool {
        matches!(self.0.kind, Kind::NotConnected | Kind::Broken)
    }

    /// Too many requests: Hemera said 429, or the pacing gate had no place before the deadline.
    pub fn is_throttled(&self) -> bool {
        matches!(self.0.kind, Kind::Paced { .. }) || self.has(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Hemera refused the credential, a renewed one too where one could be had. Usually the wrong
    /// Clerk instance, a token template without the expected audience, or a key that was withdrawn.
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

    /// The request is out of its limits; [`fields`](Self::fields) says where.
    pub fn is_invalid(&self) -> bool {
        matches!(self.0.kind, Kind::Invalid(_))
            || self.has(StatusCode::BAD_REQUEST)
            || self.has(StatusCode::PAYLOAD_TOO_LARGE)
            || self.has(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }

    /// The resource is no longer the one that was read; nothing was written.
    pub fn is_precondition_failed(&self) -> bool {
        self.has(StatusCode::PRECONDITION_FAILED)
    }

    /// Hemera, or what stands in front of it, could not answer (502, 503, 504), or keeps failing so that
    /// it was not asked ([`is_circuit_open`](Self::is_circuit_open)).
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

    /// Hemera has failed several times in a row, and it is not time yet to see whether it is back: nothing
    /// was sent. [`retry_after`](Self::retry_after) says when the next call is.
    pub fn is_circuit_open(&self) -> bool {
        matches!(self.0.kind, Kind::CircuitOpen)
    }

    /// The call was not tried again although that might have helped, because too many calls fail: the
    /// [`RetryBudget`](crate::RetryBudget) is spent.
    pub fn is_out_of_retries(&self) -> bool {
        self.0.without_retries
    }

    /// The source gave no token, so nothing was sent. [`source`](StdError::source) says why.
    pub fn is_token_unavailable(&self) -> bool {
        matches!(self.0.kind, Kind::NoToken { .. })
    }

    /// A success that this client cannot read. Usually not Hemera at all, or another contract version.
    pub fn is_undecodable(&self) -> bool {
        matches!(self.0.kind, Kind::Undecodable { .. })
    }

    /// Whether the same call may succeed later without anybody mending anything.
    pub fn is_transient(&self) -> bool {
        let token_may_come = matches!(self.0.kind, Kind::NoToken { transient: true });
        token_may_come
            || self.is_timeout()
            || self.is_connection()
            || self.is_throttled()
            || self.is_unavailable()
    }

    fn has(&self, expected: StatusCode) -> bool {
        self.status() == Some(expected)
    }

    /// What the token's source said, for the line that is shown.
    fn token_error(&self) -> Option<&TokenError> {
        self.0.source.as_ref()?.source()?.downcast_ref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.0.operation)
            .field("request_id", &self.0.request_id)
            .field("attempts", &self.0.attempts)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
