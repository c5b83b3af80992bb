//! What of a person leaves the service.
//!
//! A service that writes results need not know whose they are. With
//! `participant_identity = "pseudonymous"` it sees a keyed hash in place of each user's id, and neither names nor
//! pictures; everything that shows a person takes it through [`Identity`], so no endpoint can forget.

mod pseudonym;

use hemera_types::{InvalidId, UserId};

pub(crate) use self::pseudonym::Pseudonyms;

/// How participants appear in responses.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// As they are.
    Full,
    /// As a keyed hash: the same person is the same for as long as the key is.
    Pseudonymous(Pseudonyms),
}

/// A person as a response may show them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) user_id: UserId,
    pub(crate) name: Option<String>,
    pub(crate) image_url: Option<String>,
}

impl Identity {
    /// The user's id as a response may show it.
    pub(crate) fn user_id(&self, user_id: String) -> Result<UserId, InvalidId> {
        match self {
            Self::Full => UserId::parse(user_id),
            Self::Pseudonymous(pseudonyms) => UserId::parse(pseudonyms.of(&user_id)),
        }
    }

    /// The person as a response may show them.
    pub(crate) fn person(
        &self,
        user_id: String,
        name: Option<String>,
        image_url: Option<String>,
    ) -> Result<Person, InvalidId> {
        let user_id = self.user_id(user_id)?;
        Ok(match self {
            Self::Full => Person {
                user_id,
                name,
                image_url,
            },
            Self::Pseudonymous(_) => Person {
                user_id,
                name: None,
                image_url: None,
            },
        })
    }
}
