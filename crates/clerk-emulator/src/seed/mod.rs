//! Seeds: the world at its beginning, from TOML or put together in a test.

mod plant;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::world::jwt_template::{DEFAULT_CLOCK_SKEW, DEFAULT_LIFETIME};
use crate::world::settings::Settings;

/// The seed that is used where none is given.
const DEMO: &str = include_str!("demo.toml");

/// A seed cannot be used. The text is one line and says where.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The file cannot be read.
    #[error(
        "cannot read the seed {path}: {source}; name a TOML file that is there, and that this user may read, with --seed"
    )]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not TOML, or has a field that seeds do not have.
    #[error("the seed is not valid{}: {message}; correct the file that --seed names", at(*line))]
    Invalid {
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong there.
        message: String,
    },
    /// It is well formed, but the instance refuses what it says.
    #[error("the seed's {what} is refused: {why} Correct the file that --seed names")]
    Refused {
        /// Which of its things.
        what: String,
        /// Why.
        why: String,
    },
}

fn at(line: Option<usize>) -> String {
    line.map(|line| format!(" (line {line})")).unwrap_or_default()
}

/// The world at its beginning. See the crate's documentation for the file format.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// The secret key; `sk_test_emulator` or `sk_live_emulator`, if none.
    pub secret_key: Option<String>,
    /// An RSA private key in PKCS#8 PEM form, so that tokens outlive a restart; a fresh one, if none.
    pub signing_key: Option<String>,
    /// What is set in the dashboard.
    pub instance: Settings,
    /// The users.
    pub users: Vec<SeedUser>,
    /// The JWT templates.
    pub jwt_templates: Vec<SeedTemplate>,
    /// The machines.
    pub machines: Vec<SeedMachine>,
}

/// A user of a seed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the states of a user are independent of each other"
)]
pub struct SeedUser {
    /// `user_` and 27 base62 characters; a new one, if none.
    pub id: Option<String>,
    /// The primary e-mail address.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The id that the application knows the user by.
    pub external_id: Option<String>,
    /// Public metadata.
    pub public_metadata: Map<String, Value>,
    /// Private metadata.
    pub private_metadata: Map<String, Value>,
    /// Unsafe metadata.
    pub unsafe_metadata: Map<String, Value>,
    /// Whether the user has a password.
    pub password: bool,
    /// Whether the user has a second factor, and so cannot sign in by ticket alone.
    pub mfa: bool,
    /// Whether the user is banned.
    pub banned: bool,
    /// Whether the user is locked.
    pub locked: bool,
}

impl SeedUser {
    /// A user with this address and this public metadata (null and everything else that is no object: none).
    pub fn new(email: impl Into<String>, public_metadata: Value) -> Self {
        let public_metadata = match public_metadata {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Self {
            email: email.into(),
            public_metadata,
            ..Self::default()
        }
    }
}

/// A JWT template of a seed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTemplate {
    /// The name by which tokens are minted.
    pub name: String,
    /// Seconds.
    #[serde(default = "default_lifetime")]
    pub lifetime: i64,
    /// Seconds.
    #[serde(default = "default_clock_skew")]
    pub allowed_clock_skew: i64,
    /// The claims, with shortcodes.
    #[serde(default)]
    pub claims: Map<String, Value>,
}

const fn default_lifetime() -> i64 {
    DEFAULT_LIFETIME
}

const fn default_clock_skew() -> i64 {
    DEFAULT_CLOCK_SKEW
}

/// A machine of a seed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SeedMachine {
    /// `mch_` and 27 base62 characters; a new one, if none.
    pub id: Option<String>,
    /// The name.
    pub name: String,
    /// `ak_…`; a new one, if none.
    pub secret_key: Option<String>,
    /// Seconds; an hour, if none.
    pub default_token_ttl: Option<i64>,
    /// The machines that it may talk to, by name or id.
    pub scoped_machines: Vec<String>,
}

impl Seed {
    /// The service user of Aither, an administrator, a moderator, an ordinary user, and the template `hemera-api`.
    ///
    /// # Panics
    /// Never: the text is part of the crate, and a test reads it.
    #[expect(
        clippy::expect_used,
        reason = "the text is part of the crate and a test reads it"
    )]
    pub fn demo() -> Self {
        Self::parse(DEMO).expect("the built-in seed is valid")
    }

    /// From the text of a TOML file.
    pub fn parse(text: &str) -> Result<Self, SeedError> {
        toml::from_str(text).map_err(|error| SeedError::Invalid {
            line: error
                .span()
                .map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1),
            message: error.message().replace('\n', "; "),
        })
    }

    /// From a TOML file.
    pub fn load(path: &Path) -> Result<Self, SeedError> {
        let text = std::fs::read_to_string(path).map_err(|source| SeedError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// Adds a user.
    #[must_use]
    pub fn with_user(mut self, user: SeedUser) -> Self {
        self.users.push(user);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_seed_is_valid() {
        let seed = Seed::demo();
        assert_eq!(seed.users[0].email, "aither-service@hemera-academy.com");
        assert_eq!(seed.jwt_templates[0].lifetime, 900);
    }

    #[test]
    fn a_broken_seed_says_where_in_one_line() {
        let table = [
            ("[[users]]\nemail = 3\n", "line 2"),
            ("[[users]]\nemial = \"a@b.de\"\n", "emial"),
            ("[instance]\nenvironment = \"staging\"\n", "staging"),
            ("not toml", "line 1"),
        ];
        for (text, expected) in table {
            let message = Seed::parse(text).expect_err(text).to_string();
            assert!(message.contains(expected) && !message.contains('\n'), "{message}");
        }
    }
}
