//! The secret key of a Clerk instance: its holder can do anything there, so it never prints.

use std::fmt;

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::bearer;

/// A secret key (`sk_test_…` or `sk_live_…`) of one Clerk instance.
///
/// It neither prints nor serializes; only the transport of the Backend API reads it.
#[derive(Clone)]
pub struct SecretKey {
    text: SecretString,
    instance: Instance,
}

/// The kind of Clerk instance that a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instance {
    /// Sessions may be created directly, at most 100 users, lower rate limits.
    Development,
    /// What real users sign in to. `POST /v1/sessions` is refused there.
    Production,
}

/// Why a text is not a Clerk secret key. Never carries the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecretKey {
    /// Nothing was given.
    #[error("the Clerk secret key is empty: copy it from Clerk's dashboard, API keys")]
    Empty,
    /// A `pk_…` was given.
    #[error("that is Clerk's publishable key (pk_…): the secret key begins with sk_test_ or sk_live_")]
    Publishable,
    /// An `ak_…` was given.
    #[error("that is a Clerk machine or API key (ak_…): the secret key begins with sk_test_ or sk_live_")]
    Machine,
    /// Something else was given, or nothing follows the prefix.
    #[error("not a Clerk secret key: it begins with sk_test_ or sk_live_ and goes on from there")]
    Prefix,
    /// White space or other characters that no key has, or more than 255 of them.
    #[error("the Clerk secret key has characters that no key has: copy it again, as one line without blanks")]
    Characters,
}

impl SecretKey {
    /// Reads a key as Clerk's dashboard shows it.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidSecretKey> {
        let text = text.into();
        if text.is_empty() {
            return Err(InvalidSecretKey::Empty);
        }
        if text.starts_with("pk_") {
            return Err(InvalidSecretKey::Publishable);
        }
        if text.starts_with("ak_") {
            return Err(InvalidSecretKey::Machine);
        }
        let (instance, rest) = if let Some(rest) = text.strip_prefix("sk_test_") {
            (Instance::Development, rest)
        } else if let Some(rest) = text.strip_prefix("sk_live_") {
            (Instance::Production, rest)
        } else {
            return Err(InvalidSecretKey::Prefix);
        };
        if rest.is_empty() {
            return Err(InvalidSecretKey::Prefix);
        }
        if !bearer::is_plain(&text) {
            return Err(InvalidSecretKey::Characters);
        }
        Ok(Self {
            text: text.into(),
            instance,
        })
    }

    /// Which kind of instance the key opens.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// Whether it is one of these texts, which are no secrets: keys that documents and test programs use.
    pub fn is_one_of(&self, published: &[&str]) -> bool {
        published.contains(&self.text.expose_secret())
    }

    pub(crate) fn authorization(&self) -> HeaderValue {
        bearer::authorization(&self.text)
    }
}

/// Whether both are the same key. Not in constant time: both are ours, and no caller presents one.
impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.text.expose_secret() == other.text.expose_secret()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey")
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}
