//! The page for operators names every refusal and every figure, and no others.

use std::collections::BTreeSet;

use aither_door::Refusal;

use crate::support::{Hemera, Opened, Script, client, within_bound};

const PAGE: &str = include_str!("../../../../docs/aither-on-a-host.md");

/// The first cells, in code, of the rows below a heading.
fn rows(heading: &str) -> Vec<&'static str> {
    let (_, section) = PAGE.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `"));
    cells.filter_map(|line| Some(line.split_once('`')?.0)).collect()
}

#[test]
fn every_refusal_is_on_the_page_in_the_order_of_the_checks() {
    assert_eq!(rows("Refusals"), Refusal::ALL.map(Refusal::reason));
}

#[tokio::test]
async fn every_figure_is_on_the_page() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::with(client(&hemera.origin).build().unwrap(), |door| {
        door.with_max_connections(1)
    });
    // Each figure appears with the first of what it counts.
    let mut first = door.caller().await;
    first
        .send(format!("GET /nothing HTTP/1.1\r\n{}\r\n", door.head()))
        .await;
    first.last().await;
    let read = || door.ask_on_socket("GET /api/service/courses", "");
    assert_eq!(read().await.status, 200);
    // The connection that asks is the only one: the first has given back its place.
    within_bound(async {
        while !door
            .ask_on_socket("GET /metrics", "")
            .await
            .text()
            .contains("aither_door_connections 1\n")
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let held = door.caller().await;
    assert!(door.caller().await.read_to_end().await.is_empty());
    drop(held);
    let reply = door.ask_on_socket("GET /metrics", "").await;
    let figures = reply.text();
    let types = figures
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE aither_door_"));
    let known: BTreeSet<String> = types
        .map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            let ending = match kind {
                "counter" => "_total",
                "info" => "_info",
                _ => "",
            };
            format!("aither_door_{name}{ending}")
        })
        .collect();
    let listed: BTreeSet<_> = rows("Figures").into_iter().collect();
    assert_eq!(listed, known.iter().map(String::as_str).collect());
}
