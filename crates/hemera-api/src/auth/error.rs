//! Why a credential did not prove its caller.

use std::error::Error;
use std::time::Duration;

use crate::metrics::ClerkSecretAs;

/// Why there is no proven caller.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    /// The credential is not valid, or there is none.
    #[error("the credential is refused ({})", refusal.name())]
    Unauthorized {
        /// What is wrong with it. Never for the caller.
        refusal: Refusal,
        /// Whether it was a bearer token. The answer says so to the caller.
        token_was_sent: bool,
    },
    /// Whether the credential is valid cannot be decided now.
    #[error("the credential cannot be checked ({})", obstacle.name())]
    Unavailable {
        /// What is out of reach.
        obstacle: Obstacle,
        /// When to try again.
        retry_in: Duration,
        /// What went wrong, for the log.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
}

/// What is wrong with a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::EnumCount))]
pub(crate) enum Refusal {
    /// There is none.
    NoCredential,
    /// One of the two headers was sent twice.
    SentTwice,
    /// Both headers were sent.
    TwoCredentials,
    /// `Authorization` has another scheme, or no token.
    NotABearerToken,
    /// A secret key of Clerk's: it has leaked.
    ClerkSecret(ClerkSecretAs),
    /// The service key is empty, too long, or not ASCII.
    MalformedServiceKey,
    /// No service key has this hash.
    UnknownServiceKey,
    /// The service key has ended.
    ExpiredServiceKey,
    /// The token does not pass verification.
    Token(clerk::Refusal),
    /// The machine is not among those that may call.
    UnknownMachine,
    /// The machine's token names no receiver.
    MachineTokenUnscoped,
    /// The machine's token is meant for others.
    MachineTokenForOthers,
    /// Clerk knows no such user.
    UnknownUser,
    /// Clerk has banned the user.
    BannedUser,
    /// Clerk has locked the user out, and locks count here.
    LockedUser,
}

/// What must be within reach for a credential to be checked, and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::VariantArray))]
pub(crate) enum Obstacle {
    /// The keys that tokens are verified with.
    Keys,
    /// The keys, for which as many requests wait as may.
    TooManyWaitForKeys,
    /// A verdict of the verifier.
    Verdict,
    /// The caller's role.
    Role,
    /// Clerk refuses our secret key.
    OurKeyRefused,
}

impl Refusal {
    /// In one word, for the log, the audit log and the metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoCredential => "no_credential",
            Self::SentTwice => "credential_sent_twice",
            Self::TwoCredentials => "two_credentials",
            Self::NotABearerToken => "not_a_bearer_token",
            Self::ClerkSecret(ClerkSecretAs::Bearer) => "clerk_secret_as_bearer",
            Self::ClerkSecret(ClerkSecretAs::ServiceKey) => "clerk_secret_as_service_key",
            Self::MalformedServiceKey => "malformed_service_key",
            Self::UnknownServiceKey => "unknown_service_key",
            Self::ExpiredServiceKey => "expired_service_key",
            Self::Token(refusal) => refusal.reason(),
            Self::UnknownMachine => "unknown_machine",
            Self::MachineTokenUnscoped => "machine_token_unscoped",
            Self::MachineTokenForOthers => "machine_token_for_others",
            Self::UnknownUser => "unknown_user",
            Self::BannedUser => "banned_user",
            Self::LockedUser => "locked_user",
        }
    }

    /// How a secret key of Clerk's came, where that is what is wrong.
    pub(crate) fn clerk_secret(self) -> Option<ClerkSecretAs> {
        match self {
            Self::ClerkSecret(sent_as) => Some(sent_as),
            _ => None,
        }
    }

    /// The error for a request with a bearer token.
    pub(super) fn of_token(self) -> AuthError {
        AuthError::Unauthorized {
            refusal: self,
            token_was_sent: true,
        }
    }

    /// The error for a request without a bearer token.
    pub(super) fn without_token(self) -> AuthError {
        AuthError::Unauthorized {
            refusal: self,
            token_was_sent: false,
        }
    }
}

impl Obstacle {
    /// In one word, for the log, the audit log and the metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys_unavailable",
            Self::TooManyWaitForKeys => "too_many_wait_for_keys",
            Self::Verdict => "token_not_verified",
            Self::Role => "role_unavailable",
            Self::OurKeyRefused => "clerk_refuses_our_key",
        }
    }
}

#[cfg(test)]
impl Refusal {
    /// Every refusal, those of tokens and of Clerk's secrets one by one.
    pub(crate) fn all() -> Vec<Self> {
        let plain = [
            Self::NoCredential,
            Self::SentTwice,
            Self::TwoCredentials,
            Self::NotABearerToken,
            Self::MalformedServiceKey,
            Self::UnknownServiceKey,
            Self::ExpiredServiceKey,
            Self::UnknownMachine,
            Self::MachineTokenUnscoped,
            Self::MachineTokenForOthers,
            Self::UnknownUser,
            Self::BannedUser,
            Self::LockedUser,
        ];
        let nested = 2;
        assert_eq!(plain.len() + nested, <Self as strum::EnumCount>::COUNT);
        let secrets = ClerkSecretAs::ALL.into_iter().map(Self::ClerkSecret);
        let tokens = clerk::Refusal::all().map(Self::Token);
        plain.into_iter().chain(secrets).chain(tokens).collect()
    }
}

#[cfg(test)]
impl Obstacle {
    pub(crate) const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
}
