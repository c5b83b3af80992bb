//! Metadata over HTTP: PATCH merges, PUT replaces. The rules of merging have a table beside the code.

use reqwest::Method;
use serde_json::json;

use super::support::{development, service_user};

#[tokio::test]
async fn patch_merges_deeply_and_put_replaces() {
    let (emulator, caller) = development().await;
    let path = format!("/v1/users/{}/metadata", service_user(&emulator));
    let change = json!({"public_metadata": {"service": null, "limits": {"a": 1, "b": 2}}, "private_metadata": {"x": 1}});
    let user = caller.send(Method::PATCH, &path, change).await.ok();
    assert_eq!(
        user["public_metadata"],
        json!({"role": "api-client", "limits": {"a": 1, "b": 2}})
    );
    let change = json!({"public_metadata": {"limits": {"a": null}}});
    let user = caller.send(Method::PATCH, &path, change).await.ok();
    assert_eq!(
        user["public_metadata"],
        json!({"role": "api-client", "limits": {"b": 2}})
    );
    let user = caller
        .send(Method::PUT, &path, json!({"public_metadata": {"role": null}}))
        .await
        .ok();
    assert_eq!(user["public_metadata"], json!({"role": null}));
    assert_eq!(
        user["private_metadata"],
        json!({"x": 1}),
        "what is not sent stays"
    );
    caller
        .send(Method::PATCH, &path, json!({"metadata": {}}))
        .await
        .refused(422, "form_param_unknown");
    caller
        .send(Method::PATCH, "/v1/users/user_x/metadata", json!({}))
        .await
        .refused(404, "resource_not_found");
}
