//! What a user can be found and signed in by, and whose an e-mail address is.

use std::fmt;

use super::user::{Entry, User};

/// One thing that a user can sign in with: an address, a number, a passkey, an account at a provider, a wallet.
///
/// A user name is not one: it signs in only together with one of these or with a password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// Its id at Clerk; empty where Clerk shows none.
    pub id: String,
}

/// The kinds of [`Identifier`]. `Display` is the name that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum IdentifierKind {
    /// An e-mail address.
    EmailAddress,
    /// A telephone number.
    PhoneNumber,
    /// A passkey.
    Passkey,
    /// An account at a provider such as Google.
    ExternalAccount,
    /// An account at a company's own provider (SAML, OIDC).
    EnterpriseAccount,
    /// A wallet.
    Web3Wallet,
}

/// Why an e-mail address does not name a user beyond doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressDoubt {
    /// The user does not have the address.
    Missing,
    /// The user has not shown that the address is its own.
    Unverified,
    /// The user's primary address is another one.
    NotPrimary,
    /// The user has a further address.
    NotTheOnlyOne,
}

impl User {
    /// Everything that the user can sign in with, by kind and in Clerk's order.
    pub fn identifiers(&self) -> Vec<Identifier> {
        let of = |kind, ids: &mut dyn Iterator<Item = Option<&String>>| -> Vec<Identifier> {
            ids.map(|id| Identifier {
                kind,
                id: id.cloned().unwrap_or_default(),
            })
            .collect()
        };
        let listed = |kind, list: &[Entry]| of(kind, &mut list.iter().map(|entry| entry.id.as_ref()));
        let addresses = &mut self.email_addresses.iter().map(|one| one.id.as_ref());
        // Clerk shows a SAML account as an enterprise account too.
        [
            of(IdentifierKind::EmailAddress, addresses),
            listed(IdentifierKind::PhoneNumber, &self.phone_numbers),
            listed(IdentifierKind::Passkey, &self.passkeys),
            listed(IdentifierKind::ExternalAccount, &self.external_accounts),
            listed(IdentifierKind::EnterpriseAccount, &self.enterprise_accounts),
            listed(IdentifierKind::Web3Wallet, &self.web3_wallets),
        ]
        .concat()
    }

    /// Whether `address` names this user and no other: it is verified, the primary one and the only one.
    ///
    /// A user can put any address among its own without showing that it is its own, so having it is not enough.
    ///
    /// # Errors
    /// What is in doubt. The last of [`AddressDoubt`] leaves no doubt of who the user is.
    pub fn is_named_by(&self, address: &str) -> Result<(), AddressDoubt> {
        let found = self
            .email_addresses
            .iter()
            .find(|one| one.email_address.eq_ignore_ascii_case(address));
        let Some(found) = found else {
            return Err(AddressDoubt::Missing);
        };
        if !found.is_verified() {
            Err(AddressDoubt::Unverified)
        } else if found.id.is_none() || found.id != self.primary_email_address_id {
            Err(AddressDoubt::NotPrimary)
        } else if self.email_addresses.len() > 1 {
            Err(AddressDoubt::NotTheOnlyOne)
        } else {
            Ok(())
        }
    }
}

impl IdentifierKind {
    /// Clerk's word for it, as in `email_address`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmailAddress => "email_address",
            Self::PhoneNumber => "phone_number",
            Self::Passkey => "passkey",
            Self::ExternalAccount => "external_account",
            Self::EnterpriseAccount => "enterprise_account",
            Self::Web3Wallet => "web3_wallet",
        }
    }
}

impl AddressDoubt {
    /// The code of the [`Error`](crate::Error) with which a service user's sign-in is refused for it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Missing => "user_not_found",
            Self::Unverified => "address_unverified",
            Self::NotPrimary => "address_not_primary",
            Self::NotTheOnlyOne => "address_not_the_only_one",
        }
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmailAddress => "e-mail address",
            Self::PhoneNumber => "phone number",
            Self::Passkey => "passkey",
            Self::ExternalAccount => "external account",
            Self::EnterpriseAccount => "enterprise account",
            Self::Web3Wallet => "wallet",
        })
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

impl fmt::Display for AddressDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the user does not have this address",
            Self::Unverified => "the user's address is not verified",
            Self::NotPrimary => "the address is not the user's primary one",
            Self::NotTheOnlyOne => "the user has a further address",
        })
    }
}
