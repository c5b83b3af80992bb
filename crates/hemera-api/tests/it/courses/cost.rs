//! What the lists' statements read does not grow with what they do not show.
//!
//! Counted in buffers by `explain (analyze, buffers)`, which are the same on every machine; no time is measured. The
//! statements are those that the server sends: the file itself, and the committed text of the other.

use std::str::FromStr as _;

use serde_json::Value;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection};

use crate::academy::NOTHING;
use crate::support::TestDatabase;

const PAGE: &str = include_str!("../../../src/academy/courses/page.sql");

/// 200 courses with ten bookings each, all with a participation; and so many people that reading all of them is never the
/// cheapest plan, whatever the version of PostgreSQL.
const ACADEMY: &str = "
    insert into users (id, email) select 'user_' || n, n || '@teilnehmer.example' from generate_series(1, 20000) n;
    insert into courses (id, title, slug, level, start_date, published)
    select 'course_' || lpad(n::text, 3, '0'), 'Führung im Wandel', 'kurs-' || n, 'BEGINNER', '2026-04-01', true
    from generate_series(1, 200) n;";

/// Bookings and participations of the people $from to $to in the courses from $first on.
fn bookings(first: u32, from: u32, to: u32) -> String {
    format!(
        "insert into bookings (id, user_id, course_id)
         select 'booking_' || person || '_' || course, 'user_' || person, 'course_' || lpad(course::text, 3, '0')
         from generate_series({from}, {to}) person, generate_series({first}, 200) course;
         insert into course_participations (id, booking_id, course_id, user_id)
         select 'participation_' || person || '_' || course, 'booking_' || person || '_' || course,
             'course_' || lpad(course::text, 3, '0'), 'user_' || person
         from generate_series({from}, {to}) person, generate_series({first}, 200) course;"
    )
}

/// A statement of the server's with values for its parameters.
struct Case {
    name: &'static str,
    prepare: String,
    execute: String,
}

fn cases() -> Vec<Case> {
    let types = "bool, text, timestamptz, timestamptz, timestamptz, timestamptz, bigint, bigint";
    let page = |name, offset: u32| Case {
        name,
        prepare: format!("prepare {name} ({types}) as {PAGE}"),
        execute: format!("execute {name} (true, null, null, null, null, null, 20, {offset})"),
    };
    let detail = Case {
        name: "detail",
        prepare: format!("prepare detail (text) as {}", detail()),
        execute: "execute detail ('course_007')".to_owned(),
    };
    vec![page("first_page", 0), page("later_page", 60), detail]
}

/// The text of `GET /courses/{id}`, as `.sqlx` has it: held against the code by `cargo xtask check`.
fn detail() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.sqlx");
    let files = std::fs::read_dir(folder).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let found = texts
        .filter(|text| text.contains("booked_at?"))
        .collect::<Vec<_>>();
    assert_eq!(found.len(), 1);
    let data: Value = serde_json::from_str(&found[0]).unwrap();
    data["query"].as_str().unwrap().to_owned()
}

/// Buffers that a statement touches, and the tables that it reads from end to end.
async fn cost(connection: &mut PgConnection, case: &Case) -> (u64, Vec<String>) {
    sqlx::raw_sql(AssertSqlSafe(&*case.prepare))
        .execute(&mut *connection)
        .await
        .unwrap();
    let explain = format!("explain (analyze, buffers, format json) {}", case.execute);
    let plan: Value = sqlx::query_scalar(AssertSqlSafe(explain))
        .persistent(false)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    let top = &plan[0]["Plan"];
    let buffers = |name: &str| top[name].as_u64().unwrap();
    let mut scanned = Vec::new();
    whole_tables(top, &mut scanned);
    (
        buffers("Shared Hit Blocks") + buffers("Shared Read Blocks"),
        scanned,
    )
}

fn whole_tables(node: &Value, found: &mut Vec<String>) {
    if node["Node Type"] == "Seq Scan" {
        found.push(node["Relation Name"].as_str().unwrap().to_owned());
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        whole_tables(child, found);
    }
}

/// Brings statistics and visibility to where autovacuum keeps them. A connection that begins anywhere in the cluster
/// while this vacuums keeps rows from being marked as visible to all, so it vacuums until they are.
async fn settle(connection: &mut PgConnection) {
    const ENOUGH: u32 = 200;
    for _ in 0..ENOUGH {
        sqlx::raw_sql("vacuum analyze")
            .execute(&mut *connection)
            .await
            .unwrap();
        let is_settled: bool = sqlx::query_scalar(
            "select bool_and(relallvisible = relpages) from pg_class
             where oid in ('courses'::regclass, 'bookings'::regclass, 'course_participations'::regclass)",
        )
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        if is_settled {
            return;
        }
    }
    panic!("{ENOUGH} vacuums left rows that are not visible to all: does a transaction stay open?");
}

/// What every statement costs now, with statistics and visibility as autovacuum keeps them.
async fn costs(database: &TestDatabase) -> Vec<(&'static str, u64, Vec<String>)> {
    let mut connection = PgConnectOptions::from_str(&database.url())
        .unwrap()
        .connect()
        .await
        .unwrap();
    settle(&mut connection).await;
    let mut costs = Vec::new();
    for case in cases() {
        let (buffers, scanned) = cost(&mut connection, &case).await;
        costs.push((case.name, buffers, scanned));
    }
    costs
}

#[tokio::test]
async fn a_page_and_a_course_cost_their_own_bookings_and_no_others() {
    let database = TestDatabase::create().await;
    database
        .run(&format!("{NOTHING}; {ACADEMY} {}", bookings(1, 1, 10)))
        .await;
    let before = costs(&database).await;
    // Twelve times as many in all; none of them in the courses of the pages that are read.
    database.run(&bookings(81, 11, 200)).await;
    let after = costs(&database).await;
    for ((name, few, _), (_, many, scanned)) in before.into_iter().zip(after) {
        // An index that is a level higher costs a step more for each course.
        assert!(many <= few + few / 2, "{name}: {few} buffers, then {many}");
        let others = ["bookings", "course_participations", "users"];
        let whole: Vec<_> = scanned
            .iter()
            .filter(|table| others.contains(&table.as_str()))
            .collect();
        assert!(whole.is_empty(), "{name} reads all of {whole:?}");
    }
}

/// How deep a page lies costs steps in an index, not rows of the table.
#[tokio::test]
async fn a_page_reads_the_rows_that_it_shows_however_deep_it_lies() {
    let database = TestDatabase::create().await;
    let wide = "insert into courses (id, title, slug, level, start_date, published)
        select 'course_' || lpad(n::text, 5, '0'), repeat(md5(n::text), 30), 'kurs-' || n, 'BEGINNER', '2026-04-01', true
        from generate_series(1, 5000) n order by md5(n::text)";
    database.run(&format!("{NOTHING}; {wide}")).await;
    let buffers = async |offset: u32| {
        let mut connection = PgConnectOptions::from_str(&database.url())
            .unwrap()
            .connect()
            .await
            .unwrap();
        settle(&mut connection).await;
        let mut page = cases().remove(0);
        page.execute = format!("execute first_page (true, null, null, null, null, null, 20, {offset})");
        cost(&mut connection, &page).await.0
    };
    let (first, last) = (buffers(0).await, buffers(4980).await);
    assert!(
        last < first + 100,
        "{first} buffers for the first page, {last} for the last"
    );
}
