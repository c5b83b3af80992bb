//! How Aither gets its tokens: the values of `AITHER_AUTH`.

use std::fmt;

/// A way to get a token for Hemera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    /// A service user, signed in with a one-time ticket that the secret key makes.
    Ticket,
    /// The session of a service user for which an operator has enrolled this host.
    Enrolled,
    /// A machine with its own key.
    Machine,
    /// A static key.
    ServiceKey,
}

impl AuthMethod {
    /// All methods, the default first.
    pub(crate) const ALL: [Self; 4] = [Self::Ticket, Self::Enrolled, Self::Machine, Self::ServiceKey];

    /// The value in the settings.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Enrolled => "enrolled",
            Self::Machine => "machine",
            Self::ServiceKey => "service-key",
        }
    }

    /// Whether other processes with the same settings may use the same tokens. A session belongs to the host that it was
    /// enrolled for, and a service key is not minted.
    pub(crate) const fn shares_tokens(self) -> bool {
        matches!(self, Self::Ticket | Self::Machine)
    }

    /// Whether tokens come from a session at Clerk's Frontend API.
    pub(crate) const fn signs_in(self) -> bool {
        matches!(self, Self::Ticket | Self::Enrolled)
    }

    /// Whether it uses the secret key of the Clerk instance.
    pub(crate) const fn uses_secret_key(self) -> bool {
        matches!(self, Self::Ticket)
    }
}

impl fmt::Display for AuthMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
