//! Pages of a list fit together.

use hemera_types::CourseSummary;

use crate::academy::empty_academy;

/// Most start at the same time or never: only the id tells them apart. Neither their place in the table nor an index
/// helps to put them in order.
const MANY: &str = "
    drop index courses_listed;
    insert into courses (id, title, slug, level, start_date, published)
    select 'course_' || number, 'Kurs', 'kurs-' || number, 'BEGINNER',
        case number % 4 when 0 then null when 1 then '2026-04-01T00:00:00Z'::timestamptz
            else '2026-05-01T00:00:00Z'::timestamptz end, true
    from generate_series(1, 57) as number order by md5(number::text)";

#[tokio::test]
async fn pages_neither_overlap_nor_leave_anything_out() {
    let app = empty_academy().await;
    app.database.run(MANY).await;
    let mut seen: Vec<CourseSummary> = Vec::new();
    for offset in (0..60).step_by(10) {
        let path = format!("/api/service/courses?limit=10&offset={offset}");
        let answer = app.service_key().get(&path).await;
        assert_eq!(answer.json()["pagination"]["total"], 57);
        let page: Vec<CourseSummary> = serde_json::from_value(answer.data().clone()).unwrap();
        assert_eq!(page.len(), if offset == 50 { 7 } else { 10 });
        seen.extend(page);
    }

    let order = |course: &CourseSummary| (course.start_date.is_none(), course.start_date, course.id.clone());
    assert!(
        seen.is_sorted_by(|a, b| order(a) < order(b)),
        "each course once, in one order over all pages: {seen:?}"
    );
    assert_eq!(seen.len(), 57);
    app.finish().await;
}

#[tokio::test]
async fn a_page_past_the_end_is_empty_and_tells_the_total() {
    let app = empty_academy().await;
    let empty = app.service_key().get("/api/service/courses").await;
    assert_eq!(empty.json()["pagination"]["total"], 0);

    app.database.run(MANY).await;
    let past = app.service_key().get("/api/service/courses?offset=57").await;
    assert_eq!(past.data().as_array().unwrap().len(), 0);
    assert_eq!(past.json()["pagination"]["total"], 57);
    app.finish().await;
}

#[tokio::test]
async fn bookings_are_counted_course_by_course() {
    let app = empty_academy().await;
    app.database.run(MANY).await;
    app.database
        .run(
            "insert into users (id, email) select 'user_' || n, n || '@teilnehmer.example' from generate_series(1, 9) n;
             insert into bookings (id, course_id, user_id)
             select 'booking_' || course || '_' || person, 'course_' || course, 'user_' || person
             from generate_series(1, 9) as course, generate_series(1, course) as person",
        )
        .await;
    let answer = app.service_key().get("/api/service/courses?limit=500").await;
    let courses: Vec<CourseSummary> = serde_json::from_value(answer.data().clone()).unwrap();
    for course in courses {
        let number: u64 = course.id.as_str().trim_start_matches("course_").parse().unwrap();
        let expected = if number < 10 { number } else { 0 };
        assert_eq!(course.participant_count, expected, "{}", course.id);
    }
    app.finish().await;
}
