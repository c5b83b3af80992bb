//! Credentials and permissions.

use hemera_types::OperationSpec;
use hemera_types::header::X_API_KEY;
use permissions::{Permission, Role};
use serde_json::json;
use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

const BEARER: &str = "bearer";
const SERVICE_KEY: &str = "serviceKey";

pub(super) fn schemes() -> [(&'static str, SecurityScheme); 2] {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "A token of Clerk: of the service user (a template or a session token) or of a machine. It lives for minutes.",
        ))
        .build();
    let key = ApiKeyValue::with_description(
        canonical(&X_API_KEY),
        "A service key: the way in when Clerk cannot be used. Off unless operators have enabled it."
            .to_owned(),
    );
    [
        (BEARER, SecurityScheme::Http(bearer)),
        (SERVICE_KEY, SecurityScheme::ApiKey(ApiKey::Header(key))),
    ]
}

/// Either credential will do. The permissions stand where OpenAPI wants the names of what a caller must have.
pub(super) fn requirements(spec: &OperationSpec) -> [SecurityRequirement; 2] {
    [BEARER, SERVICE_KEY].map(|scheme| SecurityRequirement::new(scheme, names(spec.permissions)))
}

/// What the caller's role must grant, and the roles that do.
pub(super) fn permissions(spec: &OperationSpec) -> Extensions {
    let roles = Role::ALL.into_iter().filter(|&role| spec.admits(role));
    let roles: Vec<_> = roles.map(Role::name).collect();
    let stated = json!({ "all": names(spec.permissions), "roles": roles });
    [("x-permissions", stated)].into_iter().collect()
}

fn names(permissions: &[Permission]) -> Vec<&'static str> {
    permissions.iter().map(|permission| permission.name()).collect()
}

/// A header's name as people write it: `X-API-Key` for `x-api-key`.
pub(super) fn canonical(name: &http::HeaderName) -> String {
    name.as_str()
        .split('-')
        .map(|word| match word {
            "api" | "id" => word.to_uppercase(),
            "etag" => "ETag".to_owned(),
            "www" => "WWW".to_owned(),
            "ratelimit" => "RateLimit".to_owned(),
            "traceparent" => word.to_owned(),
            _ => word[..1].to_uppercase() + &word[1..],
        })
        .collect::<Vec<_>>()
        .join("-")
}
