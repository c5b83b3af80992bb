//! The settings that both sides need after the set-up, to be copied. They contain no secrets.

use clerk::{TokenClass, TokenKind};
use serde::Serialize;
use url::Url;

use super::ClerkConnection;
use crate::config::{ClerkConfig, RoleSource, RolesConfig};

/// Where an enrolled Aither keeps its session, as an example: the directory has to be there, and to be its own.
const SESSION_FILE: &str = "/var/lib/aither/session.json";

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

impl EnvironmentLine {
    fn new(side: Side, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        Self { side, name, value }
    }
}

/// Where Aither finds the servers: the address that is configured for a server of a development instance; that of an
/// installation is not in the server's settings.
fn base_url(is_production: bool, server: Option<&Url>) -> String {
    match server {
        Some(server) if !is_production => origin(server),
        _ => "https://…".to_owned(),
    }
}

fn origin(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The variables of an Aither that enrols, without the sign-in token itself. `server` is where the server listens.
pub(crate) fn enrolled_environment(
    connection: &ClerkConnection,
    config: &ClerkConfig,
    server: Option<&Url>,
    kind: &TokenKind,
) -> Vec<EnvironmentLine> {
    let own = |name, value: &str| EnvironmentLine::new(Side::Aither, name, value);
    let mut lines = vec![
        own("AITHER_AUTH", "enrolled"),
        own(
            "HEMERA_API_BASE_URL",
            &base_url(connection.is_production(), server),
        ),
        own("CLERK_ISSUER", &origin(&config.issuer)),
        own("AITHER_SESSION_FILE", SESSION_FILE),
    ];
    if *kind == TokenKind::Session {
        lines.push(own("AITHER_TOKEN", "session"));
    }
    lines
}

/// The variables of both sides for this user, who gets in with tokens of this kind. `server` is where the server listens.
pub(crate) fn environment(
    connection: &ClerkConnection,
    config: &ClerkConfig,
    roles: &RolesConfig,
    server: Option<&Url>,
    user_id: &str,
    kind: &TokenKind,
) -> Vec<EnvironmentLine> {
    let masked = if connection.is_production() {
        "sk_live_…"
    } else {
        "sk_test_…"
    };
    let own = |side, name, value: &str| EnvironmentLine::new(side, name, value);
    let shared = |side| {
        [
            own(side, "CLERK_SECRET_KEY", masked),
            own(side, "CLERK_API_URL", &origin(&config.api_url)),
            own(side, "CLERK_ISSUER", &origin(&config.issuer)),
        ]
    };
    let mut lines = Vec::from(shared(Side::Hemera));
    lines.push(own(
        Side::Hemera,
        "HEMERA_TOKENS__AUDIENCE",
        &config.tokens.audience,
    ));
    lines.push(own(Side::Aither, "AITHER_AUTH", "ticket"));
    let base_url = base_url(connection.is_production(), server);
    lines.push(own(Side::Aither, "HEMERA_API_BASE_URL", &base_url));
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
