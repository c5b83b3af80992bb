//! From rows to what the wire shows of courses.

use std::collections::HashSet;

use hemera_types::{
    BookedParticipation, BookingId, CourseDetail, CourseId, CourseMaterials, CourseSummary, Material,
    MaterialId, Open, Participant, ParticipantStatus, ParticipationId, Topic, TopicId,
};
use time::OffsetDateTime;

use crate::academy::identity::Identity;
use crate::academy::row::{BrokenRow, InColumn as _};

/// A row of a page. An empty page is one row that has the total and nothing else.
#[derive(Debug)]
pub(super) struct CourseRow {
    pub(super) total: i64,
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) level: Option<String>,
    pub(super) start_date: Option<OffsetDateTime>,
    pub(super) end_date: Option<OffsetDateTime>,
    pub(super) participant_count: i64,
    pub(super) updated_at: Option<OffsetDateTime>,
}

impl CourseRow {
    /// The course, unless the row stands for an empty page.
    fn course(self) -> Option<Result<CourseSummary, BrokenRow>> {
        let id = self.id?;
        Some((|| {
            Ok(CourseSummary {
                id: CourseId::parse(id).in_column("courses", "id")?,
                title: self.title.in_column("courses", "title")?,
                slug: self.slug.in_column("courses", "slug")?,
                level: Open::of(&self.level.in_column("courses", "level")?),
                start_date: self.start_date.map(Into::into),
                end_date: self.end_date.map(Into::into),
                participant_count: self.participant_count.unsigned_abs(),
                updated_at: self.updated_at.in_column("courses", "updated_at")?.into(),
            })
        })())
    }
}

/// The total and the courses of a page.
pub(super) fn page(rows: Vec<CourseRow>) -> Result<(u64, Vec<CourseSummary>), BrokenRow> {
    let total = rows.first().map_or(0, |row| row.total.unsigned_abs());
    let courses: Result<_, _> = rows.into_iter().filter_map(CourseRow::course).collect();
    Ok((total, courses?))
}

/// A course and one of its bookings; a course without any is one row without one.
#[derive(Debug)]
pub(super) struct DetailRow {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) level: String,
    pub(super) start_date: Option<OffsetDateTime>,
    pub(super) end_date: Option<OffsetDateTime>,
    pub(super) updated_at: OffsetDateTime,
    pub(super) booking_id: Option<String>,
    pub(super) booked_at: Option<OffsetDateTime>,
    pub(super) user_id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) image_url: Option<String>,
    pub(super) participation_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) preparation_intent: Option<String>,
    pub(super) desired_results: Option<String>,
    pub(super) line_manager_profile: Option<String>,
    pub(super) preparation_completed_at: Option<OffsetDateTime>,
}

impl DetailRow {
    fn course(&self) -> Result<CourseDetail, BrokenRow> {
        Ok(CourseDetail {
            id: CourseId::parse(self.id.as_str()).in_column("courses", "id")?,
            title: self.title.clone(),
            slug: self.slug.clone(),
            level: Open::of(&self.level),
            start_date: self.start_date.map(Into::into),
            end_date: self.end_date.map(Into::into),
            updated_at: self.updated_at.into(),
            participants: Vec::new(),
            participations: Vec::new(),
        })
    }

    /// The booking in both of its shapes, unless the row stands for a course without any.
    fn booking(self, identity: &Identity) -> Result<Option<(Participant, BookedParticipation)>, BrokenRow> {
        let Some(booking_id) = self.booking_id else {
            return Ok(None);
        };
        let booking_id = BookingId::parse(booking_id).in_column("bookings", "id")?;
        let user_id = self.user_id.in_column("bookings", "user_id")?;
        let person = identity
            .person(user_id, self.name, self.image_url)
            .in_column("bookings", "user_id")?;
        let participation_id = self
            .participation_id
            .map(ParticipationId::parse)
            .transpose()
            .in_column("course_participations", "id")?;
        let status = self
            .status
            .as_deref()
            .map_or(Open::Known(ParticipantStatus::None), Open::of);
        let booked = BookedParticipation {
            id: participation_id.clone(),
            booking_id: booking_id.clone(),
            user_id: person.user_id.clone(),
            status: self.status.as_deref().map(Open::of),
            created_at: self.booked_at.in_column("bookings", "created_at")?.into(),
        };
        let participant = Participant {
            booking_id,
            participation_id,
            user_id: person.user_id,
            name: person.name,
            image_url: person.image_url,
            status,
            preparation_intent: self.preparation_intent,
            desired_results: self.desired_results,
            line_manager_profile: self.line_manager_profile,
            preparation_completed_at: self.preparation_completed_at.map(Into::into),
        };
        Ok(Some((participant, booked)))
    }
}

/// The course of these rows, and the real ids of the users in it, each once; none where there is no row.
pub(super) fn detail(
    rows: Vec<DetailRow>,
    identity: &Identity,
) -> Result<Option<(CourseDetail, Vec<String>)>, BrokenRow> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut course = first.course()?;
    let (mut persons, mut seen) = (Vec::new(), HashSet::new());
    for row in rows {
        persons.extend(row.user_id.clone().filter(|person| seen.insert(person.clone())));
        if let Some((participant, booked)) = row.booking(identity)? {
            course.participants.push(participant);
            course.participations.push(booked);
        }
    }
    Ok(Some((course, persons)))
}

/// A course, one of its topics and one of the topic's materials, as far as there are any.
#[derive(Debug)]
pub(super) struct MaterialRow {
    pub(super) course_id: String,
    pub(super) topic_id: Option<String>,
    pub(super) topic_title: Option<String>,
    pub(super) material_id: Option<String>,
    pub(super) identifier: Option<String>,
    pub(super) title: Option<String>,
    pub(super) sort_order: Option<i32>,
    pub(super) html_content: Option<String>,
}

impl MaterialRow {
    fn topic(&mut self) -> Result<Option<Topic>, BrokenRow> {
        let Some(topic_id) = self.topic_id.take() else {
            return Ok(None);
        };
        Ok(Some(Topic {
            topic_id: TopicId::parse(topic_id).in_column("curriculum_topics", "id")?,
            topic_title: self.topic_title.take().in_column("curriculum_topics", "title")?,
            materials: Vec::new(),
        }))
    }

    fn material(self) -> Result<Option<Material>, BrokenRow> {
        const TABLE: &str = "curriculum_materials";
        let Some(material_id) = self.material_id else {
            return Ok(None);
        };
        Ok(Some(Material {
            material_id: MaterialId::parse(material_id).in_column(TABLE, "id")?,
            identifier: self.identifier.in_column(TABLE, "identifier")?,
            title: self.title.in_column(TABLE, "title")?,
            sort_order: self
                .sort_order
                .in_column("curriculum_topic_materials", "sort_order")?,
            html_content: self.html_content,
        }))
    }
}

/// The materials of these rows, whose topics are together; none where there is no row.
pub(super) fn materials(rows: Vec<MaterialRow>) -> Result<Option<CourseMaterials>, BrokenRow> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let course_id = CourseId::parse(first.course_id.as_str()).in_column("courses", "id")?;
    let mut topics: Vec<Topic> = Vec::new();
    for mut row in rows {
        let Some(topic) = row.topic()? else { continue };
        if topics.last().is_none_or(|last| last.topic_id != topic.topic_id) {
            topics.push(topic);
        }
        if let (Some(topic), Some(material)) = (topics.last_mut(), row.material()?) {
            topic.materials.push(material);
        }
    }
    Ok(Some(CourseMaterials { course_id, topics }))
}
