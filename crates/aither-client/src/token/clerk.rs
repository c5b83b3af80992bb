//! Tokens of a Clerk service user by ticket: the way into Hemera where the secret key is at hand.

use clerk::ServiceUser;

use super::{Token, TokenFuture, TokenSource};

/// What Hemera's JWT template puts into every token: without the first a token is anybody's, without the
/// second its holder may do nothing. A token that lacks one is told here, with what to do, and not by a
/// refusal of Hemera's that says nothing.
pub(crate) const REQUIRED_CLAIMS: [&str; 2] = ["aud", "role"];

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
    /// Tokens of `user`. Nothing is sent before the first token is needed.
    pub const fn new(user: ServiceUser) -> Self {
        let required_claims = Vec::new();
        Self {
            user,
            required_claims,
        }
    }

    /// A token that lacks one of these is an error with a remedy, and never sent.
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
}
