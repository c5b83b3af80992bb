//! `user`, at both APIs.

use serde_json::{Value, json};

use crate::world::user::{Identification, User};

/// Attempts left before a lockout, of an account that has used none. UNVERIFIED: the number.
const ATTEMPTS: i64 = 100;

/// The user as the Backend API shows it.
pub(crate) fn backend(user: &User) -> Value {
    let mut shape = frontend(user);
    shape["private_metadata"] = json!(user.metadata.private);
    shape["locale"] = json!(user.locale);
    shape["deprovisioned"] = json!(false);
    shape["bypass_client_trust"] = json!(user.bypass_client_trust);
    shape["create_organizations_limit"] = json!(user.create_organizations_limit);
    shape
}

/// The user as the Frontend API shows it: without private metadata.
pub(crate) fn frontend(user: &User) -> Value {
    let mut shape = json!({
        "id": user.id,
        "object": "user",
        "external_id": user.external_id,
        "primary_email_address_id": user.primary_email_address_id,
        "primary_phone_number_id": user.primary_phone_number_id,
        "primary_web3_wallet_id": null,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "profile_image_url": user.image_url(),
        "image_url": user.image_url(),
        "has_image": false,
        "public_metadata": user.metadata.public,
        "unsafe_metadata": user.metadata.open,
        "email_addresses": user.email_addresses.iter().map(email_address).collect::<Vec<_>>(),
        "phone_numbers": user.phone_numbers.iter().map(phone_number).collect::<Vec<_>>(),
        "web3_wallets": [],
        "passkeys": [],
        "external_accounts": [],
        "saml_accounts": [],
        "enterprise_accounts": [],
        "organization_memberships": [],
        "password_enabled": user.password_enabled,
        "two_factor_enabled": user.two_factor_enabled(),
        "totp_enabled": user.totp_enabled,
        "backup_code_enabled": user.backup_code_enabled,
        "mfa_enabled_at": user.mfa_enabled_at,
        "mfa_disabled_at": null,
        "password_last_updated_at": user.password_last_updated_at,
        "last_sign_in_at": user.last_sign_in_at,
        "banned": user.banned,
        "locked": user.locked,
        "lockout_expires_in_seconds": null,
        "verification_attempts_remaining": if user.locked { 0 } else { ATTEMPTS },
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "delete_self_enabled": user.delete_self_enabled,
        "create_organization_enabled": user.create_organization_enabled,
        "last_active_at": user.last_active_at,
        "legal_accepted_at": user.legal_accepted_at,
    });
    // The Frontend API's schema has it as a number or not at all.
    if let Some(limit) = user.create_organizations_limit {
        shape["create_organizations_limit"] = json!(limit);
    }
    shape
}

/// What other users may see of a user.
pub(crate) fn public(user: &User) -> Value {
    json!({
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": user.image_url(),
        "has_image": false,
        "identifier": user.identifier(),
        "profile_image_url": user.image_url(),
        "user_id": user.id,
        "username": user.username,
        "banned": user.banned,
    })
}

fn email_address(email: &Identification) -> Value {
    json!({
        "id": email.id,
        "object": "email_address",
        "email_address": email.value,
        "reserved": email.reserved,
        "verification": verification(email),
        "linked_to": [],
        "matches_sso_connection": false,
        "created_at": email.created_at,
        "updated_at": email.created_at,
    })
}

fn phone_number(phone: &Identification) -> Value {
    json!({
        "id": phone.id,
        "object": "phone_number",
        "phone_number": phone.value,
        "reserved_for_second_factor": false,
        "default_second_factor": false,
        "reserved": phone.reserved,
        "verification": verification(phone),
        "linked_to": [],
        "backup_codes": null,
        "created_at": phone.created_at,
        "updated_at": phone.created_at,
    })
}

/// What the back end has put there counts as verified by an administrator.
fn verification(one: &Identification) -> Value {
    if one.reserved {
        return Value::Null;
    }
    json!({
        "object": "verification_admin",
        "status": "verified",
        "strategy": "admin",
        "attempts": null,
        "expire_at": null,
    })
}
