//! Users.

use super::World;
use super::identification::{ExternalAccount, Identification, Passkey};
use super::metadata::{HowToChange, Metadata, MetadataChange};
use super::session::SessionStatus;
use crate::clock::Stamp;
use crate::refusal::Refusal;

/// One user.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "Clerk's user object is what it is")]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) locale: Option<String>,
    pub(crate) email_addresses: Vec<Identification>,
    pub(crate) phone_numbers: Vec<Identification>,
    pub(crate) web3_wallets: Vec<Identification>,
    pub(crate) passkeys: Vec<Passkey>,
    pub(crate) external_accounts: Vec<ExternalAccount>,
    pub(crate) primary_email_address_id: Option<String>,
    pub(crate) primary_phone_number_id: Option<String>,
    pub(crate) metadata: Metadata,
    pub(crate) password_enabled: bool,
    pub(crate) password_last_updated_at: Option<Stamp>,
    pub(crate) totp_enabled: bool,
    pub(crate) backup_code_enabled: bool,
    pub(crate) mfa_enabled_at: Option<Stamp>,
    pub(crate) banned: bool,
    pub(crate) locked: bool,
    pub(crate) delete_self_enabled: bool,
    pub(crate) create_organization_enabled: bool,
    pub(crate) create_organizations_limit: Option<i64>,
    pub(crate) legal_accepted_at: Option<Stamp>,
    pub(crate) bypass_client_trust: bool,
    pub(crate) last_sign_in_at: Option<Stamp>,
    pub(crate) last_active_at: Option<Stamp>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

impl User {
    /// A user with nothing but an id.
    pub(crate) fn new(id: String, now: Stamp) -> Self {
        Self {
            id,
            external_id: None,
            username: None,
            first_name: None,
            last_name: None,
            locale: None,
            email_addresses: Vec::new(),
            phone_numbers: Vec::new(),
            web3_wallets: Vec::new(),
            passkeys: Vec::new(),
            external_accounts: Vec::new(),
            primary_email_address_id: None,
            primary_phone_number_id: None,
            metadata: Metadata::default(),
            password_enabled: false,
            password_last_updated_at: None,
            totp_enabled: false,
            backup_code_enabled: false,
            mfa_enabled_at: None,
            banned: false,
            locked: false,
            delete_self_enabled: true,
            create_organization_enabled: true,
            create_organizations_limit: None,
            legal_accepted_at: None,
            bypass_client_trust: false,
            last_sign_in_at: None,
            last_active_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) const fn two_factor_enabled(&self) -> bool {
        self.totp_enabled || self.backup_code_enabled
    }

    pub(crate) fn primary_email_address(&self) -> Option<&str> {
        primary(&self.email_addresses, self.primary_email_address_id.as_deref())
    }

    pub(crate) fn primary_phone_number(&self) -> Option<&str> {
        primary(&self.phone_numbers, self.primary_phone_number_id.as_deref())
    }

    /// First and last name, whichever there are.
    pub(crate) fn full_name(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// What stands for the user where one identifier is shown.
    pub(crate) fn identifier(&self) -> &str {
        self.primary_email_address()
            .or_else(|| self.primary_phone_number())
            .or(self.username.as_deref())
            .unwrap_or_default()
    }

    /// A picture made of initials: Clerk serves one for every user; nothing is fetched from here.
    pub(crate) fn image_url(&self) -> String {
        format!("https://img.clerk.com/{}", self.id)
    }

    pub(crate) fn enable_totp(&mut self, now: Stamp) {
        self.totp_enabled = true;
        self.mfa_enabled_at.get_or_insert(now);
    }
}

impl User {
    /// Takes an identifier away; whether it was there.
    pub(super) fn forget_identifier(&mut self, id: &str) -> bool {
        let count = self.count_identifiers();
        self.email_addresses.retain(|one| one.id != id);
        self.phone_numbers.retain(|one| one.id != id);
        self.web3_wallets.retain(|one| one.id != id);
        self.passkeys.retain(|one| one.id != id);
        self.external_accounts.retain(|one| one.id != id);
        self.count_identifiers() < count
    }

    fn count_identifiers(&self) -> usize {
        self.email_addresses.len()
            + self.phone_numbers.len()
            + self.web3_wallets.len()
            + self.passkeys.len()
            + self.external_accounts.len()
    }
}

fn primary<'a>(all: &'a [Identification], id: Option<&str>) -> Option<&'a str> {
    all.iter()
        .find(|one| Some(one.id.as_str()) == id)
        .map(|one| one.value.as_str())
}

impl World {
    pub(crate) fn user(&self, id: &str) -> Result<&User, Refusal> {
        self.users.get(id).ok_or_else(|| Refusal::not_found("user", id))
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Result<&mut User, Refusal> {
        self.users
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("user", id))
    }

    /// By id or by any e-mail address, for controls and seeds.
    pub(crate) fn user_named(&self, name: &str) -> Option<&User> {
        self.users.get(name).or_else(|| {
            self.users.values().find(|user| {
                user.email_addresses
                    .iter()
                    .any(|email| email.value.eq_ignore_ascii_case(name))
            })
        })
    }

    pub(crate) fn change_metadata(
        &mut self,
        id: &str,
        change: MetadataChange,
        how: HowToChange,
        now: Stamp,
    ) -> Result<&User, Refusal> {
        let user = self.user_mut(id)?;
        user.metadata = how(&user.metadata, change)?;
        user.updated_at = now;
        Ok(user)
    }

    /// Bans or unbans. A ban revokes every session of the user.
    pub(crate) fn set_banned(&mut self, id: &str, banned: bool, now: Stamp) -> Result<&User, Refusal> {
        let user = self.user_mut(id)?;
        user.banned = banned;
        user.updated_at = now;
        if banned {
            self.end_sessions_of(id, SessionStatus::Revoked, now);
        }
        self.user(id)
    }

    /// Takes the password away. Sessions stay, unless `sign_out` is set.
    pub(crate) fn remove_password(&mut self, id: &str, sign_out: bool, now: Stamp) -> Result<&User, Refusal> {
        let user = self.user_mut(id)?;
        if user.password_enabled {
            user.password_enabled = false;
            user.password_last_updated_at = None;
            user.updated_at = now;
        }
        if sign_out {
            self.end_sessions_of(id, SessionStatus::Revoked, now);
        }
        self.user(id)
    }

    /// Locks or unlocks. UNVERIFIED: whether a lock touches sessions; here it does not.
    pub(crate) fn set_locked(&mut self, id: &str, locked: bool, now: Stamp) -> Result<&User, Refusal> {
        let user = self.user_mut(id)?;
        user.locked = locked;
        user.updated_at = now;
        Ok(user)
    }

    /// Deletes the user and its sessions.
    pub(crate) fn delete_user(&mut self, id: &str) -> Result<User, Refusal> {
        let user = self
            .users
            .remove(id)
            .ok_or_else(|| Refusal::not_found("user", id))?;
        self.sessions.retain(|_, session| session.user_id != id);
        Ok(user)
    }
}
