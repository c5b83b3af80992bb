//! SQL of the participations.

use std::time::Duration;

use hemera_types::{ETag, IfMatch, Named, Operation, ParticipationId, Patch, ResultText, ResultUpdate};
use time::OffsetDateTime;

use super::row::ParticipationRow;
use crate::audit::microseconds;
use crate::auth::Caller;
use crate::database::Database;
use crate::database::Lease;
use crate::wire::extract::RequestContext;

/// One participation.
pub(super) async fn get(
    database: &Database,
    id: &ParticipationId,
) -> Result<Option<ParticipationRow>, sqlx::Error> {
    sqlx::query_as!(
        ParticipationRow,
        r#"
        select
            id, user_id, course_id, booking_id, status::text as "status!", preparation_intent, desired_results,
            result_outcome, result_notes, result_completed_at, created_at, updated_at, version
        from course_participations
        where id = $1
        "#,
        id.as_str(),
    )
    .fetch_optional(&mut database.lease().await?)
    .await
}

/// A result to be written, and what its audit record says of the request.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    pub(super) id: &'a ParticipationId,
    pub(super) update: &'a ResultUpdate,
    pub(super) condition: Option<&'a IfMatch>,
    pub(super) caller: &'a Caller,
    pub(super) context: &'a RequestContext,
    pub(super) duration: Duration,
}

/// What the statement decided.
#[derive(Debug)]
pub(super) enum Verdict {
    /// There is no such participation.
    Missing,
    /// It is not the one that the caller read any more, and the request would have changed it.
    Stale,
    /// It is now as the request wants it, whether or not that took a change.
    Current(Box<ParticipationRow>),
    /// The lock was had only after the deadline. Nothing was written, no audit record either.
    Late,
}

/// The word of `update_result.sql` for what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decided {
    Changed,
    Unchanged,
    Stale,
    Late,
}

/// The statement answered with a word that is not in [`Decided`]: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("`update_result.sql` decided {0:?}, which this server does not know")]
struct UnknownDecision(String);

impl Decided {
    fn parse(word: &str) -> Result<Self, sqlx::Error> {
        match word {
            "CHANGED" => Ok(Self::Changed),
            "UNCHANGED" => Ok(Self::Unchanged),
            "STALE" => Ok(Self::Stale),
            "LATE" => Ok(Self::Late),
            unknown => Err(sqlx::Error::Decode(UnknownDecision(unknown.to_owned()).into())),
        }
    }
}

/// Writes a result and the audit record of the request, in one statement: both or neither.
///
/// The statement decides everything from the row that it has locked, so of two requests at the same time the second
/// decides on the outcome of the first. What each part of it does is said in `update_result.sql`.
pub(super) async fn update_result(lease: &mut Lease, attempt: &Attempt<'_>) -> Result<Verdict, sqlx::Error> {
    let update = attempt.update;
    let caller = attempt.caller;
    let context = attempt.context;
    let admitted = attempt.condition.and_then(versions);
    let row = sqlx::query_file!(
        "src/academy/participations/update_result.sql",
        attempt.id.as_str(),
        !update.result_outcome.is_absent(),
        text(&update.result_outcome),
        !update.result_notes.is_absent(),
        text(&update.result_notes),
        update.complete == Some(true),
        admitted.as_deref(),
        OffsetDateTime::from(context.started().wall),
        context.id().as_str(),
        &*caller.subject,
        caller.role.name(),
        caller.proof.kind(),
        caller.proof.key_name(),
        Operation::UpdateParticipationResult.name(),
        context.client().map(|address| address.to_string()),
        context.user_agent(),
        microseconds(attempt.duration),
        lease.deadline(),
        context.audit_record(),
    )
    .fetch_optional(lease)
    .await?;
    let Some(row) = row else {
        return Ok(Verdict::Missing);
    };
    Ok(match Decided::parse(&row.verdict)? {
        Decided::Stale => Verdict::Stale,
        Decided::Late => Verdict::Late,
        Decided::Unchanged | Decided::Changed => Verdict::Current(Box::new(ParticipationRow {
            id: row.id,
            user_id: row.user_id,
            course_id: row.course_id,
            booking_id: row.booking_id,
            status: row.status,
            preparation_intent: row.preparation_intent,
            desired_results: row.desired_results,
            result_outcome: row.result_outcome,
            result_notes: row.result_notes,
            result_completed_at: row.result_completed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })),
    })
}

fn text(patch: &Patch<ResultText>) -> Option<&str> {
    patch.value().map(ResultText::as_str)
}

/// The versions that a condition admits; none where it admits any. A tag that is weak, or no version as we write
/// it, is left out: it matches nothing.
fn versions(condition: &IfMatch) -> Option<Vec<i64>> {
    match condition {
        IfMatch::Any => None,
        IfMatch::Tags(tags) => Some(
            tags.iter()
                .filter_map(|tag| {
                    let version = tag.resource().parse().ok()?;
                    tag.matches_strongly(&ETag::of_version(version))
                        .then_some(version)
                })
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_statement_is_known_and_no_other() {
        let sql = include_str!("update_result.sql");
        for word in ["CHANGED", "UNCHANGED", "STALE", "LATE"] {
            assert!(sql.contains(&format!("'{word}'")));
            assert!(Decided::parse(word).is_ok(), "{word}");
        }
        for word in ["", "stale", "MISSING"] {
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
