//! The texts of a result.

use std::fmt;

use serde::Serialize;

use crate::bounds::RESULT_TEXT_CHARS;

/// A text of a result: at most 2,000 Unicode scalar values, without U+0000. It may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ResultText(String);

/// A text that cannot be a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// More characters than may be stored.
    #[error("must have at most {RESULT_TEXT_CHARS} characters")]
    TooLong,
    /// U+0000, which PostgreSQL cannot store.
    #[error("must not contain the character U+0000")]
    Nul,
}

impl ResultText {
    /// Checks a text.
    ///
    /// # Errors
    /// [`InvalidText`] says which limit it breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidText> {
        let text = text.into();
        if text.contains('\0') {
            return Err(InvalidText::Nul);
        }
        if text.chars().nth(RESULT_TEXT_CHARS).is_some() {
            return Err(InvalidText::TooLong);
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResultText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
