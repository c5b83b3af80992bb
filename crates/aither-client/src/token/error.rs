//! The error of a token source.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a [`TokenSource`](crate::TokenSource) could not give a token.
///
/// It carries its cause and says whether asking again may help. Neither kind is final: the next call after a cool-down asks
/// the source again.
pub struct TokenError {
    cause: Box<dyn Error + Send + Sync>,
    remedy: Option<Cow<'static, str>>,
    transient: bool,
    retry_after: Option<Duration>,
}

impl TokenError {
    /// A failure that may pass by itself: a time-out, a broken connection, an issuer that is down.
    pub fn transient(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            remedy: None,
            transient: true,
            retry_after: None,
        }
    }

    /// A failure that lasts until an operator fixes it: a wrong key, a missing template, a banned user.
    pub fn permanent(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: cause.into(),
            remedy: None,
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

    /// Adds what to do about the failure, in one line. `Display` shows it after the cause.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.remedy = Some(remedy.into());
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

    /// What happened, in one line, without the [remedy](Self::remedy).
    pub fn summary(&self) -> String {
        self.clerk()
            .map_or_else(|| self.cause.to_string(), clerk::Error::summary)
    }

    /// What to do about it, in one line, if that is known.
    pub fn remedy(&self) -> Option<Cow<'static, str>> {
        self.clerk()
            .map(clerk::Error::remedy)
            .or_else(|| self.remedy.clone())
    }

    /// The cause, if it is an error of Clerk's, which has a summary and a remedy of its own.
    fn clerk(&self) -> Option<&clerk::Error> {
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
        fmt::Display::fmt(&self.cause, f)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenError")
            .field("transient", &self.transient)
            .field("retry_after", &self.retry_after)
            .field("cause", &format_args!("{}", self.cause))
            .field("remedy", &self.remedy)
            .finish()
    }
}

/// `Display` shows the cause itself, so the chain continues with the cause of the cause.
impl Error for TokenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
