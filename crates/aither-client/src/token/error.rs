//! The error of a token source.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a [`TokenSource`](crate::TokenSource) could not give a token.
///
/// It carries its cause and says whether asking again may help. Neither kind is final: the next call after a cool-down asks
/// the source again.
pub struct TokenError {
    cause: Box<dyn Error + Send + Sync>,
    transient: bool,
    retry_after: Option<Duration>,
}

impl TokenError {
    /// A failure that may pass by itself: a time-out, a broken connection, an issuer that is down.
    pub fn transient(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            transient: true,
            retry_after: None,
        }
    }

    /// A failure that lasts until an operator fixes it: a wrong key, a missing template, a banned user.
    pub fn permanent(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            transient: false,
            retry_after: None,
        }
    }

    /// Adds how long the issuer asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Whether asking again may help without any change.
    pub const fn is_transient(&self) -> bool {
        self.transient
    }

    /// How long the issuer asks to wait, if it said so.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The cause, if it is an error of Clerk's.
    pub(crate) fn clerk(&self) -> Option<&clerk::Error> {
        self.cause.downcast_ref()
    }
}

/// Clerk's errors know whether trying again can help, and when.
impl From<clerk::Error> for TokenError {
    fn from(error: clerk::Error) -> Self {
        let wait = error.retry_after();
        let token_error = if error.is_transient() {
            Self::transient(error)
        } else {
            Self::permanent(error)
        };
        match wait {
            Some(wait) => token_error.with_retry_after(wait),
            None => token_error,
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

/// `Display` shows the cause itself, so the chain continues with the cause of the cause.
impl Error for TokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
