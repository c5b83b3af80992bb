//! Updates of requests that write many results, by verdict.

use super::{results, served};

#[tokio::test]
async fn each_update_counts_by_its_verdict() {
    let server = served(&[
        ("HEMERA_LIMITS__API_CLIENT_BURST", "3"),
        ("HEMERA_LIMITS__WINDOW", "1h"),
    ])
    .await;
    let body = r#"{"updates":[
        {"participationId":"participation_1001","resultNotes":"A"},
        {"participationId":"participation_1002","resultNotes":"A","ifMatch":"\"99\""},
        {"participationId":"participation_none","complete":true},
        {"participationId":"participation_1003","complete":false}
    ]}"#;
    results(&server, body).await.assert_status(200);
    // A request that is refused for its form counts no update.
    results(
        &server,
        r#"{"updates":[{"participationId":"participation_1001"}]}"#,
    )
    .await
    .assert_status(400);
    // Nor does one for which there is no room: of its two, one was admitted at first.
    let updates = (0..100).map(|number| format!(r#"{{"participationId":"none_{number}","complete":true}}"#));
    let body = format!(r#"{{"updates":[{}]}}"#, updates.collect::<Vec<_>>().join(","));
    results(&server, &body).await.assert_status(429);

    let scrape = server.scrape().await;
    let counted = scrape.all("hemera_result_items_total");
    let series = |verdict: &str| format!("hemera_result_items_total{{verdict=\"{verdict}\"}}");
    let expected =
        ["UPDATED", "PRECONDITION_FAILED", "NOT_FOUND", "UNCHANGED"].map(|verdict| (series(verdict), 1));
    assert_eq!(counted, expected.into());
    let decisions = scrape.all("hemera_rate_limit_decisions_total");
    let decision = |word: &str| {
        let name = format!("hemera_rate_limit_decisions_total{{limit=\"api-client\",decision=\"{word}\"}}");
        decisions[&name]
    };
    assert_eq!((decision("admitted"), decision("limited")), (3, 1));
}
