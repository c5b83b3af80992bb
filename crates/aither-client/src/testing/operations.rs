//! The operations on the world. To add one, add its arm: it does not compile before it is there.

use std::time::Duration;

use hemera_types::{
    CourseId, CourseQuery, ETag, ErrorCode, ItemResult, ItemResults, Open, Operation, ParticipationId,
    ResultItem, ResultUpdate, ResultUpdates, ResultVerdict, UPDATED_MESSAGE, UsageQuery, VERDICTS_MESSAGE,
};
use uuid::Uuid;

use super::answer::Answer;
use super::charge::Charge;
use super::error_answer::ErrorAnswer;
use super::fault::Fault;
use super::received::Received;
use super::state::HemeraState;
use super::world::Written;

/// Carries out a request that has passed all checks in front of its path, query and body, and meets its fault there.
/// `charge` counts the rest of a request that counts as more than one.
pub(super) async fn carry_out(
    hemera: &HemeraState,
    operation: Operation,
    received: Received,
    charge: Charge<'_>,
    fault: Option<Fault>,
) -> Result<Answer, ErrorAnswer> {
    if fault == Some(Fault::InternalError) {
        return Err(ErrorAnswer::new(ErrorCode::InternalError));
    }
    let answer = match operation {
        Operation::ListCourses => list_courses(hemera, &received),
        Operation::GetCourse => {
            let id: CourseId = received.id()?;
            let course = hemera.world.lock().course(&id);
            course.map(|course| Answer::new(&course)).ok_or_else(no_course)
        }
        Operation::GetCourseMaterials => {
            let id: CourseId = received.id()?;
            let materials = hemera.world.lock().materials(&id);
            materials
                .map(|materials| {
                    let of_topics = materials.topics.iter().map(|topic| topic.materials.len());
                    Answer::new(&materials).with_items(of_topics.sum())
                })
                .ok_or_else(no_course)
        }
        Operation::GetParticipation => {
            let id: ParticipationId = received.id()?;
            let found = hemera.world.lock().participation(&id);
            found
                .map(|(participation, tag)| Answer::new(&participation).with_version(tag))
                .ok_or_else(no_participation)
        }
        Operation::UpdateParticipationResult => update_result(hemera, received, fault).await,
        Operation::UpdateParticipationResults => update_results(hemera, received, charge, fault).await,
        Operation::GetUsage => {
            let query: UsageQuery = received.query()?;
            Ok(Answer::new(&hemera.usage.usage(query, hemera.clock.now().wall)))
        }
    };
    match fault {
        Some(Fault::DatabaseLost { .. }) if operation != Operation::UpdateParticipationResults => {
            answer.and(Err(database_lost()))
        }
        _ => answer,
    }
}

fn list_courses(hemera: &HemeraState, received: &Received) -> Result<Answer, ErrorAnswer> {
    let query: CourseQuery = received.query()?;
    let (courses, pagination) = hemera.world.lock().list(&query);
    Ok(Answer::new(&courses)
        .with_items(courses.len())
        .with_pagination(pagination))
}

async fn update_result(
    hemera: &HemeraState,
    mut received: Received,
    fault: Option<Fault>,
) -> Result<Answer, ErrorAnswer> {
    let id: ParticipationId = received.id()?;
    let condition = received.if_match()?;
    let update: ResultUpdate = received.body(Operation::UpdateParticipationResult).await?;
    let now = hemera.now();
    let mut world = hemera.world.lock();
    if fault == Some(Fault::Conflict) {
        // Of a participation that is not there, nothing can change.
        let _ = world.touch(&id, now);
    }
    match world.write(&id, &update, condition.as_ref(), now) {
        Written::Changed(participation, tag) | Written::Unchanged(participation, tag) => {
            Ok(Answer::new(&participation)
                .with_message(UPDATED_MESSAGE)
                .with_version(tag))
        }
        Written::Stale(_) => Err(ErrorAnswer::new(ErrorCode::PreconditionFailed)),
        Written::Missing => Err(no_participation()),
    }
}

/// Writes the updates one after the other. A conflict is one of the first of them.
async fn update_results(
    hemera: &HemeraState,
    mut received: Received,
    charge: Charge<'_>,
    fault: Option<Fault>,
) -> Result<Answer, ErrorAnswer> {
    let updates: ResultUpdates = received.body(Operation::UpdateParticipationResults).await?;
    charge.raise_to(hemera, updates.weight())?;
    let lost_at = match fault {
        Some(Fault::DatabaseLost { after }) => after,
        _ => usize::MAX,
    };
    let now = hemera.now();
    let mut world = hemera.world.lock();
    if let Some(first) = updates.items().first().filter(|_| fault == Some(Fault::Conflict)) {
        // Of a participation that is not there, nothing can change.
        let _ = world.touch(&first.participation_id, now);
    }
    let results = updates.items().iter().enumerate().map(|(index, item)| {
        if index > lost_at {
            return ItemResult {
                audit_record: None,
                ..verdict_on(item, ResultVerdict::NotReached, None)
            };
        }
        let id = &item.participation_id;
        let (verdict, tag) = match world.write(id, &item.update, item.if_match.as_ref(), now) {
            _ if index == lost_at => (ResultVerdict::Unknown, None),
            Written::Changed(_, tag) => (ResultVerdict::Updated, Some(tag)),
            Written::Unchanged(_, tag) => (ResultVerdict::Unchanged, Some(tag)),
            Written::Stale(tag) => (ResultVerdict::PreconditionFailed, Some(tag)),
            Written::Missing => (ResultVerdict::NotFound, None),
        };
        verdict_on(item, verdict, tag)
    });
    let results: Vec<_> = results.collect();
    if lost_at == 0 {
        return Err(database_lost());
    }
    Ok(Answer::new(&ItemResults { results })
        .with_items(updates.items().len())
        .with_message(VERDICTS_MESSAGE))
}

fn verdict_on(item: &ResultItem, verdict: ResultVerdict, etag: Option<ETag>) -> ItemResult {
    ItemResult {
        participation_id: item.participation_id.clone(),
        verdict: Open::Known(verdict),
        etag,
        audit_record: Some(Uuid::new_v4().to_string()),
    }
}

/// What the server answers while its database is out of reach.
fn database_lost() -> ErrorAnswer {
    ErrorAnswer::wait(ErrorCode::ServiceUnavailable, Duration::from_secs(2))
}

fn no_course() -> ErrorAnswer {
    ErrorAnswer::new(ErrorCode::NotFound).with_message("Course not found")
}

fn no_participation() -> ErrorAnswer {
    ErrorAnswer::new(ErrorCode::NotFound).with_message("Participation not found")
}
