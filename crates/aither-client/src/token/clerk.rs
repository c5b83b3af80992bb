//! Tokens of a Clerk service user by ticket, for hosts that have the secret key.

use clerk::ServiceUser;

use super::{SignOutFuture, Token, TokenFuture, TokenSource};

/// The claims that Hemera's JWT template adds to every token: the audience and the role. A token without one of them is
/// refused here with a remedy, because Hemera's refusal would not say why.
pub(crate) const REQUIRED_CLAIMS: [&str; 2] = ["aud", "role"];

/// Tokens of a dedicated Clerk user.
///
/// A one-time sign-in ticket becomes a session, the session mints tokens: from the JWT template
/// `hemera-api` (15 minutes) or plain session tokens, depending on how the [`ServiceUser`] is built. The session is reused
/// until Clerk ends it; then a new sign-in follows. A process that ends leaves its session behind, unless it signs out
/// ([`HemeraClient::close`](crate::HemeraClient::close)). A [`ServiceUser`] with a
/// [`FileSessionStore`](crate::FileSessionStore) leaves it for the next process.
///
/// ```
/// use aither_client::ClerkServiceUser;
/// use aither_client::clerk::{BackendApi, FrontendApi, SecretKey, ServiceUser, TokenKind};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let backend = BackendApi::builder(SecretKey::parse("sk_live_…")?).build()?;
/// let frontend = FrontendApi::builder("https://clerk.hemera.example".parse()?).build()?;
/// let user = ServiceUser::builder(backend, frontend, "aither-service@hemera-academy.com")
///     .with_token(TokenKind::Template("hemera-api".to_owned()))
///     .build();
/// let source = ClerkServiceUser::new(user).with_required_claims(["aud", "role"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClerkServiceUser {
    user: ServiceUser,
    required_claims: Vec<&'static str>,
}

impl ClerkServiceUser {
    /// A source of tokens of `user`. Sends nothing before the first token is needed.
    pub const fn new(user: ServiceUser) -> Self {
        let required_claims = Vec::new();
        Self {
            user,
            required_claims,
        }
    }

    /// Requires these claims: a token without one of them is an error with a remedy and is never sent.
    #[must_use]
    pub fn with_required_claims(mut self, claims: impl IntoIterator<Item = &'static str>) -> Self {
        self.required_claims = claims.into_iter().collect();
        self
    }
}

impl TokenSource for ClerkServiceUser {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            let minted = self.user.mint().await?;
            minted.require_claims(&self.required_claims)?;
            Token::minted(&minted)
        })
    }

    fn sign_out(&self) -> SignOutFuture<'_> {
        Box::pin(async { Ok(self.user.sign_out().await?) })
    }

    fn close(&self) -> SignOutFuture<'_> {
        Box::pin(async { Ok(self.user.close().await?) })
    }
}
