//! Why there is no token.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use freshness::Unavailable;

use super::TokenError;

/// There is no valid token, and none could be fetched.
///
/// `Display`, and `Debug` without `#`, are one line that says why and what to do. It is the answer of this moment: the first
/// request after [`retry_in`](Self::retry_in) asks the source again.
#[derive(Clone)]
pub struct TokenUnavailable(Unavailable<TokenError>);

impl TokenUnavailable {
    pub(super) const fn new(unavailable: Unavailable<TokenError>) -> Self {
        Self(unavailable)
    }

    /// The error of the source, if the source returned one.
    pub fn failure(&self) -> Option<&TokenError> {
        self.0.failure().map(AsRef::as_ref)
    }

    /// The time until the source may be asked again.
    pub fn retry_in(&self) -> Duration {
        self.0.retry_in()
    }

    /// Whether a token may be available later without any change.
    pub fn is_transient(&self) -> bool {
        self.failure().is_none_or(TokenError::is_transient)
    }

    /// Why there is none, in one line, without the [remedy](Self::remedy).
    pub fn summary(&self) -> Cow<'static, str> {
        match &self.0 {
            Unavailable::Failed { source, .. } => source.summary().into(),
            Unavailable::TimedOut { .. } => "the token source did not answer in time".into(),
            Unavailable::Panicked { .. } => "the token source panicked".into(),
            Unavailable::Interrupted { .. } => {
                "the Tokio runtime ended before the token source had answered".into()
            }
            Unavailable::Outdated { .. } => {
                "the token source returned a token that had already expired".into()
            }
            Unavailable::CoolingDown { .. } => {
                "the last token was refused or expired, and it is too early to ask for another".into()
            }
            _ => "the token source gave none".into(),
        }
    }

    /// What to do about it, in one line, if that is known.
    pub fn remedy(&self) -> Option<Cow<'static, str>> {
        let known = self.failure().and_then(TokenError::remedy);
        let later = || format!("try again in {:.1} s", self.retry_in().as_secs_f64()).into();
        known.or_else(|| self.is_transient().then(later))
    }

    /// Summary and remedy.
    pub(crate) fn detail(&self) -> String {
        match (self.failure(), self.remedy()) {
            // The text of the source has its remedy in it.
            (Some(error), Some(_)) if error.remedy().is_some() => error.to_string(),
            (_, Some(remedy)) => format!("{}; {remedy}", self.summary()),
            (_, None) => self.summary().into_owned(),
        }
    }
}

impl fmt::Display for TokenUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no token could be fetched; {}", self.detail())
    }
}

/// As [`Display`](fmt::Display), so that a `main` that returns it prints a line for people; `{:#?}` shows the structure.
impl fmt::Debug for TokenUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            f.debug_tuple("TokenUnavailable").field(&self.0).finish()
        } else {
            fmt::Display::fmt(self, f)
        }
    }
}

/// `Display` shows the source's error, so the chain continues with its cause.
impl Error for TokenUnavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.failure()?.source()
    }
}
