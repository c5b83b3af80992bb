//! Each call of the Backend API: what is sent, and what is made of the answer.

use std::time::Duration;

use clerk::{
    BackendApi, ErrorKind, Instance, Metadata, NewUser, SecretKey, SessionStatus, TemplateSpec, UserFilter,
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::support::clerk::{SECRET, USER, session};
use crate::support::server::{Reply, Seen, Server};

fn api(server: &Server) -> BackendApi {
    BackendApi::builder(SecretKey::parse(SECRET).unwrap())
        .with_base_url(server.url.clone())
        .build()
        .unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

fn only(server: &Server) -> Seen {
    let mut seen = server.seen();
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}

fn user() -> Value {
    json!({
        "object": "user", "id": USER, "external_id": null, "first_name": "Aither", "last_name": null,
        "primary_email_address_id": "idn_2",
        "email_addresses": [
            { "id": "idn_1", "object": "email_address", "email_address": "old@hemera-academy.com", "verification": null },
            { "id": "idn_2", "object": "email_address", "email_address": "new@hemera-academy.com" },
        ],
        "public_metadata": { "role": "api-client", "service": "aither" }, "private_metadata": null,
        "banned": false, "locked": true, "created_at": 1_790_000_000_000_i64, "updated_at": 1_790_000_000_001_i64,
        "something_new": { "a": [1] },
    })
}

#[tokio::test]
async fn every_request_says_who_asks_and_by_which_version() {
    let server = Server::always(Reply::json(&user())).await;
    api(&server).users().get(USER).await.unwrap();
    let seen = only(&server);
    assert_eq!(seen.line(), format!("GET /v1/users/{USER}"));
    assert_eq!(
        seen.header("authorization"),
        Some(format!("Bearer {SECRET}").as_str())
    );
    assert_eq!(seen.header("clerk-api-version"), Some("2026-05-12"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(
        seen.header("user-agent"),
        Some(concat!("hemera-aither-clerk/", env!("CARGO_PKG_VERSION")))
    );
}

#[tokio::test]
async fn a_user_is_read_with_its_role_and_without_regard_to_new_fields() {
    let server = Server::always(Reply::json(&user())).await;
    let user = api(&server).users().get(USER).await.unwrap();
    assert_eq!(user.public_metadata["role"], "api-client");
    assert_eq!((user.banned, user.locked), (false, true));
    assert_eq!(user.email_address(), Some("new@hemera-academy.com"));
    assert_eq!(
        (user.first_name.as_deref(), user.last_name),
        (Some("Aither"), None)
    );
}

#[tokio::test]
async fn users_are_listed_by_filter() {
    let server = Server::always(Reply::json(&json!([user()]))).await;
    let filter = UserFilter::default()
        .with_email_address("a+b@hemera-academy.com")
        .with_user_id("user_1")
        .with_user_id("user_2")
        .with_query("ai ther")
        .with_limit(500)
        .with_offset(20);
    assert_eq!(api(&server).users().list(filter).await.unwrap().len(), 1);
    let expected = "email_address=a%2Bb%40hemera-academy.com&user_id=user_1&user_id=user_2&query=ai+ther&limit=500&offset=20";
    assert_eq!(only(&server).query, expected);
}

#[tokio::test]
async fn a_user_is_created_without_a_password() {
    let server = Server::always(Reply::json(&user())).await;
    let new = NewUser::without_password("aither-service@hemera-academy.com")
        .with_name("Aither", "Service")
        .with_external_id("aither")
        .with_public_metadata(object(json!({ "role": "api-client" })));
    api(&server).users().create(new).await.unwrap();
    let seen = only(&server);
    assert_eq!(
        (seen.line().as_str(), seen.header("content-type")),
        ("POST /v1/users", Some("application/json"))
    );
    let expected = json!({
        "email_address": ["aither-service@hemera-academy.com"], "first_name": "Aither", "last_name": "Service",
        "external_id": "aither", "public_metadata": { "role": "api-client" }, "skip_password_requirement": true,
    });
    assert_eq!(seen.json(), expected);
}

#[tokio::test]
async fn metadata_is_merged_and_a_null_is_sent_as_one() {
    let server = Server::always(Reply::json(&user())).await;
    let changes = Metadata::public(object(json!({ "role": "api-client", "old": null })));
    api(&server).users().merge_metadata(USER, changes).await.unwrap();
    let seen = only(&server);
    assert_eq!(seen.line(), format!("PATCH /v1/users/{USER}/metadata"));
    assert_eq!(
        seen.json(),
        json!({ "public_metadata": { "role": "api-client", "old": null } })
    );
}

#[tokio::test]
async fn a_user_is_banned_and_unbanned_and_loses_its_password() {
    let server = Server::always(Reply::json(&user())).await;
    let api = api(&server);
    api.users().ban(USER).await.unwrap();
    api.users().unban(USER).await.unwrap();
    api.users().remove_password(USER).await.unwrap();
    let lines = ["ban", "unban", "remove_password"].map(|verb| format!("POST /v1/users/{USER}/{verb}"));
    assert_eq!(server.lines(), lines);
    assert_eq!(server.seen()[2].json(), json!({}));
}

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
async fn every_status_of_a_session_is_read_also_one_that_nobody_knows() {
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

#[tokio::test]
async fn a_sign_in_token_is_created_and_revoked() {
    let created =
        json!({ "object": "sign_in_token", "id": "sit_1", "token": "the-ticket", "status": "pending" });
    let revoked = json!({ "object": "sign_in_token", "id": "sit_1", "status": "revoked" });
    let server = Server::script([Reply::json(&created), Reply::json(&revoked)]).await;
    let api = api(&server);
    let token = api
        .sign_in_tokens()
        .create(USER, Duration::from_millis(10))
        .await
        .unwrap();
    api.sign_in_tokens().revoke(&token.id).await.unwrap();
    assert_eq!(
        server.lines(),
        ["POST /v1/sign_in_tokens", "POST /v1/sign_in_tokens/sit_1/revoke"]
    );
    assert_eq!(
        server.seen()[0].json(),
        json!({ "user_id": USER, "expires_in_seconds": 1 })
    );
}

#[tokio::test]
async fn a_sign_in_token_without_its_ticket_is_not_taken() {
    let server = Server::always(Reply::json(&json!({ "id": "sit_1" }))).await;
    let error = api(&server)
        .sign_in_tokens()
        .create(USER, Duration::from_mins(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unintelligible);
}

#[tokio::test]
async fn templates_are_listed_created_changed_and_deleted() {
    let template = json!({
        "object": "jwt_template", "id": "jtmp_1", "name": "hemera-api", "claims": { "aud": "hemera-api" },
        "lifetime": 900, "allowed_clock_skew": 5, "custom_signing_key": false, "signing_algorithm": "RS256",
    });
    let deleted = json!({ "object": "jwt_template", "id": "jtmp_1", "deleted": true });
    let server = Server::script([
        Reply::json(&json!([template])),
        Reply::json(&template),
        Reply::json(&template),
        Reply::json(&deleted),
    ])
    .await;
    let api = api(&server);
    let spec = TemplateSpec::new(
        "hemera-api",
        object(json!({ "role": "{{user.public_metadata.role}}" })),
    );
    assert_eq!(api.jwt_templates().list().await.unwrap()[0].lifetime, 900);
    api.jwt_templates().create(&spec).await.unwrap();
    let spec = spec
        .with_lifetime(Duration::from_mins(15))
        .with_allowed_clock_skew(Duration::from_secs(5))
        .with_instance_key();
    api.jwt_templates().update("jtmp_1", &spec).await.unwrap();
    api.jwt_templates().delete("jtmp_1").await.unwrap();
    let lines = [
        "GET /v1/jwt_templates",
        "POST /v1/jwt_templates",
        "PATCH /v1/jwt_templates/jtmp_1",
        "DELETE /v1/jwt_templates/jtmp_1",
    ];
    assert_eq!(server.lines(), lines);
    let claims = json!({ "role": "{{user.public_metadata.role}}" });
    assert_eq!(
        server.seen()[1].json(),
        json!({ "name": "hemera-api", "claims": claims })
    );
    let full = json!({
        "name": "hemera-api", "claims": claims, "lifetime": 900, "allowed_clock_skew": 5,
        "custom_signing_key": false,
    });
    assert_eq!(server.seen()[2].json(), full);
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let server = Server::always(Reply::json(&user())).await;
    api(&server).users().get("user_1/../../x?y#z %").await.unwrap();
    assert_eq!(only(&server).path, "/v1/users/user_1%2F..%2F..%2Fx%3Fy%23z%20%25");
    assert_eq!(only(&server).query, "");
}

#[tokio::test]
async fn what_cannot_be_one_segment_is_not_sent() {
    let server = Server::always(Reply::json(&user())).await;
    for id in ["", ".", ".."] {
        let error = api(&server).users().get(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{id}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_base_url_may_have_a_path() {
    let server = Server::always(Reply::json(&user())).await;
    for base in ["/__clerk", "/__clerk/"] {
        let key = SecretKey::parse(SECRET).unwrap();
        let api = BackendApi::builder(key)
            .with_base_url(server.url.join(base).unwrap())
            .build()
            .unwrap();
        api.users().get("user_1").await.unwrap();
    }
    assert_eq!(server.lines(), ["GET /__clerk/v1/users/user_1"; 2]);
}

#[test]
fn only_https_or_this_machine_is_talked_to() {
    let build = |base: &str| {
        let key = SecretKey::parse(SECRET).unwrap();
        BackendApi::builder(key)
            .with_base_url(Url::parse(base).unwrap())
            .build()
            .map(|api| api.instance())
    };
    for base in [
        "https://api.clerk.com",
        "http://127.0.0.1:4010",
        "http://[::1]:4010",
        "http://localhost",
        "http://clerk.localhost:1",
    ] {
        assert_eq!(build(base).unwrap(), Instance::Production, "{base}");
    }
    for base in [
        "http://api.clerk.com",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1",
        "https://user@api.clerk.com",
        "https://:password@api.clerk.com",
        "https://api.clerk.com?x=1",
        "https://api.clerk.com#x",
        "data:,x",
    ] {
        let error = build(base).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setting, "{base}");
        assert!(!format!("{error:?}").contains("password"), "{error:?}");
    }
}
