//! How a service user is named in settings.

use std::fmt;

/// Which user to sign in as.
#[derive(Clone, PartialEq, Eq)]
pub enum UserRef {
    /// By id, `user_…`.
    Id(String),
    /// By e-mail address, which is looked up at every sign-in.
    EmailAddress(String),
}

impl From<&str> for UserRef {
    /// An address has an `@`, an id has none.
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for UserRef {
    fn from(text: String) -> Self {
        if text.contains('@') {
            Self::EmailAddress(text)
        } else {
            Self::Id(text)
        }
    }
}

impl fmt::Debug for UserRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::EmailAddress(_) => f.write_str("EmailAddress(…)"),
        }
    }
}
