//! `user`, at both APIs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::identification::{ExternalAccount, Identification, Passkey};
use crate::world::user::User;

/// Attempts left before a lockout, of an account that has used none. UNVERIFIED: the number.
const ATTEMPTS: i64 = 100;

/// How long a code counts that was sent to an address or a number.
const CODE_LIFETIME: Duration = Duration::from_mins(10);

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
        "web3_wallets": user.web3_wallets.iter().map(web3_wallet).collect::<Vec<_>>(),
        "passkeys": user.passkeys.iter().map(passkey).collect::<Vec<_>>(),
        "external_accounts": user.external_accounts.iter().map(external_account).collect::<Vec<_>>(),
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
        "verification": verification(email, "email_code"),
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
        "verification": verification(phone, "phone_code"),
        "linked_to": [],
        "backup_codes": null,
        "created_at": phone.created_at,
        "updated_at": phone.created_at,
    })
}

fn web3_wallet(wallet: &Identification) -> Value {
    json!({
        "id": wallet.id,
        "object": "web3_wallet",
        "web3_wallet": wallet.value,
        "verification": {
            "object": "verification_web3",
            "status": if wallet.verified { "verified" } else { "unverified" },
            "strategy": "web3_metamask_signature",
            "attempts": null,
            "expire_at": null,
        },
        "created_at": wallet.created_at,
        "updated_at": wallet.created_at,
    })
}

fn passkey(passkey: &Passkey) -> Value {
    json!({
        "id": passkey.id,
        "object": "passkey",
        "name": passkey.name,
        "last_used_at": passkey.created_at,
        "verification": {
            "object": "verification_passkey",
            "status": "verified",
            "strategy": "passkey",
            "attempts": null,
            "expire_at": null,
        },
    })
}

/// UNVERIFIED: what `provider` and `strategy` are for Google at the newest version.
fn external_account(account: &ExternalAccount) -> Value {
    json!({
        "id": account.id,
        "object": "external_account",
        "provider": "oauth_google",
        "identification_id": account.identification_id,
        "provider_user_id": "100000000000000000001",
        "approved_scopes": "email openid profile",
        "email_address": account.email_address,
        "email_address_verified": true,
        "first_name": "",
        "last_name": "",
        "image_url": null,
        "username": null,
        "phone_number": null,
        "public_metadata": {},
        "label": null,
        "created_at": account.created_at,
        "updated_at": account.created_at,
        "verification": {
            "object": "verification_oauth",
            "status": "verified",
            "strategy": "oauth_google",
            "attempts": null,
            "expire_at": account.created_at,
        },
    })
}

/// What the back end has put there counts as verified by an administrator; what a user claims waits for the code that
/// was sent there.
fn verification(one: &Identification, strategy: &str) -> Value {
    if one.reserved {
        return Value::Null;
    }
    if !one.verified {
        return json!({
            "object": "verification_otp",
            "status": "unverified",
            "strategy": strategy,
            "attempts": 0,
            "expire_at": one.created_at.plus(CODE_LIFETIME),
        });
    }
    json!({
        "object": "verification_admin",
        "status": "verified",
        "strategy": "admin",
        "attempts": null,
        "expire_at": null,
    })
}
