//! JWT templates: named definitions of tokens with the operator's own claims.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

use super::BackendApi;
use crate::error::Error;
use crate::operation::ClerkOperation;
use crate::transport::Request;

/// Calls about JWT templates; made by [`BackendApi::jwt_templates`].
#[derive(Clone, Copy, Debug)]
pub struct JwtTemplates<'a>(pub(super) &'a BackendApi);

/// A template as Clerk keeps it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct JwtTemplate {
    /// `jtmp_…`, for updates and deletion.
    pub id: String,
    /// The name to mint by.
    pub name: String,
    /// Claims with shortcodes such as `{{user.public_metadata.role}}`.
    pub claims: Map<String, Value>,
    /// Seconds from `iat` to `exp`.
    pub lifetime: u64,
    /// Seconds from `nbf` to `iat`.
    pub allowed_clock_skew: u64,
    /// Whether tokens are signed with a key of the template's own, which no key set publishes.
    #[serde(default)]
    pub custom_signing_key: bool,
}

/// What a template is to be: for a creation or an update.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TemplateSpec {
    name: String,
    claims: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_clock_skew: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_signing_key: Option<bool>,
}

impl JwtTemplates<'_> {
    /// All templates of the instance. There is no look-up by name.
    pub async fn list(&self) -> Result<Vec<JwtTemplate>, Error> {
        self.0
            .all(|| Request::get(ClerkOperation::ListJwtTemplates, &["v1", "jwt_templates"]))
            .await
    }

    /// Creates a template.
    pub async fn create(&self, spec: &TemplateSpec) -> Result<JwtTemplate, Error> {
        self.0
            .json(Request::post(ClerkOperation::CreateJwtTemplate, &["v1", "jwt_templates"]).with_json(spec))
            .await
    }

    /// Replaces the template with this id by the specification.
    pub async fn update(&self, id: &str, spec: &TemplateSpec) -> Result<JwtTemplate, Error> {
        let path = ["v1", "jwt_templates", id];
        self.0
            .json(Request::new(ClerkOperation::UpdateJwtTemplate, Method::PATCH, &path).with_json(spec))
            .await
    }

    /// Deletes a template. Tokens minted from it stay valid until they expire.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let path = ["v1", "jwt_templates", id];
        self.0
            .send(Request::new(
                ClerkOperation::DeleteJwtTemplate,
                Method::DELETE,
                &path,
            ))
            .await
    }
}

impl TemplateSpec {
    /// A template with Clerk's defaults: 60 seconds of life, 5 seconds of skew.
    pub fn new(name: impl Into<String>, claims: Map<String, Value>) -> Self {
        Self {
            name: name.into(),
            claims,
            lifetime: None,
            allowed_clock_skew: None,
            custom_signing_key: None,
        }
    }

    /// From `iat` to `exp`: 30 seconds to ten years, in whole seconds.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime.as_secs());
        self
    }

    /// From `nbf` to `iat`: up to 300 seconds, in whole seconds.
    #[must_use]
    pub fn with_allowed_clock_skew(mut self, skew: Duration) -> Self {
        self.allowed_clock_skew = Some(skew.as_secs());
        self
    }

    /// Signed with the instance's key, which its key set publishes, also where the template had one of its own.
    #[must_use]
    pub fn with_instance_key(mut self) -> Self {
        self.custom_signing_key = Some(false);
        self
    }
}
