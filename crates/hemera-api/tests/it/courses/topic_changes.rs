//! Changes of a material's topics: two at a time, and by a tool that wants to be the owner.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::academy::academy;
use crate::support::{administrate, fresh_name};

/// What is left of a material with two topics, `topic_second` and `topic_empty`, where the second change begins before the
/// first one is committed.
async fn after_both(first: &str, second: &str) -> Vec<Value> {
    let app = academy().await;
    app.database
        .run("insert into curriculum_topic_materials (topic_id, material_id) values ('topic_empty', 'material_d')")
        .await;
    let pool = app.database.pool().await;
    let mut under_way = pool.begin().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(first))
        .execute(&mut *under_way)
        .await
        .unwrap();
    let commit = async {
        app.database.until_waiting(1).await;
        under_way.commit().await.unwrap();
    };
    tokio::join!(app.database.run(second), commit);
    pool.close().await;
    let left = app
        .database
        .rows("select topic_id from curriculum_materials where id = 'material_d'")
        .await;
    app.finish().await;
    left
}

fn taken_out_of(topic: &str) -> String {
    format!(
        "delete from curriculum_topic_materials where material_id = 'material_d' and topic_id = '{topic}'"
    )
}

/// Two editors take a material out of its two topics at once: neither sees the other's change, and both come true.
#[tokio::test]
async fn changes_of_one_materials_topics_wait_for_each_other() {
    let left = after_both(&taken_out_of("topic_second"), &taken_out_of("topic_empty")).await;
    assert_eq!(left, [json!({ "topic_id": null })]);
}

/// The topic that is removed was the last one, and takes the material along.
#[tokio::test]
async fn the_removal_of_a_topic_waits_for_changes_of_its_materials() {
    let removal = "delete from curriculum_topics where id = 'topic_second'";
    let left = after_both(&taken_out_of("topic_empty"), removal).await;
    assert_eq!(left.len(), 0, "{left:?}");
}

/// What the triggers write goes to the tables, also where a tool has temporary ones of the same names.
#[tokio::test]
async fn a_temporary_table_takes_no_tables_place() {
    let (app, tool) = (academy().await, fresh_name("tool"));
    administrate(&format!("create role {tool}")).await;
    app.database
        .run(&format!(
            "do $$ begin execute format('grant temporary on database %I to {tool}', current_database()); end $$;
             grant select, insert, update, delete on curriculum_topic_materials, curriculum_materials to {tool};
             grant select, update, delete on curriculum_topics to {tool};
             set role {tool};
             create temporary table courses (id text, updated_at timestamptz);
             create temporary table curriculum_topics (id text, course_id text);
             create temporary table curriculum_materials (id text, topic_id text, identifier text, sort_order integer);
             create temporary table curriculum_topic_materials (topic_id text, material_id text, sort_order integer);
             grant all on all tables in schema pg_temp to public;
             create function pg_temp.is_called() returns trigger language plpgsql as
                 $$ begin raise 'called as %', current_user; end $$;
             create trigger is_called before update on pg_temp.courses
                 for each statement execute function pg_temp.is_called();
             create trigger is_called before update on pg_temp.curriculum_materials
                 for each statement execute function pg_temp.is_called();
             create trigger is_called before insert or delete on pg_temp.curriculum_topic_materials
                 for each statement execute function pg_temp.is_called();
             insert into public.curriculum_topic_materials (topic_id, material_id) values ('topic_empty', 'material_d');
             delete from public.curriculum_topic_materials where topic_id = 'topic_second';
             update public.curriculum_materials set topic_id = 'topic_second', title = 'Neu' where id = 'material_a';
             reset role"
        ))
        .await;
    let topics =
        "select topic_id from curriculum_materials where id in ('material_a', 'material_d') order by id";
    assert_eq!(
        app.database.rows(topics).await,
        [
            json!({ "topic_id": "topic_second" }),
            json!({ "topic_id": "topic_empty" })
        ]
    );
    app.finish().await.remove().await;
    administrate(&format!("drop role {tool}")).await;
}
