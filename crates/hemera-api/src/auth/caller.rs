//! Who is calling, after proof.

use std::sync::Arc;

use permissions::Role;

use super::CredentialId;

/// A caller whose credential is valid. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Who it is: the id of a user or a machine at Clerk, or the subject of a service key.
    pub subject: Arc<str>,
    /// What it is.
    pub role: Role,
    /// How it proved itself.
    pub proof: Proof,
    /// Which credential that was.
    pub credential: CredentialId,
}

/// How a caller proved itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A session token of Clerk.
    SessionToken,
    /// A token minted from a template of Clerk.
    TemplateToken,
    /// A machine's own token.
    Machine,
    /// A service key.
    ServiceKey {
        /// The name under which the key is configured.
        name: Arc<str>,
    },
}

impl Proof {
    /// The kind of proof, for the log and the audit log.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::SessionToken => "session_token",
            Self::TemplateToken => "template_token",
            Self::Machine => "machine",
            Self::ServiceKey { .. } => "service_key",
        }
    }

    /// The name of the key, where a service key was the proof.
    pub(crate) fn key_name(&self) -> Option<&str> {
        match self {
            Self::ServiceKey { name } => Some(name),
            Self::SessionToken | Self::TemplateToken | Self::Machine => None,
        }
    }
}
