//! The kinds of failure, each with a different thing to do about it.

/// What kind of failure an [`Error`](crate::Error) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting makes the call impossible (a base URL without https, TLS that cannot be set up). Nothing was sent.
    Setting,
    /// An argument cannot be sent (an empty id). Nothing was sent.
    Argument,
    /// No connection, or it was cut.
    Unreachable,
    /// No whole answer before the deadline.
    TimedOut,
    /// An answer that Clerk does not give: HTML, nothing, a redirect, too much, or JSON of another shape.
    Unintelligible,
    /// 401: the credential is not accepted.
    Unauthorized,
    /// 402 and 403: the user, the plan or the instance does not allow it.
    Forbidden,
    /// 404 in Clerk's own error format.
    NotFound,
    /// 409 and 423: another resource or change is in the way.
    Conflict,
    /// 400, 413, 415, 422 and the rest of 4xx: what was asked cannot be done as asked.
    Invalid,
    /// 429.
    RateLimited,
    /// 5xx.
    Unavailable,
    /// Nothing was sent: the last sign-in was a moment ago, and its session is gone already. This crate spaces them.
    TooSoon,
    /// The call ended with the Tokio runtime that it ran in. Clerk did not cause it.
    Interrupted,
    /// A token was minted, but without a claim that its receiver needs.
    ClaimMissing,
    /// The sign-in was accepted but wants more than a ticket (a second factor, a new password, a session task).
    SignInIncomplete,
    /// The store of a session cannot be used. Clerk did not cause it.
    StoreFailed,
}

impl ErrorKind {
    /// The kind that goes with a status of 400 and above.
    pub(super) fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            402 | 403 => Self::Forbidden,
            404 => Self::NotFound,
            409 | 423 => Self::Conflict,
            429 => Self::RateLimited,
            408 | 425 | 500.. => Self::Unavailable,
            _ => Self::Invalid,
        }
    }
}
