//! Users and their metadata.

use clerk::{Metadata, NewUser, UserFilter};
use serde_json::{Value, json};

use super::{api, object, only};
use crate::support::clerk::USER;
use crate::support::server::{Reply, Server};

pub(super) fn user() -> Value {
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
async fn a_user_is_read_with_its_role_and_unknown_fields_are_ignored() {
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
async fn everything_that_a_user_signs_in_with_is_named() {
    let mut shown = user();
    for (list, id) in [
        ("phone_numbers", "idn_3"),
        ("passkeys", "idn_4"),
        ("external_accounts", "eac_5"),
        ("enterprise_accounts", "ent_6"),
        ("web3_wallets", "idn_7"),
    ] {
        shown[list] = json!([{ "id": id, "verification": null }]);
    }
    let server = Server::always(Reply::json(&shown)).await;
    let user = api(&server).users().get(USER).await.unwrap();
    let named: Vec<String> = user.identifiers().iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "e-mail address idn_1",
            "e-mail address idn_2",
            "phone number idn_3",
            "passkey idn_4",
            "external account eac_5",
            "enterprise account ent_6",
            "wallet idn_7",
        ]
    );
    assert!(user.is_named_by("nobody@hemera-academy.com").is_err());
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
async fn metadata_is_merged_and_null_is_sent() {
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
async fn a_user_is_banned_unbanned_and_its_password_removed() {
    let server = Server::always(Reply::json(&user())).await;
    let api = api(&server);
    api.users().ban(USER).await.unwrap();
    api.users().unban(USER).await.unwrap();
    api.users().remove_password(USER).await.unwrap();
    let lines = ["ban", "unban", "remove_password"].map(|verb| format!("POST /v1/users/{USER}/{verb}"));
    assert_eq!(server.lines(), lines);
    assert_eq!(server.seen()[2].json(), json!({}));
}
