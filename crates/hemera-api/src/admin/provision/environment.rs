//! The settings that both sides need after the set-up, to be copied. They contain no secrets.

use serde::Serialize;

use super::{ClerkConnection, Desired};
use crate::config::ClerkConfig;

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

/// The variables of both sides for this user.
pub(crate) fn environment(
    connection: &ClerkConnection,
    config: &ClerkConfig,
    desired: &Desired,
    user_id: &str,
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
    lines.push(own(Side::Hemera, "HEMERA_TOKENS__AUDIENCE", &desired.audience));
    lines.push(own(Side::Aither, "AITHER_AUTH", "ticket"));
    lines.extend(shared(Side::Aither));
    lines.push(own(Side::Aither, "CLERK_SERVICE_USER_ID", user_id));
    lines
}
