//! The instance's public settings.

use clerk::{Environment, Instance};
use serde_json::json;

use crate::support::clerk::Clerk;
use crate::support::server::Reply;

const LINE: &str = "GET /v1/environment";

async fn read(body: serde_json::Value) -> Environment {
    let clerk = Clerk::start().await;
    clerk.overrides.next(LINE, Reply::json(&body));
    clerk.frontend().environment().await.unwrap()
}

#[tokio::test]
async fn the_kind_of_instance_and_its_native_api_are_read() {
    for (word, instance) in [
        ("production", Instance::Production),
        ("development", Instance::Development),
    ] {
        for enabled in [true, false] {
            let environment = read(json!({
                "display_config": { "instance_environment_type": word, "application_name": "Hemera" },
                "auth_config": { "native_settings": { "api_enabled": enabled } },
            }))
            .await;
            assert_eq!(environment.instance, Some(instance));
            assert_eq!(environment.native_api, Some(enabled));
        }
    }
}

#[tokio::test]
async fn absent_or_unknown_settings_are_none() {
    for body in [
        json!({}),
        json!({ "auth_config": { "native_settings": null }, "display_config": {} }),
        json!({ "auth_config": {}, "display_config": { "instance_environment_type": "staging" } }),
    ] {
        assert_eq!(read(body).await, Environment::default());
    }
}
