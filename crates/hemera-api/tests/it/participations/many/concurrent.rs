//! Requests for one result and for many, at the same time.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{PATH, noting, participations, verdicts};
use crate::academy::{academy, empty_academy};

const SINGLE: &str = "/api/service/participations/part_anna/result";

/// Whatever a request is for: of those that read the same version, one writes.
#[tokio::test]
async fn of_many_who_read_the_same_version_one_writes() {
    let app = academy().await;
    let service = app.service_key();
    let single = service.with("if-match", "\"1\"");
    let bodies: Vec<Value> = (0..10)
        .map(|number| {
            json!({ "updates": [
                { "participationId": "part_bernd", "resultNotes": format!("{number}") },
                { "participationId": "part_anna", "ifMatch": "\"1\"", "resultNotes": format!("many {number}") },
            ] })
        })
        .collect();
    let notes: Vec<Value> = (0..10)
        .map(|number| json!({ "resultNotes": format!("one {number}") }))
        .collect();
    let of_many = join_all(bodies.iter().map(|body| service.put(PATH, body)));
    let of_one = join_all(notes.iter().map(|body| single.put(SINGLE, body)));
    let (of_many, of_one) = tokio::join!(of_many, of_one);

    let among_many = of_many
        .iter()
        .filter(|answer| verdicts(answer)[1] == "UPDATED")
        .count();
    let among_one = of_one.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(among_many + among_one, 1, "{of_many:#?} {of_one:#?}");
    let refused = of_many
        .iter()
        .filter(|answer| verdicts(answer)[1] == "PRECONDITION_FAILED")
        .count();
    assert_eq!(refused + among_many, 10);
    assert!(of_many.iter().all(|answer| verdicts(answer)[0] == "UPDATED"));
    let read = service.get("/api/service/participations/part_anna").await;
    assert_eq!(read.header("etag"), "\"2\"");
    app.finish().await;
}

/// Requests that write the same participations in opposite orders hold one row at a time: none waits for another in a
/// circle.
#[tokio::test]
async fn opposite_orders_do_not_block_each_other() {
    let app = empty_academy().await;
    app.database.run(&participations(40)).await;
    let service = app.service_key();
    let bodies: Vec<Value> = (0..8)
        .map(|number| {
            let mut body = noting(1..=40, &format!("{number}"));
            if number % 2 == 1 {
                body["updates"].as_array_mut().unwrap().reverse();
            }
            body
        })
        .collect();
    let answers = join_all(bodies.iter().map(|body| service.put(PATH, body))).await;
    for answer in &answers {
        assert_eq!(verdicts(answer), vec!["UPDATED"; 40]);
    }
    app.finish().await;
}
