//! Which records are shown.

use clap::{Args, ValueEnum};

use super::StoredRecord;

/// What a record has to have. Without any of these, every record is shown.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Only records with")]
pub(crate) struct RecordFilter {
    /// This caller: the id of a user or a machine at Clerk, or the subject of a service key
    #[arg(long, value_name = "ID")]
    pub(super) subject: Option<String>,
    /// This operation, for example courses.list
    #[arg(long, value_name = "NAME")]
    pub(super) operation: Option<String>,
    /// This outcome
    #[arg(long, value_enum, ignore_case = true)]
    pub(super) outcome: Option<RecordedOutcome>,
    /// This HTTP status of the response
    #[arg(long, value_parser = clap::value_parser!(i16).range(100..=599))]
    pub(super) status: Option<i16>,
    /// This reason of a refusal or a failure: a word of docs/reasons.md
    #[arg(long, value_name = "WORD")]
    pub(super) reason: Option<String>,
    /// This course or participation in the path
    #[arg(long, value_name = "ID")]
    pub(super) resource: Option<String>,
    /// This security event: a word of docs/audit.md
    #[arg(long, value_name = "WORD")]
    pub(super) security_event: Option<String>,
    /// Data of this user that were returned or changed (as long as the details are kept)
    #[arg(long, value_name = "USER")]
    pub(super) person: Option<String>,
}

/// The outcome of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RecordedOutcome {
    /// The response is what was asked for
    Succeeded,
    /// A write that found all as it wanted it
    Unchanged,
    /// 4xx: the caller's side
    Refused,
    /// 5xx: the server's side
    Failed,
    /// A write to which the database gave no answer
    Unknown,
}

impl RecordedOutcome {
    /// The value of the enum `audit_outcome`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Unchanged => "UNCHANGED",
            Self::Refused => "REFUSED",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

impl RecordFilter {
    /// Whether a record that was read without the filter passes it.
    pub(in crate::admin::audit) fn passes(&self, record: &StoredRecord) -> bool {
        let has = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        let among = |wanted: &Option<String>, found: &Option<Vec<String>>| {
            wanted.is_none()
                || wanted
                    .iter()
                    .any(|one| found.iter().flatten().any(|it| it == one))
        };
        has(&self.subject, &record.subject)
            && has(&self.operation, &record.operation)
            && self
                .outcome
                .is_none_or(|outcome| outcome.name() == record.outcome)
            && self.status.is_none_or(|status| status == record.status)
            && has(&self.reason, &record.reason)
            && has(&self.resource, &record.resource_id)
            && among(&self.security_event, &record.security_events)
            && among(&self.person, &record.persons)
    }
}
