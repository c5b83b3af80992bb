//! A parameter has three states: absent, null, and there.

use crate::refusal::Refusal;

/// One parameter of a body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Field<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<T> Field<T> {
    /// Absent and null are the same to this parameter.
    pub(crate) fn optional(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Absent leaves the stored value, null clears it.
    pub(crate) fn apply_to(self, stored: &mut Option<T>) {
        match self {
            Self::Absent => {}
            Self::Null => *stored = None,
            Self::Value(value) => *stored = Some(value),
        }
    }

    pub(crate) fn required(self, name: &str) -> Result<T, Refusal> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Absent => Err(Refusal::param_missing(name)),
            Self::Null => Err(Refusal::param_nil(name)),
        }
    }
}
