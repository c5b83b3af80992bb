//! The Hemera in memory, for tests of applications, beside the real one.

use std::path::Path;

use aither_client::hemera_types::{CourseDetail, CourseId, Named as _, Participant, ParticipationStatus};
use aither_client::testing::{BookingSeed, CourseSeed, InMemoryHemera, ParticipationSeed};
use anyhow::Context as _;
use serde_json::Value;

use crate::aither::Aither;
use crate::failure::{Failure, equal};
use crate::walk::Walk;

const COURSE: &str = "course_gespraeche_fuehren";

/// Filled with what Hemera has of a course, it gives the command the same deck, and takes a result.
pub(super) async fn answers_alike(
    walk: &Walk<'_>,
    aither: &Aither<'_>,
    program: &Path,
) -> Result<(), Failure> {
    let hemera = copy_of_course(walk).await?;
    let beside = Aither::with_key(&hemera.base_url().to_string(), hemera.service_key(), program)?;
    let deck = async |aither: &Aither<'_>| -> Result<Value, Failure> {
        Ok(aither.json(&["slides", COURSE]).await?["deck"].take())
    };
    equal("the deck", deck(aither).await?, deck(&beside).await?)?;
    let detail = hemera.client().service_course(&course()?).await?;
    let mut ids = detail
        .participants
        .iter()
        .filter_map(|each| each.participation_id.as_ref());
    let id = ids.next().context("a participation of the course")?;
    let arguments = ["result", id.as_str(), "--outcome", "Spricht frei", "--complete"];
    beside.json(&arguments).await?;
    let stored = hemera.participation(id).context("the participation in memory")?;
    equal(
        "the outcome in memory",
        Some("Spricht frei"),
        stored.result_outcome.as_deref(),
    )
}

fn course() -> Result<CourseId, Failure> {
    Ok(CourseId::parse(COURSE).context("the id of a course")?)
}

async fn copy_of_course(walk: &Walk<'_>) -> Result<InMemoryHemera, Failure> {
    let id = course()?;
    let detail = walk.client.service_course(&id).await?.into_inner();
    let materials = walk.client.service_course_materials(&id).await?.into_inner();
    let mut course = CourseSeed::new(id, detail.title.clone())
        .with_slug(detail.slug.clone())
        .updated_at(detail.updated_at)
        .with_materials(materials.topics);
    if let Some(level) = detail.level.known() {
        course = course.with_level(level);
    }
    if let (Some(start), Some(end)) = (detail.start_date, detail.end_date) {
        course = course.starting(start).ending(end);
    }
    let mut builder = InMemoryHemera::builder().with_course(course);
    for participant in &detail.participants {
        let booking = booking(&detail, participant)?;
        builder = match participation(&detail, participant, booking.clone()) {
            Some(participation) => builder.with_participation(participation),
            None => builder.with_booking(booking),
        };
    }
    Ok(builder.start().await.map_err(anyhow::Error::from)?)
}

fn booking(detail: &CourseDetail, participant: &Participant) -> Result<BookingSeed, Failure> {
    let mut bookings = detail.participations.iter();
    let booked = bookings.find(|booked| booked.booking_id == participant.booking_id);
    let booked = booked.context("each participant is in both lists")?;
    let mut booking = BookingSeed::new(
        participant.booking_id.clone(),
        detail.id.clone(),
        participant.user_id.clone(),
    )
    .booked_at(booked.created_at)
    .updated_at(booked.created_at);
    if let Some(name) = &participant.name {
        booking = booking.with_name(name);
    }
    if let Some(url) = &participant.image_url {
        booking = booking.with_image_url(url);
    }
    Ok(booking)
}

fn participation(
    detail: &CourseDetail,
    participant: &Participant,
    booking: BookingSeed,
) -> Option<ParticipationSeed> {
    let id = participant.participation_id.clone()?;
    let status = ParticipationStatus::parse(participant.status.name()).ok()?;
    let mut seed = ParticipationSeed::of_booking(id, booking)
        .with_status(status)
        .updated_at(detail.updated_at);
    if let Some(text) = &participant.preparation_intent {
        seed = seed.with_preparation_intent(text);
    }
    if let Some(text) = &participant.desired_results {
        seed = seed.with_desired_results(text);
    }
    if let Some(text) = &participant.line_manager_profile {
        seed = seed.with_line_manager_profile(text);
    }
    if let Some(at) = participant.preparation_completed_at {
        seed = seed.prepared_at(at);
    }
    Some(seed)
}
