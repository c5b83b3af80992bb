//! Why a request was not answered as it asked, more precisely than its caller may know.

use crate::auth::{Obstacle, Refusal};

/// The inner reason of an error: for the log, the audit log and the metrics, never for the caller.
///
/// A closed list, so that nothing a caller sends becomes a reason. `docs/reasons.md` says what each means and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::EnumCount))]
pub(crate) enum Reason {
    /// The credential is wrong.
    Credential(Refusal),
    /// The credential could not be checked.
    CredentialNotChecked(Obstacle),
    /// The client's address is not on the allow-list.
    AddressNotAllowed,
    /// The caller's role lacks a permission.
    RoleLacksPermission,
    /// There is no `Host`, more than one, or one that is none.
    HostNotAccepted,
    /// The body has a transfer coding other than `chunked`.
    TransferCodingNotAccepted,
    /// No route has this path.
    NoSuchRoute,
    /// The route has no such method.
    NoSuchMethod,
    /// The server works on as many requests as it may.
    TooManyRequests,
    /// The handler took longer than it may.
    HandlerTimedOut,
    /// The task of the request ended without an answer.
    RequestTaskLost,
    /// The handler, or a layer inside, panicked.
    Panic,
    /// The audit log could not take the request's record.
    AuditQueueFull,
    /// The body ended before its announced length.
    BodyCutOff,
    /// The body did not arrive in time.
    BodyTimedOut,
    /// The answer could not be turned into JSON.
    UnserializableAnswer,
    /// All connections to the database are in use.
    DatabasePoolExhausted,
    /// The database did not end a statement in time.
    DatabaseStatementTimedOut,
    /// A lock in the database was not to be had in time.
    DatabaseLockTimedOut,
    /// The caller was gone before its write began: nothing was written.
    CallerGone,
    /// A write came to its lock too late, and wrote nothing.
    WriteDeadlinePassed,
    /// The database does not answer, or not now.
    DatabaseUnreachable,
    /// The database refused a statement.
    DatabaseError,
    /// A row holds what the contract rules out.
    BrokenRow,
    /// A write to a participation that is not there.
    ParticipationMissing,
    /// A write under a condition to a participation that has changed.
    VersionDiffers,
}

impl Reason {
    /// In one word: a label of metrics, and the column `reason` of the audit log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Credential(refusal) => refusal.name(),
            Self::CredentialNotChecked(obstacle) => obstacle.name(),
            Self::AddressNotAllowed => "address_not_allowed",
            Self::RoleLacksPermission => "role_lacks_permission",
            Self::HostNotAccepted => "host_not_accepted",
            Self::TransferCodingNotAccepted => "transfer_coding_not_accepted",
            Self::NoSuchRoute => "no_such_route",
            Self::NoSuchMethod => "no_such_method",
            Self::TooManyRequests => "too_many_requests_at_once",
            Self::HandlerTimedOut => "handler_timed_out",
            Self::RequestTaskLost => "request_task_lost",
            Self::Panic => "panic",
            Self::AuditQueueFull => "audit_queue_full",
            Self::BodyCutOff => "body_cut_off",
            Self::BodyTimedOut => "body_timed_out",
            Self::UnserializableAnswer => "unserializable_answer",
            Self::DatabasePoolExhausted => "database_pool_exhausted",
            Self::DatabaseStatementTimedOut => "database_statement_timed_out",
            Self::DatabaseLockTimedOut => "database_lock_timed_out",
            Self::CallerGone => "caller_gone",
            Self::WriteDeadlinePassed => "write_deadline_passed",
            Self::DatabaseUnreachable => "database_unreachable",
            Self::DatabaseError => "database_error",
            Self::BrokenRow => "broken_row",
            Self::ParticipationMissing => "participation_missing",
            Self::VersionDiffers => "version_differs",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::EnumCount as _;

    use super::*;

    const DOCUMENT: &str = include_str!("../../../../../docs/reasons.md");

    /// Every reason.
    fn all() -> Vec<Reason> {
        let plain = [
            Reason::AddressNotAllowed,
            Reason::RoleLacksPermission,
            Reason::HostNotAccepted,
            Reason::TransferCodingNotAccepted,
            Reason::NoSuchRoute,
            Reason::NoSuchMethod,
            Reason::TooManyRequests,
            Reason::HandlerTimedOut,
            Reason::RequestTaskLost,
            Reason::Panic,
            Reason::AuditQueueFull,
            Reason::BodyCutOff,
            Reason::BodyTimedOut,
            Reason::UnserializableAnswer,
            Reason::DatabasePoolExhausted,
            Reason::DatabaseStatementTimedOut,
            Reason::DatabaseLockTimedOut,
            Reason::CallerGone,
            Reason::WriteDeadlinePassed,
            Reason::DatabaseUnreachable,
            Reason::DatabaseError,
            Reason::BrokenRow,
            Reason::ParticipationMissing,
            Reason::VersionDiffers,
        ];
        let nested = 2;
        assert_eq!(
            plain.len() + nested,
            Reason::COUNT,
            "a reason is not in the list above"
        );
        let credentials = Refusal::all().into_iter().map(Reason::Credential);
        let obstacles = Obstacle::ALL.iter().copied().map(Reason::CredentialNotChecked);
        plain.into_iter().chain(credentials).chain(obstacles).collect()
    }

    /// The words in backticks in the first column of the document's tables.
    fn documented() -> Vec<&'static str> {
        let rows = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| `"));
        let cells = rows.filter_map(|row| row.split_once(" |").map(|(cell, _)| cell));
        cells.flat_map(|cell| cell.split('`').step_by(2)).collect()
    }

    #[test]
    fn document_lists_every_reason_once_and_no_other() {
        let listed = documented();
        let words: BTreeSet<_> = listed.iter().copied().collect();
        assert_eq!(words.len(), listed.len(), "a reason is listed twice");
        let wanted: BTreeSet<_> = all().into_iter().map(Reason::name).collect();
        assert_eq!(words, wanted);
    }

    /// Alerts and queries over the audit log name these words. Those of refused credentials and of requests that the
    /// checks refuse are in the tests of the whole server; these few faults are hard to cause there.
    #[test]
    fn words_of_faults_do_not_change() {
        for (reason, word) in [
            (Reason::Credential(Refusal::BannedUser), "banned_user"),
            (Reason::Credential(Refusal::UnknownUser), "unknown_user"),
            (Reason::CredentialNotChecked(Obstacle::Keys), "keys_unavailable"),
            (
                Reason::CredentialNotChecked(Obstacle::Verdict),
                "token_not_verified",
            ),
            (Reason::RequestTaskLost, "request_task_lost"),
            (Reason::BodyCutOff, "body_cut_off"),
            (Reason::BodyTimedOut, "body_timed_out"),
            (Reason::UnserializableAnswer, "unserializable_answer"),
            (Reason::DatabasePoolExhausted, "database_pool_exhausted"),
            (Reason::DatabaseUnreachable, "database_unreachable"),
            (Reason::WriteDeadlinePassed, "write_deadline_passed"),
            (Reason::BrokenRow, "broken_row"),
        ] {
            assert_eq!(reason.name(), word);
        }
    }
}
