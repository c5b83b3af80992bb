//! What a user can be found and signed in by: addresses, numbers, passkeys, accounts at providers, wallets.

use serde::Deserialize;

use super::World;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;

/// An e-mail address, a telephone number or a wallet of a user.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identification {
    pub(crate) id: String,
    pub(crate) value: String,
    /// Kept for the user, not verified.
    pub(crate) reserved: bool,
    /// Whether it was shown to be the user's. What the back end has put there counts as shown.
    pub(crate) verified: bool,
    pub(crate) created_at: Stamp,
}

impl Identification {
    pub(crate) fn new(value: String, reserved: bool, now: Stamp) -> Self {
        Self {
            id: id::object("idn", now),
            value,
            reserved,
            verified: !reserved,
            created_at: now,
        }
    }

    fn with_verified(mut self, verified: bool) -> Self {
        self.verified = verified;
        self
    }
}

/// A passkey of a user.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Passkey {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_at: Stamp,
}

/// An account at a provider with which a user signs in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExternalAccount {
    /// UNVERIFIED: the prefix.
    pub(crate) id: String,
    pub(crate) identification_id: String,
    pub(crate) email_address: String,
    pub(crate) created_at: Stamp,
}

/// What kind of thing a [`NewIdentifier`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// An e-mail address.
    EmailAddress,
    /// A telephone number.
    PhoneNumber,
    /// A passkey; its value is its name.
    Passkey,
    /// An account at Google; its value is the e-mail address there.
    ExternalAccount,
    /// A wallet; its value is its address.
    Web3Wallet,
}

/// What a control adds to a user, as a person who is signed in would: Clerk's Backend API cannot add most of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewIdentifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// The address, number or name.
    pub value: String,
    /// Whether it was shown to be the user's; yes, if nothing is said. Passkeys and accounts always are.
    #[serde(default = "yes")]
    pub verified: bool,
}

const fn yes() -> bool {
    true
}

impl NewIdentifier {
    /// One that was shown to be the user's.
    pub fn new(kind: IdentifierKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
            verified: true,
        }
    }

    /// One that the user only claims. The same address may be claimed by several users.
    #[must_use]
    pub const fn unverified(mut self) -> Self {
        self.verified = false;
        self
    }
}

impl World {
    /// Adds an identifier to a user, and returns its id.
    pub(crate) fn add_identifier(
        &mut self,
        user_id: &str,
        new: &NewIdentifier,
        now: Stamp,
    ) -> Result<String, Refusal> {
        let user = self.user_mut(user_id)?;
        user.updated_at = now;
        let value = new.value.clone();
        let plain = || Identification::new(value.clone(), false, now).with_verified(new.verified);
        Ok(match new.kind {
            IdentifierKind::EmailAddress => pushed(&mut user.email_addresses, plain()),
            IdentifierKind::PhoneNumber => pushed(&mut user.phone_numbers, plain()),
            IdentifierKind::Web3Wallet => pushed(&mut user.web3_wallets, plain()),
            IdentifierKind::Passkey => {
                let passkey = Passkey {
                    id: id::object("idn", now),
                    name: value,
                    created_at: now,
                };
                let id = passkey.id.clone();
                user.passkeys.push(passkey);
                id
            }
            IdentifierKind::ExternalAccount => {
                let account = ExternalAccount {
                    id: id::object("eac", now),
                    identification_id: id::object("idn", now),
                    email_address: value,
                    created_at: now,
                };
                let id = account.id.clone();
                user.external_accounts.push(account);
                id
            }
        })
    }

    /// Takes an identifier away from a user.
    pub(crate) fn remove_identifier(
        &mut self,
        user_id: &str,
        identifier_id: &str,
        now: Stamp,
    ) -> Result<(), Refusal> {
        let user = self.user_mut(user_id)?;
        if user.forget_identifier(identifier_id) {
            user.updated_at = now;
            Ok(())
        } else {
            Err(Refusal::not_found("identifier", identifier_id))
        }
    }
}

fn pushed(all: &mut Vec<Identification>, one: Identification) -> String {
    let id = one.id.clone();
    all.push(one);
    id
}
