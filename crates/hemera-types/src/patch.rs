//! A field of an update, which may be left out, cleared or set.

use serde::{Serialize, Serializer};

/// A field of an update request: three states, one more than an `Option` has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// Not in the request: the field stays as it is.
    #[default]
    Absent,
    /// `null`: the field is cleared.
    Null,
    /// The field is set to this.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the field stays as it is.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether the field is cleared.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value that the field is set to.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}

/// An absent field must not be written at all (`skip_serializing_if = "Patch::is_absent"`); where it
/// is written none the less, it becomes `null`.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}
