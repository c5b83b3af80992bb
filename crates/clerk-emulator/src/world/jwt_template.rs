//! JWT templates.

use std::sync::Arc;

use aws_lc_rs::hmac;
use serde_json::{Map, Value};

use super::World;
use crate::clock::Stamp;
use crate::id;
use crate::key::{KeyError, KeyPair};
use crate::refusal::Refusal;
use crate::token::Signer;

/// Seconds, where none are sent.
pub(crate) const DEFAULT_LIFETIME: i64 = 60;

/// Seconds, where none are sent.
pub(crate) const DEFAULT_CLOCK_SKEW: i64 = 5;

/// Claims that a template cannot define. UNVERIFIED: whether Clerk reserves more.
const RESERVED: [&str; 11] = [
    "azp", "exp", "fea", "iat", "iss", "jti", "nbf", "pla", "sid", "sub", "v",
];

/// A template's own key: the algorithm's name and the secret or PEM.
///
/// UNVERIFIED: the list of algorithms.
#[derive(Clone)]
pub(crate) struct CustomKey {
    pub(crate) algorithm: String,
    pub(crate) signer: Signer,
}

impl std::fmt::Debug for CustomKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl CustomKey {
    pub(crate) fn parse(algorithm: &str, key: &str) -> Result<Self, Refusal> {
        let shared = |kind| Signer::Hmac(kind, key.as_bytes().to_vec());
        let signer = match algorithm {
            "HS256" => shared(hmac::HMAC_SHA256),
            "HS384" => shared(hmac::HMAC_SHA384),
            "HS512" => shared(hmac::HMAC_SHA512),
            "RS256" => Signer::Rsa(Arc::new(
                KeyPair::parse(String::new(), key)
                    .map_err(|KeyError(why)| Refusal::param_value("signing_key", why))?,
            )),
            _ => {
                let why = "must be one of HS256, HS384, HS512, RS256 (the emulator has no others)";
                return Err(Refusal::param_value("signing_algorithm", why));
            }
        };
        Ok(Self {
            algorithm: algorithm.to_owned(),
            signer,
        })
    }
}

/// One template.
#[derive(Clone, Debug)]
pub(crate) struct JwtTemplate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) claims: Map<String, Value>,
    /// Seconds.
    pub(crate) lifetime: i64,
    /// Seconds.
    pub(crate) allowed_clock_skew: i64,
    pub(crate) custom_key: Option<CustomKey>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

/// What is sent to create a template, or to replace one.
#[derive(Clone, Debug)]
pub(crate) struct TemplateDraft {
    pub(crate) name: String,
    pub(crate) claims: Map<String, Value>,
    pub(crate) lifetime: i64,
    pub(crate) allowed_clock_skew: i64,
    pub(crate) custom_key: Option<CustomKey>,
}

impl World {
    pub(crate) fn jwt_template(&self, id: &str) -> Result<&JwtTemplate, Refusal> {
        self.jwt_templates
            .get(id)
            .ok_or_else(|| Refusal::not_found("JWT template", id))
    }

    /// By name: that is how tokens are minted.
    pub(crate) fn jwt_template_named(&self, name: &str) -> Result<&JwtTemplate, Refusal> {
        let found = self.jwt_templates.values().find(|template| template.name == name);
        found.ok_or_else(|| Refusal::not_found("JWT template", name))
    }

    pub(crate) fn create_jwt_template(
        &mut self,
        draft: TemplateDraft,
        now: Stamp,
    ) -> Result<&JwtTemplate, Refusal> {
        self.check(&draft, None)?;
        let id = id::object("jtmp", now);
        let template = JwtTemplate {
            id: id.clone(),
            name: draft.name,
            claims: draft.claims,
            lifetime: draft.lifetime,
            allowed_clock_skew: draft.allowed_clock_skew,
            custom_key: draft.custom_key,
            created_at: now,
            updated_at: now,
        };
        Ok(self.jwt_templates.entry(id).insert_entry(template).into_mut())
    }

    pub(crate) fn update_jwt_template(
        &mut self,
        id: &str,
        draft: TemplateDraft,
        now: Stamp,
    ) -> Result<&JwtTemplate, Refusal> {
        self.jwt_template(id)?;
        self.check(&draft, Some(id))?;
        let template = self
            .jwt_templates
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("JWT template", id))?;
        template.name = draft.name;
        template.claims = draft.claims;
        template.lifetime = draft.lifetime;
        template.allowed_clock_skew = draft.allowed_clock_skew;
        template.custom_key = draft.custom_key;
        template.updated_at = now;
        Ok(template)
    }

    pub(crate) fn delete_jwt_template(&mut self, id: &str) -> Result<JwtTemplate, Refusal> {
        self.jwt_templates
            .remove(id)
            .ok_or_else(|| Refusal::not_found("JWT template", id))
    }

    fn check(&self, draft: &TemplateDraft, own_id: Option<&str>) -> Result<(), Refusal> {
        // UNVERIFIED: the characters and length of a name. It stands in a path, so it is one segment here.
        if draft.name.is_empty() || draft.name.contains(['/', '?', '#']) {
            return Err(Refusal::param_format(
                "name",
                "must be usable as a segment of a path",
            ));
        }
        if let Some(claim) = RESERVED.iter().find(|claim| draft.claims.contains_key(**claim)) {
            return Err(Refusal::reserved_claim("jwt_template_reserved_claim", claim));
        }
        let taken = |other: &JwtTemplate| other.name == draft.name && Some(other.id.as_str()) != own_id;
        if self.jwt_templates.values().any(taken) {
            // UNVERIFIED: the code for a name that is taken.
            return Err(Refusal::identifier_exists("name", "That template name is taken."));
        }
        Ok(())
    }
}
