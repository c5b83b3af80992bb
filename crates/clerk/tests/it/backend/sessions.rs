//! Sessions.

use clerk::SessionStatus;
use serde_json::json;

use super::api;
use crate::support::clerk::{USER, session};
use crate::support::server::{Reply, Server};

#[tokio::test]
async fn sessions_are_created_read_and_revoked() {
    let server = Server::script([
        session("sess_1", "active"),
        session("sess_1", "pending"),
        session("sess_1", "revoked"),
    ])
    .await;
    let api = api(&server);
    assert_eq!(api.sessions().create(USER).await.unwrap().id, "sess_1");
    assert_eq!(
        api.sessions().get("sess_1").await.unwrap().status,
        SessionStatus::Pending
    );
    assert!(api.sessions().revoke("sess_1").await.unwrap().status.is_over());
    assert_eq!(
        server.lines(),
        [
            "POST /v1/sessions",
            "GET /v1/sessions/sess_1",
            "POST /v1/sessions/sess_1/revoke"
        ]
    );
    assert_eq!(server.seen()[0].json(), json!({ "user_id": USER }));
}

#[tokio::test]
async fn every_session_status_is_read_also_an_unknown_one() {
    for status in [
        "active",
        "pending",
        "ended",
        "expired",
        "removed",
        "abandoned",
        "replaced",
        "revoked",
        "quantum",
    ] {
        let server = Server::always(session("sess_1", status)).await;
        let session = api(&server).sessions().get("sess_1").await.unwrap();
        assert_eq!(session.status.as_str(), status);
        assert_eq!(
            session.status.is_over(),
            !matches!(status, "active" | "pending" | "quantum"),
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    let page = |from: usize, count: usize| {
        let item = |index| json!({ "id": format!("sess_{index}"), "user_id": USER, "status": "active" });
        Reply::json(&(from..from + count).map(item).collect::<Vec<_>>().into())
    };
    let server = Server::script([page(0, 500), page(500, 3)]).await;
    let sessions = api(&server)
        .sessions()
        .list(USER, Some(SessionStatus::Active))
        .await
        .unwrap();
    assert_eq!((sessions.len(), sessions[502].id.as_str()), (503, "sess_502"));
    let queries: Vec<String> = server.seen().into_iter().map(|seen| seen.query).collect();
    let query = |offset| format!("user_id={USER}&status=active&limit=500&offset={offset}");
    assert_eq!(queries, [query(0), query(500)]);
}
