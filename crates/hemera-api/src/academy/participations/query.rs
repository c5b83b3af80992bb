//! SQL of the participations.

use std::time::Duration;

use hemera_types::{ETag, IfMatch, Named, Operation, ParticipationId, Patch, ResultText, ResultUpdate};
use time::OffsetDateTime;
use uuid::Uuid;

use super::row::{ParticipationRow, StandingRow};
use super::verdict::{Decided, Endings};
use crate::audit::{Commitment, microseconds};
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
    pub(super) operation: Operation,
    /// The id of the audit record.
    pub(super) record: Uuid,
    /// Which part of its request it is, from 1 on; `None` where it is all of it.
    pub(super) item: Option<i16>,
}

/// What the statement decided, and the participation as it stands afterwards; none where there is no such.
pub(super) type Verdict = (Decided, Option<ParticipationRow>);

/// Writes a result and the audit record of the request, or of this part of it, in one statement: both or neither.
///
/// The statement decides everything from the row that it has locked, so of two requests at the same time the second
/// decides on the outcome of the first. What each part of it does is said in `update_result.sql`.
pub(super) async fn update_result(lease: &mut Lease, attempt: &Attempt<'_>) -> Result<Verdict, sqlx::Error> {
    let update = attempt.update;
    let caller = attempt.caller;
    let context = attempt.context;
    let admitted = attempt.condition.and_then(versions);
    let endings = Endings::all();
    // The events are the request's: they are in the record of the request alone.
    let of_request = attempt.item.is_none().then(|| context.security_events());
    let events = of_request.filter(|events| !events.is_empty());
    let address = context.client().map(|address| address.to_string());
    let [of_address, of_user_agent] = [address.as_deref(), context.user_agent()].map(Commitment::to);
    let operation = attempt.operation;
    let permissions = operation.spec().permissions.iter();
    let permissions: Vec<&str> = permissions.map(|permission| permission.name()).collect();
    let row = sqlx::query_file_as!(
        StandingRow,
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
        operation.name(),
        address,
        context.user_agent(),
        microseconds(attempt.duration),
        lease.deadline(),
        attempt.record,
        &endings.verdict as &[&str],
        &endings.outcome as &[&str],
        &endings.status,
        &endings.code as &[Option<&str>],
        &endings.reason as &[Option<&str>],
        caller.credential.token.as_deref(),
        caller.credential.session.as_deref(),
        &permissions as &[&str],
        context.trace_id().to_string(),
        of_address.hash,
        of_user_agent.hash,
        Commitment::new_salt(),
        of_address.salt,
        of_user_agent.salt,
        events as Option<&[&str]>,
        attempt.item,
    )
    .fetch_optional(lease)
    .await?;
    let Some(row) = row else {
        return Ok((Decided::Missing, None));
    };
    Ok((Decided::parse(&row.verdict)?, Some(row.into())))
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
