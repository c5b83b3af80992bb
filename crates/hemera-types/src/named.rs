//! Closed lists of names: the enums that travel as text.

use std::fmt::Debug;

/// A closed enum whose values travel as text.
pub trait Named: Copy + Debug + PartialEq + 'static {
    /// Every value, in the order of the contract.
    const ALL: &'static [Self];

    /// The contract's name of the value.
    fn name(self) -> &'static str;

    /// The value of exactly this name.
    ///
    /// # Errors
    /// The message lists the names that are known.
    fn parse(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .iter()
            .copied()
            .find(|value| value.name() == text)
            .ok_or_else(|| UnknownName {
                known: Self::ALL.iter().map(|value| value.name()).collect(),
            })
    }
}

/// A text that is not one of the names. The error does not repeat the text: the caller shows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}", known.join(", "))]
pub struct UnknownName {
    known: Vec<&'static str>,
}

/// Declares a closed enum with the contract's name of each value.
macro_rules! named_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$value_meta])* $value,)+ }

        impl $crate::Named for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn name(self) -> &'static str {
                match self { $(Self::$value => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::Named::name(*self))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::Named::name(*self))
            }
        }
    };
}
pub(crate) use named_enum;
