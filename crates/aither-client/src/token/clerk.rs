//! Tokens of a Clerk service user: the way into Hemera in production.

use clerk::ServiceUser;

use super::{Token, TokenError, TokenFuture, TokenSource};

/// Tokens of a dedicated Clerk user.
///
/// A one-time sign-in ticket becomes a session, the session mints tokens: from the JWT template
/// `hemera-api` (15 minutes) or plain session tokens, as the [`ServiceUser`] is built. The session is
/// kept; when Clerk ended it, a new sign-in takes its place.
///
/// ```
/// use aither_client::ClerkServiceUser;
/// use clerk::{BackendApi, FrontendApi, SecretKey, ServiceUser, TokenKind};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let backend = BackendApi::builder(SecretKey::parse("sk_live_…")?).build()?;
/// let frontend = FrontendApi::builder("https://clerk.hemera.example".parse()?).build()?;
/// let user = ServiceUser::builder(backend, frontend, "aither-service@hemera-academy.com")
///     .with_token(TokenKind::Template("hemera-api".to_owned()))
///     .build();
/// let source = ClerkServiceUser::new(user);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClerkServiceUser(ServiceUser);

impl ClerkServiceUser {
    /// Tokens of `user`. Nothing is sent before the first token is needed.
    pub const fn new(user: ServiceUser) -> Self {
        Self(user)
    }
}

impl TokenSource for ClerkServiceUser {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            let minted = self.0.mint().await.map_err(told)?;
            Token::bearer(&minted.jwt, minted.lifetime).map_err(TokenError::permanent)
        })
    }
}

fn told(error: clerk::Error) -> TokenError {
    let wait = error.retry_after();
    let told = if error.is_transient() {
        TokenError::transient(error)
    } else {
        TokenError::permanent(error)
    };
    match wait {
        Some(wait) => told.with_retry_after(wait),
        None => told,
    }
}
