//! A user as Clerk shows it.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A user, as far as this crate reads it; unknown fields are ignored.
///
/// Its `Debug` shows the id and flags only: the rest is personal or private.
#[derive(Clone, PartialEq, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are Clerk's own independent flags of a user"
)]
#[non_exhaustive]
pub struct User {
    /// `user_…`
    pub id: String,
    /// The id of the user in another system.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Given name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// All e-mail addresses.
    #[serde(default)]
    pub email_addresses: Vec<EmailAddress>,
    /// Which of them is the primary one.
    #[serde(default)]
    pub primary_email_address_id: Option<String>,
    /// Telephone numbers.
    #[serde(default)]
    pub(super) phone_numbers: Vec<Entry>,
    /// Wallets.
    #[serde(default)]
    pub(super) web3_wallets: Vec<Entry>,
    /// Passkeys.
    #[serde(default)]
    pub(super) passkeys: Vec<Entry>,
    /// Accounts at providers such as Google.
    #[serde(default)]
    pub(super) external_accounts: Vec<Entry>,
    /// Accounts at a company's own provider.
    #[serde(default)]
    pub(super) enterprise_accounts: Vec<Entry>,
    /// Metadata that anyone may read and only the secret key may write: the place of roles.
    #[serde(default)]
    pub public_metadata: Map<String, Value>,
    /// Metadata that only the secret key may read.
    #[serde(default)]
    pub private_metadata: Option<Map<String, Value>>,
    /// Banned users have no sessions and cannot sign in.
    #[serde(default)]
    pub banned: bool,
    /// Locked after failed sign-ins; cannot sign in until it ends.
    #[serde(default)]
    pub locked: bool,
    /// Whether a password is set.
    #[serde(default)]
    pub password_enabled: bool,
    /// Whether a second factor is demanded, with which a ticket does not complete a sign-in.
    #[serde(default)]
    pub two_factor_enabled: bool,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub created_at: i64,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub updated_at: i64,
}

/// An entry of one of Clerk's lists, as far as its id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    pub(super) id: Option<String>,
}

/// One e-mail address of a user.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EmailAddress {
    /// `idn_…`
    #[serde(default)]
    pub id: Option<String>,
    /// The address itself.
    pub email_address: String,
    /// Whether the user has shown that the address is its own; `None` for one that is only kept for the user.
    #[serde(default)]
    pub verification: Option<Verification>,
}

/// Whether an address was shown to be its user's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Verification {
    /// `verified`, `unverified`, `failed` or `expired`.
    #[serde(default)]
    pub status: String,
}

impl EmailAddress {
    /// Whether Clerk holds it as verified: by the user, or by the secret key, which counts as much.
    pub fn is_verified(&self) -> bool {
        self.verification
            .as_ref()
            .is_some_and(|verification| verification.status == "verified")
    }
}

impl User {
    /// The primary e-mail address, else the first.
    pub fn email_address(&self) -> Option<&str> {
        let primary = self
            .email_addresses
            .iter()
            .find(|one| one.id.is_some() && one.id == self.primary_email_address_id);
        primary
            .or(self.email_addresses.first())
            .map(|one| one.email_address.as_str())
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("banned", &self.banned)
            .field("locked", &self.locked)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailAddress")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
