//! The settings that both sides need after the set-up, to be copied. They contain no secrets.

use clerk::{TokenClass, TokenKind};
use serde::Serialize;

use super::ClerkConnection;
use crate::config::{ClerkConfig, RoleSource, RolesConfig};

/// The side whose environment a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    /// The server.
    Hemera,
    /// The client.
    Aither,
}

/// One environment variable and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct EnvironmentLine {
    /// Which side needs it.
    pub side: Side,
    /// The variable.
    pub name: &'static str,
    /// Its value; of a secret, only its prefix.
    pub value: String,
}

/// The variables of both sides for this user, who gets in with tokens of this kind.
pub(crate) fn environment(
    connection: &ClerkConnection,
    config: &ClerkConfig,
    roles: &RolesConfig,
    user_id: &str,
    kind: &TokenKind,
) -> Vec<EnvironmentLine> {
    let masked = if connection.is_production() {
        "sk_live_…"
    } else {
        "sk_test_…"
    };
    let origin = |url: &url::Url| url.as_str().trim_end_matches('/').to_owned();
    let shared = |side: Side| {
        [
            EnvironmentLine {
                side,
                name: "CLERK_SECRET_KEY",
                value: masked.to_owned(),
            },
            EnvironmentLine {
                side,
                name: "CLERK_API_URL",
                value: origin(&config.api_url),
            },
            EnvironmentLine {
                side,
                name: "CLERK_ISSUER",
                value: origin(&config.issuer),
            },
        ]
    };
    let own = |side: Side, name: &'static str, value: &str| EnvironmentLine {
        side,
        name,
        value: value.to_owned(),
    };
    let mut lines = Vec::from(shared(Side::Hemera));
    lines.push(own(
        Side::Hemera,
        "HEMERA_TOKENS__AUDIENCE",
        &config.tokens.audience,
    ));
    lines.push(own(Side::Aither, "AITHER_AUTH", "ticket"));
    if *kind == TokenKind::Session {
        lines.push(own(
            Side::Hemera,
            "HEMERA_TOKENS__CLASSES",
            &with_sessions(config),
        ));
        if roles.source == RoleSource::Claim {
            // A session token carries no role to believe.
            lines.push(own(Side::Hemera, "HEMERA_ROLES__SOURCE", "lookup"));
        }
        lines.push(own(Side::Aither, "AITHER_TOKEN", "session"));
    }
    lines.extend(shared(Side::Aither));
    lines.push(own(Side::Aither, "CLERK_SERVICE_USER_ID", user_id));
    lines
}

/// The classes that the server accepts, with session tokens in the place of the template's.
fn with_sessions(config: &ClerkConfig) -> String {
    let accepted = |class: &TokenClass| match class {
        TokenClass::Template => false,
        TokenClass::Session => true,
        TokenClass::Machine => config.tokens.classes.contains(class),
    };
    let names: Vec<&str> = TokenClass::ALL
        .into_iter()
        .filter(accepted)
        .map(TokenClass::as_str)
        .collect();
    names.join(",")
}
