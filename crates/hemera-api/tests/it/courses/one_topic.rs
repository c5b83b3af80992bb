//! Servers and tools of the release before, which know one topic of a material, on the schema of today.

use serde_json::{Value, json};
use sqlx::migrate::Migrator;

use super::materials::shown;
use crate::academy::{ACADEMY, academy};
use crate::support::{TestApp, TestDatabase, administrate, fresh_name, role_names};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// The migration that gave materials several topics.
const SEVERAL_TOPICS: i64 = 20_260_105_000_100;

/// The statement of a server of the release before, for one course.
const STATEMENT_BEFORE: &str = r#"
    select
        c.id as "course_id!",
        t.id as "topic_id?",
        t.title as "topic_title?",
        m.id as "material_id?",
        m.identifier as "identifier?",
        m.title as "title?",
        m.sort_order as "sort_order?",
        m.html_content as "html_content?"
    from courses c
    left join curriculum_topics t on t.course_id = c.id
    left join curriculum_materials m on m.topic_id = t.id
    where c.id = 'course_wandel'
    order by t.position, t.id, m.sort_order, m.id"#;

/// What a server of the release before shows of a course: its topics and materials with their places.
async fn shown_before(database: &TestDatabase) -> Value {
    let rows = database.rows_as(&role_names().server(), STATEMENT_BEFORE).await;
    let mut topics: Vec<(Value, Vec<Value>)> = Vec::new();
    for row in rows {
        if topics.last().is_none_or(|last| last.0 != row["topic_id?"]) {
            topics.push((row["topic_id?"].clone(), Vec::new()));
        }
        if !row["material_id?"].is_null() {
            let place = json!([row["material_id?"], row["sort_order?"]]);
            topics.last_mut().unwrap().1.push(place);
        }
    }
    json!(topics)
}

/// Asserts that a server of the release before and one of today show this.
async fn assert_both_show(app: &TestApp, expected: Value, after: &str) {
    assert_eq!(
        shown(app, "course_wandel").await,
        expected,
        "today, after: {after}"
    );
    assert_eq!(
        shown_before(&app.database).await,
        expected,
        "before, after: {after}"
    );
}

const AT_FIRST: [(&str, i32); 3] = [("material_c", 0), ("material_a", 1), ("material_b", 1)];

#[tokio::test]
async fn what_older_tools_write_is_shown_by_servers_of_both_releases() {
    let app = academy().await;
    let second = [("material_d", 0)];
    let at_first = json!([
        ["topic_first", AT_FIRST],
        ["topic_second", second],
        ["topic_empty", []]
    ]);
    assert_both_show(&app, at_first, "nothing").await;

    let steps = [
        (
            "insert into curriculum_materials (id, topic_id, identifier, title, sort_order)
                values ('material_e', 'topic_empty', 'ausblick', 'Ausblick', 3)",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", second],
                ["topic_empty", [("material_e", 3)]]
            ]),
        ),
        (
            "update curriculum_materials set sort_order = -1 where id = 'material_b'",
            json!([
                [
                    "topic_first",
                    [("material_b", -1), ("material_c", 0), ("material_a", 1)]
                ],
                ["topic_second", second],
                ["topic_empty", [("material_e", 3)]],
            ]),
        ),
        (
            "update curriculum_materials set topic_id = 'topic_second', sort_order = 2 where id = 'material_b'",
            json!([
                ["topic_first", [("material_c", 0), ("material_a", 1)]],
                ["topic_second", [("material_d", 0), ("material_b", 2)]],
                ["topic_empty", [("material_e", 3)]],
            ]),
        ),
        (
            "delete from curriculum_materials where id in ('material_b', 'material_e')",
            json!([
                ["topic_first", [("material_c", 0), ("material_a", 1)]],
                ["topic_second", second],
                ["topic_empty", []],
            ]),
        ),
        (
            "delete from curriculum_topics where id = 'topic_first'",
            json!([["topic_second", second], ["topic_empty", []]]),
        ),
    ];
    for (write, expected) in steps {
        app.database.run(write).await;
        assert_both_show(&app, expected, write).await;
    }
    let left = "select id from curriculum_materials order by id";
    assert_eq!(app.database.rows(left).await, [json!({ "id": "material_d" })]);
    app.finish().await;
}

/// Of several topics of a material, an older server shows one that is true.
#[tokio::test]
async fn older_servers_show_a_material_in_one_of_its_topics() {
    let app = academy().await;
    let steps = [
        (
            "insert into curriculum_topic_materials (topic_id, material_id, sort_order)
                values ('topic_empty', 'material_d', 4)",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", [("material_d", 0)]],
                ["topic_empty", []]
            ]),
        ),
        (
            "update curriculum_topic_materials set sort_order = sort_order + 1 where material_id = 'material_d'",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", [("material_d", 1)]],
                ["topic_empty", []]
            ]),
        ),
        (
            "delete from curriculum_topic_materials where topic_id = 'topic_second'",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", []],
                ["topic_empty", [("material_d", 5)]]
            ]),
        ),
        (
            "update curriculum_topic_materials set topic_id = 'topic_second' where material_id = 'material_d'",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", [("material_d", 5)]],
                ["topic_empty", []]
            ]),
        ),
        (
            "delete from curriculum_topic_materials where material_id = 'material_d'",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", []],
                ["topic_empty", []]
            ]),
        ),
        (
            "insert into curriculum_topic_materials (topic_id, material_id) values ('topic_empty', 'material_d')",
            json!([
                ["topic_first", AT_FIRST],
                ["topic_second", []],
                ["topic_empty", [("material_d", 0)]]
            ]),
        ),
    ];
    for (write, expected) in steps {
        app.database.run(write).await;
        assert_eq!(shown_before(&app.database).await, expected, "{write}");
    }
    app.finish().await;
}

/// An older tool moves a material away from its `topic_id`, and from no other topic.
#[tokio::test]
async fn a_move_by_an_older_tool_leaves_further_topics_alone() {
    let app = academy().await;
    app.database
        .run(
            "insert into curriculum_topic_materials (topic_id, material_id, sort_order)
                values ('topic_empty', 'material_d', 4);
             update curriculum_materials set topic_id = 'topic_first', sort_order = 7 where id = 'material_d'",
        )
        .await;
    let first = [AT_FIRST.as_slice(), &[("material_d", 7)]].concat();
    assert_eq!(
        shown(&app, "course_wandel").await,
        json!([
            ["topic_first", first],
            ["topic_second", []],
            ["topic_empty", [("material_d", 4)]]
        ])
    );
    app.finish().await;
}

#[tokio::test]
async fn a_topic_that_is_removed_leaves_materials_that_other_topics_have() {
    let app = academy().await;
    app.database
        .run(
            "insert into curriculum_topics (id, course_id, title, position) values
                ('topic_u', 'course_undated', 'U', 1), ('topic_v', 'course_undated', 'V', 2);
             insert into curriculum_topic_materials (topic_id, material_id, sort_order) values
                ('topic_second', 'material_a', 3), ('topic_u', 'material_c', 6);
             insert into curriculum_materials (id, topic_id, identifier, title) values ('material_u', 'topic_u', 'u', 'U');
             insert into curriculum_topic_materials (topic_id, material_id) values ('topic_v', 'material_u');
             delete from curriculum_topics where id = 'topic_first'",
        )
        .await;
    let expected = json!([
        ["topic_second", [("material_d", 0), ("material_a", 3)]],
        ["topic_empty", []]
    ]);
    assert_both_show(&app, expected, "the removal of a topic").await;
    assert_eq!(
        shown(&app, "course_undated").await,
        json!([
            ["topic_u", [("material_u", 0), ("material_c", 6)]],
            ["topic_v", [("material_u", 0)]]
        ])
    );

    // A course takes what only its own topics have.
    app.database
        .run("delete from courses where id = 'course_undated'")
        .await;
    let left = app
        .database
        .rows("select id, topic_id from curriculum_materials order by id")
        .await;
    assert_eq!(
        left,
        [
            json!({ "id": "material_a", "topic_id": "topic_second" }),
            json!({ "id": "material_d", "topic_id": "topic_second" }),
        ]
    );
    app.finish().await;
}

#[tokio::test]
async fn a_tool_with_the_rights_from_before_goes_on() {
    let (app, editor) = (academy().await, fresh_name("editor"));
    administrate(&format!("create role {editor}")).await;
    app.database
        .run(&format!(
            "grant select, insert, update, delete on curriculum_topics, curriculum_materials to {editor};
             grant select, update on courses to {editor};
             set role {editor};
             insert into curriculum_materials (id, topic_id, identifier, title)
                values ('material_e', 'topic_empty', 'ausblick', 'Ausblick');
             update curriculum_materials set topic_id = 'topic_empty', title = 'Neu' where id = 'material_d';
             delete from curriculum_topics where id = 'topic_first';
             reset role"
        ))
        .await;
    let expected = json!([
        ["topic_second", []],
        ["topic_empty", [("material_d", 0), ("material_e", 0)]],
    ]);
    assert_both_show(&app, expected, "writes of an editor").await;
    app.finish().await.remove().await;
    administrate(&format!("drop role {editor}")).await;
}

/// What the triggers write needs no right of the tool's own.
#[tokio::test]
async fn a_tool_that_places_materials_needs_rights_on_their_places_alone() {
    let (app, placer) = (academy().await, fresh_name("placer"));
    administrate(&format!("create role {placer}")).await;
    app.database
        .run(&format!(
            "grant select, insert, update, delete on curriculum_topic_materials to {placer};
             set role {placer};
             insert into curriculum_topic_materials (topic_id, material_id) values ('topic_empty', 'material_d');
             update curriculum_topic_materials set sort_order = 3 where topic_id = 'topic_empty';
             delete from curriculum_topic_materials where topic_id = 'topic_second';
             reset role"
        ))
        .await;
    let expected = json!([
        ["topic_first", AT_FIRST],
        ["topic_second", []],
        ["topic_empty", [("material_d", 3)]]
    ]);
    assert_both_show(&app, expected, "writes of a placer").await;
    app.finish().await.remove().await;
    administrate(&format!("drop role {placer}")).await;
}

/// The identifier was taken in the topic that the material left, and is free in the one to which it came.
#[tokio::test]
async fn an_older_tool_may_move_and_rename_a_material_in_one_statement() {
    let app = academy().await;
    let write = "update curriculum_materials set topic_id = 'topic_empty',
            identifier = (select identifier from curriculum_materials where id = 'material_b')
        where id = 'material_a'";
    app.database.run(write).await;
    let expected = json!([
        ["topic_first", [("material_c", 0), ("material_b", 1)]],
        ["topic_second", [("material_d", 0)]],
        ["topic_empty", [("material_a", 1)]]
    ]);
    assert_both_show(&app, expected, write).await;
    app.finish().await;
}

#[tokio::test]
async fn materials_from_before_keep_their_topic_and_place() {
    let database = TestDatabase::create_empty().await;
    let before = MIGRATIONS
        .iter()
        .filter(|migration| migration.version < SEVERAL_TOPICS);
    for migration in before {
        database.run(migration.sql.as_str()).await;
    }
    database.run(ACADEMY).await;
    let courses = "select id, updated_at from courses order by id";
    let unchanged = database.rows(courses).await;
    let migration = MIGRATIONS
        .iter()
        .find(|migration| migration.version == SEVERAL_TOPICS);
    database.run(migration.unwrap().sql.as_str()).await;

    let links =
        "select material_id, topic_id, sort_order from curriculum_topic_materials order by material_id";
    assert_eq!(
        database.rows(links).await,
        [
            json!({ "material_id": "material_a", "topic_id": "topic_first", "sort_order": 1 }),
            json!({ "material_id": "material_b", "topic_id": "topic_first", "sort_order": 1 }),
            json!({ "material_id": "material_c", "topic_id": "topic_first", "sort_order": 0 }),
            json!({ "material_id": "material_d", "topic_id": "topic_second", "sort_order": 0 }),
        ]
    );
    assert_eq!(database.rows(courses).await, unchanged, "no course was changed");
}
