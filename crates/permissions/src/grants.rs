//! The one table: which role has which permissions.

use crate::Permission::{
    ManageCourses, ManageUsers, ReadBookings, ReadCourses, ReadParticipations, WriteParticipationResults,
};
use crate::{PermissionSet, Role};

impl Role {
    /// The permissions of this role.
    ///
    /// A machine (`api-client`) reads what it needs and writes results. It has neither
    /// `manage:courses` nor `manage:users`: least privilege is this line.
    pub const fn grants(self) -> PermissionSet {
        match self {
            Self::ApiClient => PermissionSet::of(&[
                ReadCourses,
                ReadBookings,
                ReadParticipations,
                WriteParticipationResults,
            ]),
            Self::Admin => PermissionSet::of(&[
                ReadCourses,
                ReadBookings,
                ReadParticipations,
                WriteParticipationResults,
                ManageCourses,
                ManageUsers,
            ]),
            Self::Moderator => PermissionSet::of(&[ReadCourses, ManageCourses]),
            Self::User => PermissionSet::of(&[ReadCourses]),
        }
    }
}
