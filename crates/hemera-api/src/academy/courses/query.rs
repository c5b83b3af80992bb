//! SQL of the courses: one statement an operation, so that each answer is of one moment.

use hemera_types::{CourseId, CourseQuery, Named, Timestamp};
use time::OffsetDateTime;

use super::row::{CourseRow, DetailRow, MaterialRow};
use crate::database::Database;

/// The courses of a page, each with the total of all pages.
pub(super) async fn page(database: &Database, query: &CourseQuery) -> Result<Vec<CourseRow>, sqlx::Error> {
    let [starts_from, starts_before, ends_from, updated_since] = [
        query.starts_from,
        query.starts_before,
        query.ends_from,
        query.updated_since,
    ]
    .map(|time| time.map(Timestamp::to_offset_date_time));
    sqlx::query_file_as!(
        CourseRow,
        "src/academy/courses/page.sql",
        query.published,
        query.level.map(Named::name),
        starts_from as Option<OffsetDateTime>,
        starts_before as Option<OffsetDateTime>,
        ends_from as Option<OffsetDateTime>,
        updated_since as Option<OffsetDateTime>,
        i64::from(query.limit),
        i64::from(query.offset),
    )
    .fetch_all(&mut database.lease().await?)
    .await
}

/// The course with its bookings in their order, one a row.
pub(super) async fn detail(database: &Database, id: &CourseId) -> Result<Vec<DetailRow>, sqlx::Error> {
    sqlx::query_as!(
        DetailRow,
        r#"
        select
            c.id as "id!",
            c.title as "title!",
            c.slug as "slug!",
            c.level::text as "level!",
            c.start_date as "start_date?",
            c.end_date as "end_date?",
            greatest(c.updated_at, max(b.updated_at) over (), max(p.updated_at) over ()) as "updated_at!",
            b.id as "booking_id?",
            b.created_at as "booked_at?",
            b.user_id as "user_id?",
            u.name as "name?",
            u.image_url as "image_url?",
            p.id as "participation_id?",
            p.status::text as "status?",
            p.preparation_intent as "preparation_intent?",
            p.desired_results as "desired_results?",
            p.line_manager_profile as "line_manager_profile?",
            p.preparation_completed_at as "preparation_completed_at?"
        from courses c
        left join bookings b on b.course_id = c.id
        left join users u on u.id = b.user_id
        left join course_participations p on p.booking_id = b.id
        where c.id = $1
        order by b.created_at, b.id
        "#,
        id.as_str(),
    )
    .fetch_all(&mut database.lease().await?)
    .await
}

/// The course with its topics and their materials in their order, one material of one topic a row.
pub(super) async fn materials(database: &Database, id: &CourseId) -> Result<Vec<MaterialRow>, sqlx::Error> {
    sqlx::query_as!(
        MaterialRow,
        r#"
        select
            c.id as "course_id!",
            t.id as "topic_id?",
            t.title as "topic_title?",
            m.id as "material_id?",
            m.identifier as "identifier?",
            m.title as "title?",
            l.sort_order as "sort_order?",
            m.html_content as "html_content?"
        from courses c
        left join curriculum_topics t on t.course_id = c.id
        left join curriculum_topic_materials l on l.topic_id = t.id
        left join curriculum_materials m on m.id = l.material_id
        where c.id = $1
        order by t.position, t.id, l.sort_order, l.material_id
        "#,
        id.as_str(),
    )
    .fetch_all(&mut database.lease().await?)
    .await
}
