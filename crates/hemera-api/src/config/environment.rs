//! Which environment the server is in, and so how strict the rules of [`safety`](super::safety) are.

use std::fmt;

use clerk::{Instance, is_loopback};

use super::clerk::ClerkConfig;
use super::setting::{Declared as _, Setting, settings};
use super::source::{Invalid, Source};
use super::value::Value;

settings! { SETTINGS:
    /// Which rules hold for the other settings: production and staging refuse unsafe ones, as docs/environments.md lists
    /// them. Not set: production where `CLERK_SECRET_KEY` is a live key and `CLERK_API_URL` is not on this machine, else
    /// development.
    ENVIRONMENT: Environment = Setting::at("environment").variable("HEMERA_ENVIRONMENT").example("production");
}

/// Where a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// One machine, made-up data.
    Development,
    /// As production, with a development instance of Clerk if need be.
    Staging,
    /// Real callers, real data.
    Production,
}

impl Environment {
    /// Every environment, the most lenient first.
    pub const ALL: [Self; 3] = [Self::Development, Self::Staging, Self::Production];

    /// The word in `HEMERA_ENVIRONMENT`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// The environment that is set, or that the settings of Clerk speak for.
    pub(super) fn read(source: &mut Source, clerk: &Result<ClerkConfig, Invalid>) -> Result<Self, Invalid> {
        if let Some(environment) = source.find(&ENVIRONMENT)? {
            return Ok(environment);
        }
        let clerk = clerk.as_ref().map_err(Clone::clone)?;
        let is_live = clerk.secret_key.instance() == Instance::Production;
        Ok(if is_live && !is_loopback(&clerk.api_url) {
            Self::Production
        } else {
            Self::Development
        })
    }

    /// How messages name it: also where it comes from, if no setting has it.
    pub(super) fn shown(self, source: &Source) -> String {
        if source.is_set(ENVIRONMENT.declaration()) {
            return self.as_str().to_owned();
        }
        let reason = match self {
            Self::Production => "CLERK_SECRET_KEY is a live key",
            Self::Development | Self::Staging => {
                "CLERK_SECRET_KEY is no live key, or Clerk is on this machine"
            }
        };
        format!("{} (HEMERA_ENVIRONMENT is not set, and {reason})", self.as_str())
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Value for Environment {
    const KIND: &'static str = "development, staging or production";

    fn parse(text: &str) -> Result<Self, &'static str> {
        Self::ALL
            .into_iter()
            .find(|environment| environment.as_str() == text)
            .ok_or("must be development, staging or production")
    }
}
