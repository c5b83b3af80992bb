//! Creating and changing users: what is checked, and in which order.

use super::World;
use super::identification::Identification;
use super::metadata::MetadataChange;
use super::session::SessionStatus;
use super::user::User;
use crate::clock::Stamp;
use crate::field::Field;
use crate::id;
use crate::refusal::Refusal;

/// A development instance takes this many users.
const DEVELOPMENT_QUOTA: usize = 100;

/// The shortest password.
const MIN_PASSWORD: usize = 8;

/// Stands for the breach lists that Clerk asks.
const PWNED: [&str; 4] = ["12345678", "password", "password123", "qwertzuiop"];

/// What both creating and changing may set.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the parameters of Clerk's endpoint are independent switches"
)]
pub(crate) struct UserChange {
    pub(crate) external_id: Field<String>,
    pub(crate) username: Field<String>,
    pub(crate) first_name: Field<String>,
    pub(crate) last_name: Field<String>,
    pub(crate) locale: Field<String>,
    pub(crate) password: Option<String>,
    /// A hash made elsewhere: counts as a password.
    pub(crate) password_digest: bool,
    pub(crate) skip_password_checks: bool,
    pub(crate) totp: bool,
    pub(crate) backup_codes: bool,
    pub(crate) delete_self_enabled: Option<bool>,
    pub(crate) create_organization_enabled: Option<bool>,
    pub(crate) create_organizations_limit: Field<i64>,
    pub(crate) legal_accepted_at: Field<Stamp>,
    pub(crate) bypass_client_trust: Option<bool>,
    pub(crate) created_at: Option<Stamp>,
}

/// What only creating may set.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the parameters of Clerk's endpoint are independent switches"
)]
pub(crate) struct NewUser {
    /// A fixed id, from a seed.
    pub(crate) id: Option<String>,
    /// Address and whether it is only reserved.
    pub(crate) email_addresses: Vec<(String, bool)>,
    pub(crate) phone_numbers: Vec<(String, bool)>,
    pub(crate) metadata: MetadataChange,
    pub(crate) banned: bool,
    pub(crate) locked: bool,
    pub(crate) skip_password_requirement: bool,
    pub(crate) skip_user_requirement: bool,
    pub(crate) change: UserChange,
}

/// What only changing may set.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserUpdate {
    pub(crate) primary_email_address_id: Option<String>,
    pub(crate) primary_phone_number_id: Option<String>,
    pub(crate) sign_out_of_other_sessions: bool,
    /// Only where the version of the API still takes it.
    pub(crate) metadata: MetadataChange,
    pub(crate) change: UserChange,
}

impl World {
    pub(crate) fn create_user(&mut self, new: NewUser, now: Stamp) -> Result<&User, Refusal> {
        if !self.settings.is_production() && self.users.len() >= DEVELOPMENT_QUOTA {
            let why = format!("You have reached your limit of {DEVELOPMENT_QUOTA} users.");
            return Err(Refusal::new(
                403,
                "user_quota_exceeded",
                "user quota exceeded",
                why,
            ));
        }
        self.check_requirements(&new)?;
        let mut user = User::new(new.id.unwrap_or_else(|| id::object("user", now)), now);
        for (address, reserved) in new.email_addresses {
            let address = self.free_email(&address)?;
            user.email_addresses
                .push(Identification::new(address, reserved, now));
        }
        for (number, reserved) in new.phone_numbers {
            let number = self.free_phone(&number)?;
            user.phone_numbers
                .push(Identification::new(number, reserved, now));
        }
        user.primary_email_address_id = user.email_addresses.first().map(|email| email.id.clone());
        user.primary_phone_number_id = user.phone_numbers.first().map(|phone| phone.id.clone());
        user.metadata = user.metadata.replaced(new.metadata)?;
        user.banned = new.banned;
        user.locked = new.locked;
        self.apply(&mut user, new.change, now)?;
        let id = user.id.clone();
        Ok(self.users.entry(id).insert_entry(user).into_mut())
    }

    pub(crate) fn update_user(&mut self, id: &str, update: UserUpdate, now: Stamp) -> Result<&User, Refusal> {
        let mut user = self.user(id)?.clone();
        if let Some(email) = update.primary_email_address_id {
            check_own(&user.email_addresses, &email, "primary_email_address_id")?;
            user.primary_email_address_id = Some(email);
        }
        if let Some(phone) = update.primary_phone_number_id {
            check_own(&user.phone_numbers, &phone, "primary_phone_number_id")?;
            user.primary_phone_number_id = Some(phone);
        }
        user.metadata = user.metadata.replaced(update.metadata)?;
        self.apply(&mut user, update.change, now)?;
        user.updated_at = now;
        if update.sign_out_of_other_sessions {
            self.end_sessions_of(id, SessionStatus::Revoked, now);
        }
        Ok(self.users.entry(id.to_owned()).insert_entry(user).into_mut())
    }

    /// The instance's own demands. Each has a parameter that lifts it.
    fn check_requirements(&self, new: &NewUser) -> Result<(), Refusal> {
        let mut missing = Vec::new();
        let named = !new.email_addresses.is_empty()
            || !new.phone_numbers.is_empty()
            || matches!(new.change.username, Field::Value(_));
        if !named && !new.skip_user_requirement {
            missing.push("email_address");
        }
        let has_password = new.change.password.is_some() || new.change.password_digest;
        if self.settings.password_required && !has_password && !new.skip_password_requirement {
            missing.push("password");
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::new(
            422,
            "form_data_missing",
            "missing data",
            format!("{missing:?} data doesn't match user requirements set for this instance"),
        ))
    }

    fn apply(&self, user: &mut User, change: UserChange, now: Stamp) -> Result<(), Refusal> {
        if let Field::Value(external_id) = &change.external_id
            && self
                .users
                .values()
                .any(|other| other.id != user.id && other.external_id.as_ref() == Some(external_id))
        {
            return Err(Refusal::identifier_exists(
                "external_id",
                "That external ID is taken.",
            ));
        }
        if let Field::Value(username) = &change.username
            && self
                .users
                .values()
                .any(|other| other.id != user.id && other.username.as_ref() == Some(username))
        {
            return Err(Refusal::identifier_exists("username", "That username is taken."));
        }
        if let Some(password) = &change.password {
            check_password(password, change.skip_password_checks)?;
        }
        if change.password.is_some() || change.password_digest {
            user.password_enabled = true;
            user.password_last_updated_at = Some(now);
        }
        change.external_id.apply_to(&mut user.external_id);
        change.username.apply_to(&mut user.username);
        change.first_name.apply_to(&mut user.first_name);
        change.last_name.apply_to(&mut user.last_name);
        change.locale.apply_to(&mut user.locale);
        change
            .create_organizations_limit
            .apply_to(&mut user.create_organizations_limit);
        change.legal_accepted_at.apply_to(&mut user.legal_accepted_at);
        set(&mut user.delete_self_enabled, change.delete_self_enabled);
        set(
            &mut user.create_organization_enabled,
            change.create_organization_enabled,
        );
        set(&mut user.bypass_client_trust, change.bypass_client_trust);
        set(&mut user.created_at, change.created_at);
        if change.totp {
            user.enable_totp(now);
        }
        user.backup_code_enabled |= change.backup_codes;
        Ok(())
    }

    fn free_email(&self, address: &str) -> Result<String, Refusal> {
        let address = address.trim().to_lowercase();
        let has_form = address
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !address.contains(' '));
        if !has_form {
            return Err(Refusal::param_format(
                "email_address",
                "must be a valid email address",
            ));
        }
        if self.user_named(&address).is_some() {
            return Err(Refusal::identifier_exists(
                "email_address",
                "That email address is taken.",
            ));
        }
        Ok(address)
    }

    fn free_phone(&self, number: &str) -> Result<String, Refusal> {
        let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
        let digits = number.strip_prefix('+').unwrap_or_default();
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::param_format(
                "phone_number",
                "must be a valid phone number in E.164 form",
            ));
        }
        let taken = |user: &User| user.phone_numbers.iter().any(|phone| phone.value == number);
        if self.users.values().any(taken) {
            return Err(Refusal::identifier_exists(
                "phone_number",
                "That phone number is taken.",
            ));
        }
        Ok(number)
    }
}

fn set<T>(target: &mut T, change: Option<T>) {
    if let Some(value) = change {
        *target = value;
    }
}

fn check_own(all: &[Identification], id: &str, param: &str) -> Result<(), Refusal> {
    if all.iter().any(|one| one.id == id) {
        return Ok(());
    }
    Err(Refusal::new(
        404,
        "resource_not_found",
        "not found",
        format!("{id} does not belong to this user"),
    )
    .with_param(param))
}

fn check_password(password: &str, unchecked: bool) -> Result<(), Refusal> {
    if password.chars().count() < MIN_PASSWORD {
        let why = "Passwords must be 8 characters or more.";
        return Err(Refusal::new(422, "form_password_length_too_short", why, why).with_param("password"));
    }
    if !unchecked && PWNED.contains(&password) {
        let why = "Password has been found in an online data breach.";
        return Err(Refusal::new(422, "form_password_pwned", why, why).with_param("password"));
    }
    Ok(())
}
