//! JWT templates.

use std::time::Duration;

use clerk::TemplateSpec;
use serde_json::json;

use super::{api, object};
use crate::support::server::{Reply, Server};

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
