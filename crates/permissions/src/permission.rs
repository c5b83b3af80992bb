//! The closed list of permissions and their names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One thing that a caller may be allowed to do.
///
/// The names (`read:courses`) are the contract's, and are what logs and audit records show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
#[repr(u8)]
pub enum Permission {
    /// Read published and unpublished courses and their materials.
    ReadCourses,
    /// Read who booked a course.
    ReadBookings,
    /// Read participations: preparation, status and results.
    ReadParticipations,
    /// Write the result of a participation, and nothing else on it.
    WriteParticipationResults,
    /// Create, change and remove courses. Never granted to a machine.
    ManageCourses,
    /// Administer users, and see how the service is used. Never granted to a machine.
    ManageUsers,
}

impl Permission {
    /// Every permission, in the order of the contract's table.
    pub const ALL: [Self; 6] = [
        Self::ReadCourses,
        Self::ReadBookings,
        Self::ReadParticipations,
        Self::WriteParticipationResults,
        Self::ManageCourses,
        Self::ManageUsers,
    ];

    /// The contract's name, such as `read:courses`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadCourses => "read:courses",
            Self::ReadBookings => "read:bookings",
            Self::ReadParticipations => "read:participations",
            Self::WriteParticipationResults => "write:participation-results",
            Self::ManageCourses => "manage:courses",
            Self::ManageUsers => "manage:users",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a permission; the known ones are listed in `Permission::ALL`")]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    /// Reads an exact name: permissions are written by programs, so case and blanks matter.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.name() == text)
            .ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

impl TryFrom<String> for Permission {
    type Error = UnknownPermission;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Permission> for &'static str {
    fn from(permission: Permission) -> Self {
        permission.name()
    }
}
