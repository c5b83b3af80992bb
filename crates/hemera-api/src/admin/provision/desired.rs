//! What should be at Clerk.

use std::time::Duration;

use permissions::Role;
use serde_json::{Map, Value, json};

/// The service user's e-mail address, unless another one is given.
pub const EMAIL: &str = "aither-service@hemera-academy.com";

/// The audience of those tokens, unless the server's configuration has another.
const AUDIENCE: &str = "hemera-api";

/// Which service the user is, in its public metadata.
const SERVICE: &str = "aither";

/// How long a token lives: short, because nothing revokes a token that has been minted.
const LIFETIME: Duration = Duration::from_mins(15);

/// What should be at Clerk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// The service user's e-mail address. It needs no mailbox.
    pub email: String,
    /// The audience that the server expects in `aud`.
    pub audience: String,
    /// From `iat` to `exp` of a token.
    pub lifetime: Duration,
    /// Whether there should be a JWT template: not for a server that accepts no tokens from one.
    pub template: bool,
}

impl Desired {
    /// The service user with this address, for a server that expects this audience (`None`: for one that does not check it).
    pub fn new(email: impl Into<String>, audience: Option<&str>) -> Self {
        Self {
            email: email.into(),
            audience: audience.unwrap_or(AUDIENCE).to_owned(),
            lifetime: LIFETIME,
            template: true,
        }
    }

    /// The same without a JWT template.
    #[must_use]
    pub fn without_template(mut self) -> Self {
        self.template = false;
        self
    }

    /// The user's public metadata, as far as it is ours.
    pub fn metadata(&self) -> Map<String, Value> {
        object(json!({ "role": Role::ApiClient.name(), "service": SERVICE }))
    }

    /// The template's claims, as far as they are ours.
    pub fn claims(&self) -> Map<String, Value> {
        object(json!({
            "aud": self.audience,
            "role": "{{user.public_metadata.role}}",
            "service": "{{user.public_metadata.service}}",
        }))
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
