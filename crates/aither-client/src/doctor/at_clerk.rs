//! The checks at Clerk: the instance, the JWT template and the service user.

use clerk::{Instance, JwtTemplate, User, UserRef};
use hemera_types::{JWT_TEMPLATE, Role};
use serde_json::Value;

use super::{Doctor, Report};
use crate::token::REQUIRED_CLAIMS;

/// The role that the service user must have.
const ROLE: Role = Role::ApiClient;

/// Hemera refuses tokens that live longer.
const LONGEST_LIFETIME: u64 = 3600;

/// Where the template's role must come from.
const ROLE_SOURCE: &str = "user.public_metadata.role";

const SETUP: &str = "run `hemera-api clerk setup` with the secret key of this instance";

impl Doctor {
    pub(super) async fn instance(&self, report: &mut Report) {
        let Some(frontend) = &self.settings.frontend else {
            return;
        };
        let environment = match frontend.environment().await {
            Ok(environment) => environment,
            Err(error) => {
                report.failed_at_clerk("clerk", &error);
                report.skipped("native api", "Clerk comes first");
                return;
            }
        };
        let kind = environment.instance;
        match (
            kind,
            self.settings.backend.as_ref().map(clerk::BackendApi::instance),
        ) {
            (Some(kind), Some(of_key)) if kind != of_key => report.failed(
                "clerk",
                format!(
                    "CLERK_ISSUER is a {} instance and CLERK_SECRET_KEY a {} key",
                    word(kind),
                    word(of_key)
                ),
                "set both to the same instance, from Clerk's dashboard, API keys",
            ),
            (Some(kind), _) => report.passed("clerk", format!("reached, a {} instance", word(kind))),
            (None, _) => report.passed(
                "clerk",
                "reached, an instance that does not say of which kind it is",
            ),
        }
        match (environment.native_api, self.settings.has_origin) {
            (Some(false), false) => report.failed(
                "native api",
                "off, and no origin is set",
                "enable it in Clerk's dashboard (Native applications), or set CLERK_SIGN_IN_ORIGIN",
            ),
            (Some(false), true) => report.passed("native api", "off; signing in as a page of the origin"),
            (Some(true), _) => report.passed("native api", "on"),
            (None, _) => report.skipped("native api", "the instance does not say"),
        }
    }

    pub(super) async fn template(&self, report: &mut Report) {
        let Some(backend) = self
            .settings
            .backend
            .as_ref()
            .filter(|_| self.settings.from_template)
        else {
            return;
        };
        let templates = match backend.jwt_templates().list().await {
            Ok(templates) => templates,
            Err(error) => return report.failed_at_clerk("template", &error),
        };
        match templates.iter().find(|template| template.name == JWT_TEMPLATE) {
            None => report.failed(
                "template",
                format!("there is no JWT template {JWT_TEMPLATE}"),
                SETUP,
            ),
            Some(template) => match fault_of(template) {
                Some(fault) => report.failed("template", fault, SETUP),
                None => report.passed("template", format!("{JWT_TEMPLATE}, {} s", template.lifetime)),
            },
        }
    }

    pub(super) async fn service_user(&self, report: &mut Report) {
        const NAME: &str = "service user";
        let (Some(backend), Some(user)) = (&self.settings.backend, &self.settings.user) else {
            return;
        };
        let found = match user {
            UserRef::Id(id) => backend.users().get(id).await.map(|user| vec![user]),
            UserRef::EmailAddress(address) => backend.users().with_address(address).await,
        };
        match found.as_deref() {
            Err(error) => report.failed_at_clerk(NAME, error),
            Ok([]) => report.failed(NAME, "no user has the address of CLERK_SERVICE_USER_EMAIL", SETUP),
            Ok([found]) => match doubt(user, found).or_else(|| fault_of_user(found)) {
                Some((fault, remedy)) => report.failed(NAME, fault, remedy),
                None => report.passed(NAME, format!("{}, with the role {ROLE}", found.id)),
            },
            Ok(_) => report.failed(
                NAME,
                "several users have the address of CLERK_SERVICE_USER_EMAIL",
                "set CLERK_SERVICE_USER_ID instead",
            ),
        }
    }
}

fn word(instance: Instance) -> &'static str {
    match instance {
        Instance::Development => "development",
        Instance::Production => "production",
    }
}

fn fault_of(template: &JwtTemplate) -> Option<String> {
    let lacks = |claim: &&&str| !template.claims.contains_key(**claim);
    if let Some(claim) = REQUIRED_CLAIMS.iter().find(lacks) {
        return Some(format!("the template lacks the claim {claim}"));
    }
    let role = template.claims.get("role").and_then(Value::as_str);
    if !role.is_some_and(|role| role.contains(ROLE_SOURCE)) {
        return Some(format!(
            "the template's claim role does not come from {ROLE_SOURCE}"
        ));
    }
    if template.custom_signing_key {
        return Some("the template signs with its own key, which Hemera cannot know".to_owned());
    }
    let lifetime = template.lifetime;
    (lifetime > LONGEST_LIFETIME)
        .then(|| format!("its tokens live {lifetime} s; Hemera takes at most {LONGEST_LIFETIME} s"))
}

/// Why the address of the settings does not name this user. An id always does.
fn doubt(wanted: &UserRef, found: &User) -> Option<(String, &'static str)> {
    let UserRef::EmailAddress(address) = wanted else {
        return None;
    };
    let doubt = found.is_named_by(address).err()?;
    Some((
        format!(
            "{} cannot be found by CLERK_SERVICE_USER_EMAIL: {doubt}",
            found.id
        ),
        "see `hemera-api clerk status`; CLERK_SERVICE_USER_ID names a user beyond doubt",
    ))
}

fn fault_of_user(user: &User) -> Option<(String, &'static str)> {
    let fault = |fault: &str, remedy| Some((format!("{} {fault}", user.id), remedy));
    if user.banned {
        return fault(
            "is banned",
            "if the ban is not intended, lift it with `hemera-api clerk enable`",
        );
    }
    if user.locked {
        return fault(
            "is locked",
            "unlock it in Clerk's dashboard, or wait for the lockout to end",
        );
    }
    if user.two_factor_enabled {
        return fault(
            "has a second factor",
            "remove it from this user: a ticket cannot provide it",
        );
    }
    let role = user.public_metadata.get("role").and_then(Value::as_str);
    if Role::of_claim(role) == ROLE {
        return None;
    }
    fault(
        &format!("does not have the role {ROLE} in its public metadata"),
        SETUP,
    )
}
