//! Users at the Backend API.

use reqwest::Method;
use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::support::{Caller, development, production, service_user};

fn emails(list: &Value) -> Vec<&str> {
    let users = list.as_array().unwrap().iter();
    users
        .map(|user| user["email_addresses"][0]["email_address"].as_str().unwrap())
        .collect()
}

async fn create(caller: &Caller, email: &str) -> Value {
    let body = json!({"email_address": [email], "skip_password_requirement": true});
    caller.post("/v1/users", body).await.ok()
}

#[tokio::test]
async fn the_demo_users_exist() {
    let (emulator, caller) = development().await;
    let user = caller
        .get(&format!("/v1/users/{}", service_user(&emulator)))
        .await
        .ok();
    assert_eq!(
        user["public_metadata"],
        json!({"role": "api-client", "service": "aither"})
    );
    assert_eq!(user["primary_email_address_id"], user["email_addresses"][0]["id"]);
    assert_eq!(user["email_addresses"][0]["verification"]["strategy"], "admin");
    assert_eq!(
        caller.get("/v1/users/count").await.ok(),
        json!({"object": "total_count", "total_count": 4})
    );
    caller
        .get("/v1/users/user_unknown")
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn lists_are_bare_arrays_filtered_ordered_and_cut() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    let table: [(&str, &[&str]); 13] = [
        (
            "email_address=aither-service@hemera-academy.com",
            &["aither-service"],
        ),
        (
            "email_address=AITHER-SERVICE@hemera-academy.com",
            &["aither-service"],
        ),
        ("email_address=nobody@hemera-academy.com", &[]),
        ("query=vogt&paginated=true", &["katharina.vogt"]),
        ("name_query=KRÜGER", &["anneliese.krueger"]),
        ("email_address_query=brandt", &["matthias.brandt"]),
        (&format!("user_id={id}"), &["aither-service"]),
        (&format!("user_id=%2B{id}"), &["aither-service"]),
        (
            &format!("user_id=-{id}&order_by=email_address&limit=1"),
            &["anneliese.krueger"],
        ),
        (
            "order_by=-last_name&limit=2",
            &["katharina.vogt", "aither-service"],
        ),
        ("order_by=last_name&offset=3", &["katharina.vogt"]),
        ("banned=true", &[]),
        ("created_at_before=1000", &[]),
    ];
    for (query, expected) in table {
        let list = caller.get(&format!("/v1/users?{query}")).await.ok();
        let expected: Vec<String> = expected
            .iter()
            .map(|name| format!("{name}@hemera-academy.com"))
            .collect();
        assert_eq!(emails(&list), expected, "{query}");
    }
}

#[tokio::test]
async fn a_filter_takes_many_values_and_nonsense_is_refused() {
    let (_emulator, caller) = development().await;
    let two = "/v1/users?email_address=aither-service@hemera-academy.com&email_address=katharina.vogt@hemera-academy.com";
    assert_eq!(caller.get(two).await.ok().as_array().unwrap().len(), 2);
    let count = caller.get("/v1/users/count?query=brandt&limit=0").await.ok();
    assert_eq!(count["total_count"], 1);
    for query in [
        "limit=0",
        "limit=501",
        "offset=-1",
        "order_by=password",
        "starting_after=x&offset=1",
    ] {
        caller
            .get(&format!("/v1/users?{query}"))
            .await
            .refused(422, "form_param_value_invalid");
    }
    for query in ["limit=ten", "banned=perhaps", "created_at_after=x"] {
        caller
            .get(&format!("/v1/users?{query}"))
            .await
            .refused(422, "form_param_format_invalid");
    }
    caller
        .get("/v1/users?organization_id=org_1")
        .await
        .refused(400, "not_emulated");
}

#[tokio::test]
async fn the_newest_come_first_and_a_cursor_goes_on_behind_them() {
    let (emulator, caller) = development().await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        emulator.advance(std::time::Duration::from_secs(1));
        ids.push(
            create(&caller, &format!("{name}@example.com")).await["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let list = caller.get("/v1/users?limit=2").await.ok();
    assert_eq!(emails(&list), ["c@example.com", "b@example.com"]);
    let list = caller
        .get(&format!("/v1/users?limit=1&starting_after={}", ids[1]))
        .await
        .ok();
    assert_eq!(emails(&list), ["a@example.com"]);
}

#[tokio::test]
async fn creating_checks_what_clerk_checks() {
    let (_emulator, caller) = production().await;
    let user = create(&caller, "Neue.Nutzerin@Example.com").await;
    assert_eq!(
        user["email_addresses"][0]["email_address"],
        "neue.nutzerin@example.com"
    );
    assert_eq!(user["password_enabled"], false);
    let table = [
        (json!({"email_address": ["x@example.com"]}), "form_data_missing"),
        (json!({"skip_password_requirement": true}), "form_data_missing"),
        (
            json!({"email_address": ["neue.nutzerin@example.com"], "password": "lang genug!"}),
            "form_identifier_exists",
        ),
        (
            json!({"email_address": ["no address"], "password": "lang genug!"}),
            "form_param_format_invalid",
        ),
        (
            json!({"email_address": ["x@example.com"], "password": "kurz"}),
            "form_password_length_too_short",
        ),
        (
            json!({"email_address": ["x@example.com"], "password": "password123"}),
            "form_password_pwned",
        ),
        (
            json!({"email_address": ["x@example.com"], "password": "lang genug!", "nickname": "x"}),
            "form_param_unknown",
        ),
        (
            json!({"email_address": ["x@example.com"], "email_address_identification_status": ["verified", "reserved"]}),
            "form_param_value_invalid",
        ),
        (
            json!({
                "email_address": ["x@example.com"], "password": "lang genug!",
                "private_metadata": {"text": "x".repeat(8 * 1024)},
            }),
            "form_param_exceeds_allowed_size",
        ),
        (
            json!({"phone_number": ["0123"], "password": "lang genug!"}),
            "form_param_format_invalid",
        ),
    ];
    for (body, code) in table {
        let error = caller.post("/v1/users", body.clone()).await.refused(422, code);
        assert!(
            code == "form_data_missing" || error["meta"]["param_name"].is_string(),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_parameter_of_the_wrong_type_makes_the_body_invalid() {
    let (_emulator, caller) = production().await;
    for body in [
        json!({"email_address": "x@example.com"}),
        json!({"email_address": ["x@example.com"], "public_metadata": []}),
    ] {
        let error = caller
            .post("/v1/users", body)
            .await
            .refused(400, "request_body_invalid");
        assert_eq!(
            error["long_message"],
            "The request body is invalid. Please consult the API documentation for more information."
        );
    }
}

#[tokio::test]
async fn creating_keeps_what_is_sent() {
    let (_emulator, caller) = production().await;
    let body = json!({
        "email_address": ["voll@example.com", "zweite@example.com"],
        "email_address_identification_status": ["verified", "reserved"],
        "phone_number": ["+4915112345678"],
        "username": "voll", "first_name": "Vera", "last_name": "Oll", "external_id": "ext-1", "locale": "de-DE",
        "password": "lang genug!", "public_metadata": {"a": 1}, "private_metadata": {"b": 2},
        "unsafe_metadata": {"c": 3}, "created_at": "2026-01-15T10:00:00Z", "legal_accepted_at": "2026-01-15T10:00:00Z",
        "create_organizations_limit": 3, "delete_self_enabled": false, "bypass_client_trust": true,
    });
    let user = caller.post("/v1/users", body).await.ok();
    assert_eq!(user["created_at"], 1_768_471_200_000_i64);
    assert_eq!(user["email_addresses"][1]["verification"], Value::Null);
    assert_eq!(user["phone_numbers"][0]["phone_number"], "+4915112345678");
    assert_eq!(
        (&user["private_metadata"], &user["unsafe_metadata"]),
        (&json!({"b": 2}), &json!({"c": 3}))
    );
    let again = json!({"username": "voll", "skip_password_requirement": true});
    caller
        .post("/v1/users", again)
        .await
        .refused(422, "form_identifier_exists");
}

#[tokio::test]
async fn a_development_instance_takes_a_hundred_users() {
    let (_emulator, caller) = development().await;
    for number in 4..100 {
        create(&caller, &format!("nutzer{number}@example.com")).await;
    }
    let body = json!({"email_address": ["zuviel@example.com"], "skip_password_requirement": true});
    caller
        .post("/v1/users", body)
        .await
        .refused(403, "user_quota_exceeded");
}

#[tokio::test]
async fn updating_changes_what_is_sent_and_no_metadata() {
    let (emulator, caller) = development().await;
    let path = format!("/v1/users/{}", service_user(&emulator));
    let before = caller.get(&path).await.ok();
    let body = json!({"first_name": "Äther", "last_name": null, "external_id": "aither-1"});
    let after = caller.send(Method::PATCH, &path, body).await.ok();
    assert_eq!(
        (&after["first_name"], &after["last_name"]),
        (&json!("Äther"), &Value::Null)
    );
    assert_eq!(after["public_metadata"], before["public_metadata"]);
    let metadata = json!({"public_metadata": {"role": "admin"}});
    let of_version = |version| {
        let name = HeaderName::from_static("clerk-api-version");
        caller.clone().with_header(name, version)
    };
    let error = of_version("2026-05-12")
        .send(Method::PATCH, &path, metadata.clone())
        .await
        .refused(422, "form_param_deprecated");
    assert_eq!(error["meta"]["param_name"], "public_metadata");
    let replaced = of_version("2025-11-10")
        .send(Method::PATCH, &path, metadata)
        .await
        .ok();
    assert_eq!(
        replaced["public_metadata"],
        json!({"role": "admin"}),
        "older versions replace"
    );
    let foreign = json!({"primary_email_address_id": "idn_other"});
    caller
        .send(Method::PATCH, &path, foreign)
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_password_is_removed_and_sessions_end_only_if_asked() {
    let (emulator, caller) = development().await;
    let id = emulator.user_id("katharina.vogt@hemera-academy.com").unwrap();
    let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    let path = format!("/v1/users/{id}/remove_password");
    let session_path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());

    let before = caller.get(&format!("/v1/users/{id}")).await.ok();
    assert_eq!(before["password_enabled"], true);
    assert_eq!(
        caller.post(&path, json!({})).await.ok()["password_enabled"],
        false
    );
    assert_eq!(caller.get(&session_path).await.ok()["status"], "active");

    let again = caller
        .post(&path, json!({"sign_out_of_other_sessions": true}))
        .await
        .ok();
    assert_eq!(again["password_enabled"], false);
    assert_eq!(caller.get(&session_path).await.ok()["status"], "revoked");
    caller
        .post(&path, json!({"sign_out": true}))
        .await
        .refused(400, "bad_request");
    caller
        .post("/v1/users/user_unknown/remove_password", json!({}))
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn deleting_a_user_deletes_its_sessions() {
    let (emulator, caller) = development().await;
    let id = service_user(&emulator);
    let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    let gone = caller.delete(&format!("/v1/users/{id}")).await.ok();
    assert_eq!(gone, json!({"object": "user", "id": id, "deleted": true}));
    caller
        .get(&format!("/v1/users/{id}"))
        .await
        .refused(404, "resource_not_found");
    let mint = format!("/v1/sessions/{}/tokens", session["id"].as_str().unwrap());
    caller.poke(&mint).await.refused(404, "resource_not_found");
}
