//! The promises, in the order in which they are tried.

/// A promise of a deployed Hemera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is reached and ready.
    Ready,
    /// The way to it is encrypted.
    Tls,
    /// A request without a credential is refused in the format of the contract.
    NoCredential,
    /// The settings give a token.
    Token,
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
    /// Each response says what is left of the limit.
    Limit,
    /// The caller has no more rights than it needs.
    Role,
    /// A result is written.
    Write,
}

impl Step {
    /// All steps; the one that writes only if it was asked for.
    pub(super) fn of(writes: bool) -> impl Iterator<Item = Self> {
        [
            Self::Ready,
            Self::Tls,
            Self::NoCredential,
            Self::Token,
            Self::Courses,
            Self::Course,
            Self::Materials,
            Self::Participation,
            Self::Unchanged,
            Self::Limit,
            Self::Role,
            Self::Write,
        ]
        .into_iter()
        .filter(move |step| writes || *step != Self::Write)
    }

    /// The name, which stays the same between versions.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Tls => "tls",
            Self::NoCredential => "no credential",
            Self::Token => "token",
            Self::Courses => "courses",
            Self::Course => "course",
            Self::Materials => "materials",
            Self::Participation => "participation",
            Self::Unchanged => "unchanged",
            Self::Limit => "limit",
            Self::Role => "role",
            Self::Write => "write",
        }
    }
}
