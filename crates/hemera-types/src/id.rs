//! Ids: opaque strings with a checked alphabet.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bounds::ID_CHARS;

/// A text that is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be {} to {} characters of A-Z, a-z, 0-9, `_` and `-`", ID_CHARS.start(), ID_CHARS.end())]
pub struct InvalidId;

fn check(text: &str) -> Result<(), InvalidId> {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if ID_CHARS.contains(&text.len()) && text.bytes().all(alphabet) {
        Ok(())
    } else {
        Err(InvalidId)
    }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        ///
        /// Opaque: 1–64 characters of `[A-Za-z0-9_-]`. It may stand in a path or a log as it is.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id.
            ///
            /// # Errors
            /// [`InvalidId`] for a text that is empty, too long or has other characters.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                check(&text).map(|()| Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id! {
    /// A course.
    CourseId
}
id! {
    /// A booking of a course by a user.
    BookingId
}
id! {
    /// What a user does in a course: preparation, status and result.
    ParticipationId
}
id! {
    /// A user of Hemera, or the keyed hash that stands for one where participants are pseudonymous.
    UserId
}
id! {
    /// A topic of a course's curriculum.
    TopicId
}
id! {
    /// A material of a topic.
    MaterialId
}
