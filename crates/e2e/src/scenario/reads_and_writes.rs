//! What Aither is for: reading courses and participations, and writing results.

use aither_client::HemeraClient;
use aither_client::hemera_types::{CourseQuery, InvalidText, ParticipationStatus, ResultUpdate};

use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::walk::Walk;

/// Reads everything that Aither may read.
pub(super) async fn reads(walk: &Walk<'_>, client: &HemeraClient) -> Result<(), Failure> {
    let page = client.service_courses(&CourseQuery::default()).await?;
    let total = page.pagination.map(|pagination| pagination.total);
    equal("the total of published courses", Some(3), total)?;
    let unpublished = CourseQuery {
        published: false,
        ..CourseQuery::default()
    };
    equal(
        "unpublished courses",
        1,
        client.service_courses(&unpublished).await?.items.len(),
    )?;

    let course = page.items.iter().find(|course| course.participant_count > 0);
    let course = course.ok_or_else(|| Failure::new("a course with participants", "none"))?;
    let detail = client.service_course(&course.id).await?;
    equal(
        "participants of the course",
        course.participant_count,
        detail.participants.len() as u64,
    )?;
    let materials = client.service_course_materials(&course.id).await?;
    holds(
        "topics of the course",
        !materials.topics.is_empty(),
        materials.topics.len(),
    )?;

    let id = walk.open_participation().await?;
    let participation = client.service_participation(&id).await?;
    equal("the participation", &id, &participation.id)
}

/// Writes a result, repeats it, and looks into the database.
pub(super) async fn writes(walk: &Walk<'_>, client: &HemeraClient) -> Result<(), Failure> {
    let id = walk.open_participation().await?;
    let pool = walk.stack.database.pool();
    let before = query::stored_result(pool, id.as_str()).await?;

    let text = |error: InvalidText| anyhow::Error::from(error);
    let update = ResultUpdate::default()
        .with_outcome("Führt das Gespräch frei 🎓")
        .map_err(text)?;
    let update = update.with_notes("").map_err(text)?.complete();
    let written = client
        .update_service_participation_result(&id, &update, None)
        .await?;
    equal(
        "the status",
        Some(ParticipationStatus::Complete),
        written.status.known(),
    )?;

    let stored = query::stored_result(pool, id.as_str()).await?;
    equal(
        "the stored outcome",
        Some("Führt das Gespräch frei 🎓"),
        stored.outcome.as_deref(),
    )?;
    equal(
        "the stored notes, empty and not null",
        Some(""),
        stored.notes.as_deref(),
    )?;
    equal("the stored status", "COMPLETE", stored.status.as_str())?;
    equal("the version", before.version + 1, stored.version)?;
    holds(
        "a time of completion",
        stored.completed_at.is_some(),
        stored.completed_at,
    )?;

    client
        .update_service_participation_result(&id, &update, None)
        .await?;
    equal(
        "the row after the same request again",
        stored,
        query::stored_result(pool, id.as_str()).await?,
    )
}
