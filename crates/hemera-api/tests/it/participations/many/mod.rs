//! `PUT /api/service/participation-results`: the results of many participations.

mod concurrent;
mod form;
mod interrupted;
mod records;
mod verdicts;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestDatabase};

pub(super) const PATH: &str = "/api/service/participation-results";

/// A course with so many participations: `part_1`, `part_2`, …, each at version 1.
pub(super) fn participations(count: usize) -> String {
    format!(
        "insert into users (id, email) select 'user_' || n, n || '@teilnehmer.example' from generate_series(1, {count}) n;
         insert into courses (id, title, slug, level, published) values ('course_many', 'Viele', 'viele', 'BEGINNER', true);
         insert into bookings (id, course_id, user_id, payment_status)
             select 'booking_' || n, 'course_many', 'user_' || n, 'PAID' from generate_series(1, {count}) n;
         insert into course_participations (id, booking_id, course_id, user_id, status)
             select 'part_' || n, 'booking_' || n, 'course_many', 'user_' || n, 'RESULT' from generate_series(1, {count}) n;"
    )
}

/// Updates that write these notes to the participations of these numbers.
pub(super) fn noting(numbers: impl IntoIterator<Item = usize>, notes: &str) -> Value {
    let updates = numbers
        .into_iter()
        .map(|number| json!({ "participationId": format!("part_{number}"), "resultNotes": notes }));
    json!({ "updates": updates.collect::<Vec<_>>() })
}

/// Asks as the service user, with its key.
pub(super) async fn put(app: &TestApp, body: &Value) -> Answer {
    app.service_key().put(PATH, body).await
}

/// The verdicts of a success, in order.
#[track_caller]
pub(super) fn verdicts(answer: &Answer) -> Vec<String> {
    let data = answer.data();
    let results = data["results"].as_array().unwrap().iter();
    results
        .map(|result| result["verdict"].as_str().unwrap().to_owned())
        .collect()
}

/// How many participations have these notes.
pub(super) async fn noted(database: &TestDatabase, notes: &str) -> usize {
    let rows = database
        .rows(&format!(
            "select id from course_participations where result_notes = '{notes}'"
        ))
        .await;
    rows.len()
}
