//! What a source of tokens is. `docs/architecture.md` ("A token's life") says how to add one to this crate.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Token, TokenError};

/// The future that [`TokenSource::token`] returns: boxed, so that sources can be used as `dyn TokenSource`.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<Token, TokenError>> + Send + 'a>>;

/// The future that [`TokenSource::sign_out`] and [`TokenSource::close`] return.
pub type SignOutFuture<'a> = Pin<Box<dyn Future<Output = Result<(), TokenError>> + Send + 'a>>;

/// A source of tokens.
///
/// A source asks its issuer every time: the [`TokenCache`](crate::TokenCache) in front of it keeps the token, renews it
/// before it expires, shares one request among all callers and spaces failed requests. So an implementation is one request
/// and nothing else.
///
/// ```
/// use std::time::Duration;
/// use aither_client::{SecretString, Token, TokenError, TokenFuture, TokenSource};
///
/// /// Tokens from our own vault.
/// #[derive(Debug)]
/// struct Vault;
///
/// impl Vault {
///     async fn read(&self) -> std::io::Result<String> {
///         Ok("header.payload.signature".to_owned())
///     }
/// }
///
/// impl TokenSource for Vault {
///     fn token(&self) -> TokenFuture<'_> {
///         Box::pin(async {
///             let jwt = self.read().await.map_err(TokenError::transient)?;
///             let jwt = SecretString::from(jwt);
///             Token::bearer(&jwt, Duration::from_mins(15)).map_err(TokenError::permanent)
///         })
///     }
/// }
/// ```
///
/// `Debug` is required because the client's `Debug` shows its source; an implementation must not show secrets.
///
/// A source that opens something at its issuer, such as a session, ends it in [`sign_out`](Self::sign_out).
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Requests a token from the issuer. Runs in a task of its own, never twice at the same time.
    fn token(&self) -> TokenFuture<'_>;

    /// Informs the source that Hemera has refused this token. A source that keeps tokens must not return it again. A source
    /// that asks its issuer every time has nothing to do; that is the default.
    fn refused(&self, token: &Token) {
        let _ = token;
    }

    /// When the session ends that an operator has enrolled this host for, if the source has one and knows its end: from then
    /// on it gives no token without another enrolment. By default there is none.
    fn enrolment_ends_at(&self) -> Option<SystemTime> {
        None
    }

    /// Ends what the source has opened at its issuer, such as a session, also where it is kept for the next process. The next
    /// request for a token may open it again. By default there is nothing to end.
    fn sign_out(&self) -> SignOutFuture<'_> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Ends what the source has opened at its issuer and this process alone uses; what is kept for the next process stays. By
    /// default the same as [`sign_out`](Self::sign_out).
    fn close(&self) -> SignOutFuture<'_> {
        self.sign_out()
    }
}

impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    fn token(&self) -> TokenFuture<'_> {
        (**self).token()
    }

    fn refused(&self, token: &Token) {
        (**self).refused(token);
    }

    fn enrolment_ends_at(&self) -> Option<SystemTime> {
        (**self).enrolment_ends_at()
    }

    fn sign_out(&self) -> SignOutFuture<'_> {
        (**self).sign_out()
    }

    fn close(&self) -> SignOutFuture<'_> {
        (**self).close()
    }
}

impl<S: TokenSource + ?Sized> TokenSource for Box<S> {
    fn token(&self) -> TokenFuture<'_> {
        (**self).token()
    }

    fn refused(&self, token: &Token) {
        (**self).refused(token);
    }

    fn enrolment_ends_at(&self) -> Option<SystemTime> {
        (**self).enrolment_ends_at()
    }

    fn sign_out(&self) -> SignOutFuture<'_> {
        (**self).sign_out()
    }

    fn close(&self) -> SignOutFuture<'_> {
        (**self).close()
    }
}
