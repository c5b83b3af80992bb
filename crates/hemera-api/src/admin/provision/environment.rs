//! The settings that both sides need from then on, to be copied. Secrets are not in them.

use serde::Serialize;

use super::{Connection, Desired};
use crate::config::ClerkConfig;

/// Whose environment a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The server.
    Hemera,
    /// The client.
    Aither,
}

/// One variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Whose it is.
    pub side: Side,
    /// The variable.
    pub name: &'static str,
    /// Its value; of a secret only as much as tells which one is meant.
    pub value: String,
}

/// The variables of both sides for this user.
pub fn environment(
    connection: &Connection,
    config: &ClerkConfig,
    desired: &Desired,
    user_id: &str,
) -> Vec<Line> {
    let masked = if connection.is_production() {
        "sk_live_…"
    } else {
        "sk_test_…"
    };
    let origin = |url: &url::Url| url.as_str().trim_end_matches('/').to_owned();
    let shared = |side: Side| {
        [
            Line {
                side,
                name: "CLERK_SECRET_KEY",
                value: masked.to_owned(),
            },
            Line {
                side,
                name: "CLERK_API_URL",
                value: origin(&config.api_url),
            },
            Line {
                side,
                name: "CLERK_ISSUER",
                value: origin(&config.issuer),
            },
        ]
    };
    let own = |side: Side, name: &'static str, value: &str| Line {
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
