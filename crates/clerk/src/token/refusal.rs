//! Why a token was refused: for logs, metrics and the audit, never for callers.

/// The reason for which a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(strum::EnumCount))]
#[non_exhaustive]
pub enum Refusal {
    /// Over 8 KiB.
    TooLarge,
    /// Not three segments with dots between them.
    NotCompact,
    /// A segment is not strict base64url.
    BadEncoding,
    /// The header is not a JSON object, names a member twice or nests too deeply.
    BadHeader,
    /// The header has a field that Clerk does not send, such as `crit`, `jku` or `jwk`.
    HeaderNotAllowed,
    /// `alg` is not RS256.
    AlgorithmNotAllowed,
    /// `typ` is there and not `JWT`.
    WrongType,
    /// No `kid`.
    KeyIdMissing,
    /// A `kid` that no key of Clerk's can have.
    KeyIdMalformed,
    /// No key with this `kid`.
    UnknownKey,
    /// Not signed by the key that `kid` names.
    BadSignature,
    /// The claims are not a JSON object, name a member twice or nest too deeply.
    BadClaims,
    /// A claim that must be there is not.
    Missing(Claim),
    /// A claim is not of its type or out of its bounds.
    Malformed(Claim),
    /// `cat` is none that is known.
    UnknownCategory,
    /// `cat` says one class and the claims another.
    CategoryMismatch,
    /// This class of tokens is not accepted here.
    ClassNotAccepted,
    /// `iss` is not the configured issuer.
    WrongIssuer,
    /// `sub` is not an id of the kind that this class has.
    WrongSubject,
    /// An ID token of `OpenID` Connect: it says to an application who signed in there.
    IdToken,
    /// `exp` has passed.
    Expired,
    /// `nbf` has not come.
    NotYetValid,
    /// `iat` has not come.
    IssuedInTheFuture,
    /// `exp` is not after `iat`.
    NoLifetime,
    /// More than the longest life lies between `iat` and `exp`.
    LifetimeTooLong,
    /// `aud` names others only.
    WrongAudience,
    /// `azp` is not one of the configured origins.
    WrongAuthorizedParty,
    /// `sts` says that the session is pending.
    SessionNotActive,
    /// `act`: another person acts as the user.
    Impersonated,
}

/// A claim that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(strum::EnumCount))]
#[non_exhaustive]
pub enum Claim {
    /// `iss`
    Issuer,
    /// `sub`
    Subject,
    /// `sid`
    SessionId,
    /// `exp`
    ExpiresAt,
    /// `nbf`
    NotBefore,
    /// `iat`
    IssuedAt,
    /// `aud`
    Audience,
    /// `azp`
    AuthorizedParty,
    /// `sts`
    SessionStatus,
    /// `act`
    Actor,
}

impl Refusal {
    /// The refusals of tokens that were forged, and not merely stale or meant for another service: worth an alert of
    /// their own.
    pub const FORGED: [Self; 3] = [
        Self::BadSignature,
        Self::AlgorithmNotAllowed,
        Self::HeaderNotAllowed,
    ];

    /// Every refusal, each claim by itself: for documents and dashboards that must name them all.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_claims = Claim::ALL
            .into_iter()
            .flat_map(|claim| [Self::Missing(claim), Self::Malformed(claim)]);
        Self::OF_THE_WHOLE.into_iter().chain(of_claims)
    }

    /// Those that name no claim.
    const OF_THE_WHOLE: [Self; 27] = [
        Self::TooLarge,
        Self::NotCompact,
        Self::BadEncoding,
        Self::BadHeader,
        Self::HeaderNotAllowed,
        Self::AlgorithmNotAllowed,
        Self::WrongType,
        Self::KeyIdMissing,
        Self::KeyIdMalformed,
        Self::UnknownKey,
        Self::BadSignature,
        Self::BadClaims,
        Self::UnknownCategory,
        Self::CategoryMismatch,
        Self::ClassNotAccepted,
        Self::WrongIssuer,
        Self::WrongSubject,
        Self::IdToken,
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedInTheFuture,
        Self::NoLifetime,
        Self::LifetimeTooLong,
        Self::WrongAudience,
        Self::WrongAuthorizedParty,
        Self::SessionNotActive,
        Self::Impersonated,
    ];

    /// The reason in snake case, one of a closed set: fit for a metric's label.
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotCompact => "not_compact",
            Self::BadEncoding => "bad_encoding",
            Self::BadHeader => "bad_header",
            Self::HeaderNotAllowed => "header_not_allowed",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::WrongType => "wrong_type",
            Self::KeyIdMissing => "key_id_missing",
            Self::KeyIdMalformed => "key_id_malformed",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::BadClaims => "bad_claims",
            Self::Missing(claim) => claim.missing(),
            Self::Malformed(claim) => claim.malformed(),
            Self::UnknownCategory => "unknown_category",
            Self::CategoryMismatch => "category_mismatch",
            Self::ClassNotAccepted => "class_not_accepted",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongSubject => "wrong_subject",
            Self::IdToken => "id_token",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedInTheFuture => "issued_in_the_future",
            Self::NoLifetime => "no_lifetime",
            Self::LifetimeTooLong => "lifetime_too_long",
            Self::WrongAudience => "wrong_audience",
            Self::WrongAuthorizedParty => "wrong_authorized_party",
            Self::SessionNotActive => "session_not_active",
            Self::Impersonated => "impersonated",
        }
    }
}

impl Claim {
    /// Every claim that is looked at.
    const ALL: [Self; 10] = [
        Self::Issuer,
        Self::Subject,
        Self::SessionId,
        Self::ExpiresAt,
        Self::NotBefore,
        Self::IssuedAt,
        Self::Audience,
        Self::AuthorizedParty,
        Self::SessionStatus,
        Self::Actor,
    ];

    /// The claim's name in the token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Subject => "sub",
            Self::SessionId => "sid",
            Self::ExpiresAt => "exp",
            Self::NotBefore => "nbf",
            Self::IssuedAt => "iat",
            Self::Audience => "aud",
            Self::AuthorizedParty => "azp",
            Self::SessionStatus => "sts",
            Self::Actor => "act",
        }
    }

    fn missing(self) -> &'static str {
        match self {
            Self::Issuer => "iss_missing",
            Self::Subject => "sub_missing",
            Self::SessionId => "sid_missing",
            Self::ExpiresAt => "exp_missing",
            Self::NotBefore => "nbf_missing",
            Self::IssuedAt => "iat_missing",
            Self::Audience => "aud_missing",
            Self::AuthorizedParty => "azp_missing",
            Self::SessionStatus => "sts_missing",
            Self::Actor => "act_missing",
        }
    }

    fn malformed(self) -> &'static str {
        match self {
            Self::Issuer => "iss_malformed",
            Self::Subject => "sub_malformed",
            Self::SessionId => "sid_malformed",
            Self::ExpiresAt => "exp_malformed",
            Self::NotBefore => "nbf_malformed",
            Self::IssuedAt => "iat_malformed",
            Self::Audience => "aud_malformed",
            Self::AuthorizedParty => "azp_malformed",
            Self::SessionStatus => "sts_malformed",
            Self::Actor => "act_malformed",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use strum::EnumCount as _;

    use super::*;

    /// `Missing` and `Malformed` are one variant each, with a refusal for each claim.
    #[test]
    fn all_has_every_refusal_once_and_each_has_a_word_of_its_own() {
        let all: Vec<_> = Refusal::all().collect();
        assert_eq!(all.len(), Refusal::COUNT - 2 + 2 * Claim::COUNT);
        let words: HashSet<_> = all.iter().map(|refusal| refusal.reason()).collect();
        assert_eq!(words.len(), all.len());
    }
}
