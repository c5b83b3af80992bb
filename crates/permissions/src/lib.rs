//! Who may do what at Hemera: roles, permissions and the one table between them.
//!
//! No I/O and no framework: the server asks [`Role::grants`], the contract names [`Permission`]s, and
//! the matrix in `tests/it/snapshots` shows a change of rights as a changed cell.
//!
//! ```
//! use permissions::{Permission, Role};
//!
//! let role = Role::of_claim(Some(" API-Client "));
//! assert_eq!(role, Role::ApiClient);
//! assert!(role.grants().contains(Permission::WriteParticipationResults));
//! assert!(!role.grants().contains(Permission::ManageUsers));
//! ```
//!
//! To add a permission: a variant and a name in `permission.rs`, its grants in `grants.rs`, then
//! review the changed matrix.

mod grants;
mod permission;
mod role;
mod set;

pub use permission::{Permission, UnknownPermission};
pub use role::Role;
pub use set::PermissionSet;
