//! The matrix as a picture: a change of rights is a changed cell in review.

use std::fmt::Write;

use permissions::{Permission, Role};

#[test]
fn the_table_of_roles_and_permissions_is_as_reviewed() {
    let mut table = format!("{:28}", "");
    for role in Role::ALL {
        write!(table, "{:>12}", role.name()).unwrap();
    }
    for permission in Permission::ALL {
        write!(table, "\n{:28}", permission.name()).unwrap();
        for role in Role::ALL {
            let cell = if role.grants().contains(permission) {
                "yes"
            } else {
                "-"
            };
            write!(table, "{cell:>12}").unwrap();
        }
    }
    write!(table, "\n{:28}", "may use the service API").unwrap();
    for role in Role::ALL {
        let cell = if role.may_use_service_api() { "yes" } else { "-" };
        write!(table, "{cell:>12}").unwrap();
    }
    insta::assert_snapshot!("role_by_permission", table);
}

#[test]
fn a_machine_has_no_manage_permission() {
    let grants = Role::ApiClient.grants();
    assert!(!grants.contains(Permission::ManageCourses));
    assert!(!grants.contains(Permission::ManageUsers));
    assert_eq!(grants.iter().count(), 4);
}
