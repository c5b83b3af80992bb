//! What the statement of a write decided, and how the request ends by it.

use hemera_types::{ErrorCode, Named as _, ResultVerdict};
use http::StatusCode;

use super::NOT_FOUND;
use crate::audit::Outcome;
use crate::wire::error::{ApiError, Reason};

/// The word of `update_result.sql` for what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decided {
    /// The participation was changed.
    Changed,
    /// It was as the request wants it.
    Unchanged,
    /// It is not the one that the caller read any more, and the request would have changed it.
    Stale,
    /// There is no such participation.
    Missing,
    /// The lock was had only after the deadline. Nothing was written, no audit record either.
    Late,
}

/// The statement answered with a word that is not in [`Decided`]: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("`update_result.sql` decided {0:?}, which this server does not know")]
struct UnknownDecision(String);

impl Decided {
    /// Those after which the request is recorded by the statement itself.
    const RECORDED: [Self; 4] = [Self::Changed, Self::Unchanged, Self::Stale, Self::Missing];

    fn word(self) -> &'static str {
        match self {
            Self::Changed => "CHANGED",
            Self::Unchanged => "UNCHANGED",
            Self::Stale => "STALE",
            Self::Missing => "MISSING",
            Self::Late => "LATE",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self, sqlx::Error> {
        let known = Self::RECORDED.into_iter().chain([Self::Late]);
        let found = known.into_iter().find(|decided| decided.word() == word);
        found.ok_or_else(|| sqlx::Error::Decode(UnknownDecision(word.to_owned()).into()))
    }

    /// The error that the caller gets; `None` where it gets the participation.
    pub(super) fn error(self) -> Option<ApiError> {
        match self {
            Self::Changed | Self::Unchanged => None,
            Self::Stale => {
                let error = ApiError::new(ErrorCode::PreconditionFailed);
                Some(error.with_reason(Reason::VersionDiffers).audited())
            }
            Self::Missing => {
                let error = ApiError::not_found(NOT_FOUND);
                Some(error.with_reason(Reason::ParticipationMissing).audited())
            }
            Self::Late => Some(ApiError::unavailable(
                Reason::WriteDeadlinePassed,
                super::RETRY_AFTER,
            )),
        }
    }

    /// What the caller reads of one update among many; `None` where the update came too late.
    pub(super) fn of_item(self) -> Option<ResultVerdict> {
        match self {
            Self::Changed => Some(ResultVerdict::Updated),
            Self::Unchanged => Some(ResultVerdict::Unchanged),
            Self::Stale => Some(ResultVerdict::PreconditionFailed),
            Self::Missing => Some(ResultVerdict::NotFound),
            Self::Late => None,
        }
    }

    fn outcome(self) -> Outcome {
        match self.error() {
            None if self == Self::Unchanged => Outcome::Unchanged,
            None => Outcome::Succeeded,
            Some(error) => Outcome::of(error.code().status()),
        }
    }
}

/// How the request ends for each verdict, by column: for the record that the statement writes.
#[derive(Debug)]
pub(super) struct Endings {
    pub(super) verdict: Vec<&'static str>,
    pub(super) outcome: Vec<&'static str>,
    pub(super) status: Vec<i16>,
    pub(super) code: Vec<Option<&'static str>>,
    pub(super) reason: Vec<Option<&'static str>>,
}

impl Endings {
    pub(super) fn all() -> Self {
        let errors: Vec<_> = Decided::RECORDED.map(Decided::error).into();
        let status = |error: &Option<ApiError>| {
            let status = error
                .as_ref()
                .map_or(StatusCode::OK, |error| error.code().status());
            i16::try_from(status.as_u16()).unwrap_or(i16::MAX)
        };
        let reason = |error: &Option<ApiError>| error.as_ref().and_then(ApiError::reason).map(Reason::name);
        Self {
            verdict: Decided::RECORDED.map(Decided::word).into(),
            outcome: Decided::RECORDED.map(|decided| decided.outcome().name()).into(),
            status: errors.iter().map(status).collect(),
            code: errors
                .iter()
                .map(|error| error.as_ref().map(|error| error.code().name()))
                .collect(),
            reason: errors.iter().map(reason).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_statement_is_known_and_no_other() {
        let sql = include_str!("update_result.sql");
        for word in ["CHANGED", "UNCHANGED", "STALE", "LATE", "MISSING"] {
            assert!(sql.contains(&format!("'{word}'")));
            assert!(Decided::parse(word).is_ok(), "{word}");
        }
        for word in ["", "stale"] {
            let error = Decided::parse(word).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "error occurred while decoding: `update_result.sql` decided {word:?}, which this server does not know"
                )
            );
        }
    }
}
