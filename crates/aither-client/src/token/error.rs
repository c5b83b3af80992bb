//! Why there is no token.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a [`TokenSource`](crate::TokenSource) could not give a token.
///
/// It carries its cause and answers the one question that callers have: does it pay to ask again?
/// Either way nothing is given up for ever: the next call after a cool-down asks the source anew.
pub struct TokenError {
    cause: Box<dyn Error + Send + Sync>,
    transient: bool,
    retry_after: Option<Duration>,
}

impl TokenError {
    /// A failure that may be over soon: a time-out, a broken connection, an issuer out of order.
    pub fn transient(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            transient: true,
            retry_after: None,
        }
    }

    /// A failure that stays until somebody mends it: a wrong key, a missing template, a banned user.
    pub fn permanent(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            transient: false,
            retry_after: None,
        }
    }

    /// The issuer said how long it wants to be left alone.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Whether asking again may help without anybody mending anything.
    pub const fn is_transient(&self) -> bool {
        self.transient
    }

    /// How long the issuer wants to be left alone, where it said so.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The cause, where it is an error of Clerk's.
    pub(crate) fn clerk(&self) -> Option<&clerk::Error> {
        self.cause.downcast_ref()
    }
}

/// Clerk's errors know whether trying again can help, and when.
impl From<clerk::Error> for TokenError {
    fn from(error: clerk::Error) -> Self {
        let wait = error.retry_after();
        let told = if error.is_transient() {
            Self::transient(error)
        } else {
            Self::permanent(error)
        };
        match wait {
            Some(wait) => told.with_retry_after(wait),
            None => told,
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.cause, f)
    }
}

impl fmt::Debug for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenError")
            .field("transient", &self.transient)
            .field("retry_after", &self.retry_after)
            .field("cause", &format_args!("{}", self.cause))
            .finish()
    }
}

/// The cause is shown in place, so the chain goes on with what lies behind it.
impl Error for TokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
