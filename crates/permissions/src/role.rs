//! The closed list of roles, and how one is read from Clerk's metadata.

use std::fmt;

use serde::Serialize;

/// What a caller is, as Clerk's `publicMetadata.role` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "&'static str")]
pub enum Role {
    /// A machine that reads courses and participations and writes results.
    ApiClient,
    /// A person who administers Hemera.
    Admin,
    /// A person who looks after courses.
    Moderator,
    /// All others: people without a role, or with an unknown one.
    User,
}

impl Role {
    /// Every role, in the order of the contract's table.
    pub const ALL: [Self; 4] = [Self::ApiClient, Self::Admin, Self::Moderator, Self::User];

    /// The contract's name, such as `api-client`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiClient => "api-client",
            Self::Admin => "admin",
            Self::Moderator => "moderator",
            Self::User => "user",
        }
    }

    /// The role that a metadata or claim value stands for.
    ///
    /// People type this value into a dashboard, so it is trimmed and compared without case. A missing
    /// or unknown value is [`Role::User`], the role with the least rights: it never fails, and it
    /// never grants by mistake.
    pub fn of_claim(value: Option<&str>) -> Self {
        let wanted = value.unwrap_or_default().trim();
        Self::ALL
            .into_iter()
            .find(|role| role.name().eq_ignore_ascii_case(wanted))
            .unwrap_or(Self::User)
    }

    /// Whether this role may use the service API (`/api/service/*`) at all. Its permissions are checked besides.
    pub const fn may_use_service_api(self) -> bool {
        matches!(self, Self::ApiClient | Self::Admin)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Role> for &'static str {
    fn from(role: Role) -> Self {
        role.name()
    }
}
