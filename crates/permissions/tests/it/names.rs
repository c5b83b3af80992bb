//! Names are exact for permissions and forgiving for roles.

use permissions::{Permission, PermissionSet, Role};

#[test]
fn a_role_is_trimmed_and_read_without_case() {
    for text in ["api-client", " API-Client\n", "\tApi-client"] {
        assert_eq!(Role::of_claim(Some(text)), Role::ApiClient, "{text:?}");
    }
}

#[test]
fn a_missing_or_unknown_role_is_user() {
    for text in [
        None,
        Some(""),
        Some("root"),
        Some("api client"),
        Some("admin,api-client"),
        Some("ädmin"),
    ] {
        assert_eq!(Role::of_claim(text), Role::User, "{text:?}");
    }
}

#[test]
fn permissions_round_trip_through_their_names() {
    for permission in Permission::ALL {
        assert_eq!(permission.name().parse(), Ok(permission));
        let json = serde_json::to_string(&permission).unwrap();
        assert_eq!(json, format!("\"{permission}\""));
        assert_eq!(serde_json::from_str::<Permission>(&json).unwrap(), permission);
    }
}

#[test]
fn an_inexact_permission_name_is_refused() {
    for text in ["", "Read:courses", " read:courses", "read:courses ", "read"] {
        let refusal = text.parse::<Permission>().unwrap_err();
        assert!(refusal.to_string().contains("Permission::ALL"), "{text:?}");
    }
}

#[test]
fn a_set_contains_exactly_its_permissions() {
    let set = PermissionSet::of(&[Permission::ReadCourses, Permission::ManageUsers]);
    assert!(set.contains_all(&[Permission::ManageUsers, Permission::ReadCourses]));
    assert!(!set.contains_all(&[Permission::ReadCourses, Permission::ReadBookings]));
    assert!(PermissionSet::EMPTY.contains_all(&[]));
    assert_eq!(format!("{set:?}"), r#"{"read:courses", "manage:users"}"#);
}
