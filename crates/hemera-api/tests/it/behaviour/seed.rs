//! The world of the scenarios, and its changes, as SQL.

use std::fmt::Write as _;

use service_behaviour::{Change, world};

/// A text in SQL, or null.
fn text(value: Option<&str>) -> String {
    value.map_or_else(
        || "null".to_owned(),
        |value| format!("'{}'", value.replace('\'', "''")),
    )
}

/// Inserts the world.
pub(super) fn statements() -> String {
    let mut sql = String::new();
    for user in world::USERS {
        let (id, name, url) = (user.id, text(user.name), text(user.image_url));
        let _ = writeln!(
            sql,
            "insert into users (id, name, email, image_url) values ('{id}', {name}, '{id}@example.com', {url});"
        );
    }
    for course in world::COURSES {
        let _ = writeln!(
            sql,
            "insert into courses (id, title, slug, level, start_date, end_date, published, updated_at)
             values ('{id}', {}, '{id}', '{}', {}, {}, {}, '{}');",
            text(Some(course.title)),
            course.level,
            text(course.start_date),
            text(course.end_date),
            course.published,
            course.updated_at,
            id = course.id,
        );
    }
    for booking in world::BOOKINGS {
        let _ = writeln!(
            sql,
            "insert into bookings (id, course_id, user_id, created_at, updated_at)
             values ('{}', '{}', '{}', '{}', '{}');",
            booking.id, booking.course, booking.user, booking.created_at, booking.updated_at,
        );
    }
    for participation in world::PARTICIPATIONS {
        let _ = writeln!(sql, "{}", of_participation(participation));
    }
    for topic in world::TOPICS {
        let _ = writeln!(sql, "{}", of_topic(topic));
    }
    for (material, topic, sort_order) in world::SHARED_MATERIALS {
        let _ = writeln!(
            sql,
            "insert into curriculum_topic_materials (topic_id, material_id, sort_order)
             values ('{topic}', '{material}', {sort_order});"
        );
    }
    // The curriculum has touched its courses.
    for course in world::COURSES {
        let _ = writeln!(
            sql,
            "alter table courses disable trigger courses_keep_updated_at;
             update courses set updated_at = '{}' where id = '{}';
             alter table courses enable trigger courses_keep_updated_at;",
            course.updated_at, course.id
        );
    }
    sql
}

fn of_participation(participation: &world::Participation) -> String {
    let [intent, results, manager] = participation.preparation;
    let [outcome, notes] = participation.result;
    format!(
        "insert into course_participations (
             id, booking_id, course_id, user_id, status, preparation_intent, desired_results, line_manager_profile,
             preparation_completed_at, result_outcome, result_notes, result_completed_at, created_at, updated_at
         )
         select '{}', id, course_id, user_id, '{}', {}, {}, {}, {}, {}, {}, {}, '{}', '{}'
         from bookings where id = '{}';",
        participation.id,
        participation.status,
        text(intent),
        text(results),
        text(manager),
        text(participation.prepared_at),
        text(outcome),
        text(notes),
        text(participation.completed_at),
        participation.created_at,
        participation.updated_at,
        participation.booking,
    )
}

fn of_topic(topic: &world::Topic) -> String {
    let mut sql = format!(
        "insert into curriculum_topics (id, course_id, title, position) values ('{}', '{}', {}, {});",
        topic.id,
        topic.course,
        text(Some(topic.title)),
        topic.position,
    );
    for material in topic.materials {
        let html = material.html.map(|(html, times)| html.repeat(times));
        let _ = writeln!(
            sql,
            "insert into curriculum_materials (id, topic_id, identifier, title, sort_order, html_content)
             values ('{id}', '{}', '{id}', {}, {}, {});",
            topic.id,
            text(Some(material.title)),
            material.sort_order,
            text(html.as_deref()),
            id = material.id,
        );
    }
    sql
}

/// Makes a change.
pub(super) fn change(change: Change) -> String {
    match change {
        Change::Rename { user, name } => {
            format!("update users set name = {} where id = '{user}'", text(Some(name)))
        }
        Change::CancelBooking(id) => format!(
            "delete from course_participations where booking_id = '{id}'; delete from bookings where id = '{id}'"
        ),
        Change::Touch(id) => {
            format!("update course_participations set line_manager_profile = 'Neu.' where id = '{id}'")
        }
        Change::ClearMaterials(course) => format!("delete from curriculum_topics where course_id = '{course}'"),
        Change::DeleteCourse(id) => format!(
            "delete from course_participations where course_id = '{id}'; delete from bookings where course_id = '{id}';
             delete from courses where id = '{id}'"
        ),
    }
}
