//! Verification of tokens: shape, header, signature, claims, in this order.

mod checks;
mod claims;
mod class;
mod compact;
mod header;
mod policy;
mod refusal;
mod strict_json;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use freshness::Clock;
use serde_json::{Map, Value};

use self::claims::Claims;
pub use self::class::TokenClass;
use self::compact::Compact;
use self::header::Header;
pub use self::policy::{ClassPolicy, TokenPolicy};
pub use self::refusal::{Claim, Refusal};
use crate::error::Error;
use crate::jwks::{KeySet, KeysUnavailable, SignatureUnchecked, Signed, Verdict};

/// Verifies Clerk's tokens by one policy. Cloning is cheap.
#[derive(Clone)]
pub struct Verifier {
    policy: Arc<TokenPolicy>,
    keys: KeySet,
    clock: Arc<dyn Clock>,
}

/// A token that passed every check.
///
/// Its `Debug` leaves the claims out: templates may put personal data into them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedToken {
    /// `sub`: `user_…`, or `mch_…` for a machine.
    pub subject: String,
    /// What kind of token it is.
    pub class: TokenClass,
    /// `sid`, which session tokens have.
    pub session_id: Option<String>,
    /// `iat`
    pub issued_at: SystemTime,
    /// `exp`
    pub expires_at: SystemTime,
    /// All claims as they stand in the token.
    pub claims: Map<String, Value>,
}

/// Why a token was not accepted.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The token is no good. The reason is for logs and audit; a caller must not learn it.
    #[error("the token was refused ({})", .0.reason())]
    Refused(Refusal),
    /// There was nothing to check it with. Not the token's fault: 503, not 401.
    #[error("Clerk's key set is out of reach; try again later")]
    KeysUnavailable {
        /// When another fetch of the keys may be tried.
        retry_in: Duration,
        /// Why the last one failed, where it came that far.
        #[source]
        source: Option<Error>,
    },
    /// As many checks wait for keys as may. Not the token's fault: 503, not 401.
    #[error("too many tokens under unknown keys wait for Clerk's key set; try again later")]
    TooManyWait,
}

impl Verifier {
    /// Verifies by this policy, with these keys, at the time that this clock's wall shows.
    pub fn new(policy: TokenPolicy, keys: KeySet, clock: Arc<dyn Clock>) -> Self {
        Self {
            policy: Arc::new(policy),
            keys,
            clock,
        }
    }

    /// The keys it verifies with.
    pub fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Verifies a token, given without `Bearer `.
    ///
    /// Nothing of the claims is read before the signature has been found good, and nothing in the token chooses the
    /// algorithm or where keys come from.
    pub async fn verify(&self, token: &str) -> Result<VerifiedToken, VerifyError> {
        let compact = Compact::parse(token)?;
        let header = Header::parse(compact.header, &self.policy)?;
        let signed = Signed {
            key_id: &header.key_id,
            message: compact.message,
            signature: compact.signature,
        };
        match self.keys.check(&signed).await? {
            Verdict::Good => {}
            Verdict::UnknownKey => return Err(Refusal::UnknownKey.into()),
            Verdict::BadSignature => return Err(Refusal::BadSignature.into()),
        }
        let claims = Claims::parse(compact.payload)?;
        let class = class::of(header.category, &claims)?;
        checks::check(&self.policy, class, &claims, self.clock.now().wall)?;
        Ok(VerifiedToken::new(class, claims))
    }
}

impl VerifiedToken {
    fn new(class: TokenClass, claims: Claims) -> Self {
        let Claims {
            subject,
            session_id,
            issued_at,
            expires_at,
            all: claims,
            ..
        } = claims;
        Self {
            subject,
            class,
            session_id,
            issued_at,
            expires_at,
            claims,
        }
    }
}

impl From<Refusal> for VerifyError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<SignatureUnchecked> for VerifyError {
    fn from(unchecked: SignatureUnchecked) -> Self {
        match unchecked {
            SignatureUnchecked::Unavailable(KeysUnavailable { retry_in, source }) => {
                Self::KeysUnavailable { retry_in, source }
            }
            SignatureUnchecked::TooManyWait => Self::TooManyWait,
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("policy", &self.policy)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("subject", &self.subject)
            .field("class", &self.class)
            .field("session_id", &self.session_id)
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
