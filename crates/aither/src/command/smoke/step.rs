//! The promises, in the order in which they are tried.

use super::SmokeArguments;

/// A promise of a deployed Hemera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is reached and ready.
    Ready,
    /// The way to it is encrypted.
    Tls,
    /// Without encryption it is not served.
    InClear,
    /// A request without a credential is refused in the format of the contract.
    NoCredential,
    /// It speaks the same version of the contract.
    Version,
    /// The settings give a token.
    Token,
    /// Forged credentials are refused.
    Forged,
    /// Courses are listed.
    Courses,
    /// A course is shown with who has booked it.
    Course,
    /// The materials of a course are shown.
    Materials,
    /// A participation is shown with its version.
    Participation,
    /// What has not changed is not sent again.
    Unchanged,
    /// The response has the id of the request.
    RequestId,
    /// The response names its audit record.
    AuditRecord,
    /// Each response says what is left of the limit.
    Limit,
    /// The caller has no more rights than it needs.
    Role,
    /// Reads succeed for as long as was asked for.
    Reads,
    /// An expired token is refused.
    Expired,
    /// A result is written.
    Write,
}

impl Step {
    /// All steps; those that cost time or write only if they were asked for.
    pub(super) fn of(arguments: &SmokeArguments) -> impl Iterator<Item = Self> {
        let (repeats, writes) = (arguments.repeat_for.is_some(), arguments.write.is_some());
        [
            Self::Ready,
            Self::Tls,
            Self::InClear,
            Self::NoCredential,
            Self::Version,
            Self::Token,
            Self::Forged,
            Self::Courses,
            Self::Course,
            Self::Materials,
            Self::Participation,
            Self::Unchanged,
            Self::RequestId,
            Self::AuditRecord,
            Self::Limit,
            Self::Role,
            Self::Reads,
            Self::Expired,
            Self::Write,
        ]
        .into_iter()
        .filter(move |step| match step {
            Self::Reads => repeats,
            Self::Write => writes,
            _ => true,
        })
    }

    /// The name, which stays the same between versions.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Tls => "tls",
            Self::InClear => "in clear",
            Self::NoCredential => "no credential",
            Self::Version => "version",
            Self::Token => "token",
            Self::Forged => "forged token",
            Self::Courses => "courses",
            Self::Course => "course",
            Self::Materials => "materials",
            Self::Participation => "participation",
            Self::Unchanged => "unchanged",
            Self::RequestId => "request id",
            Self::AuditRecord => "audit record",
            Self::Limit => "limit",
            Self::Role => "role",
            Self::Reads => "reads",
            Self::Expired => "expired token",
            Self::Write => "write",
        }
    }
}
