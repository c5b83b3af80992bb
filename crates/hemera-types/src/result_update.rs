//! The one thing that Aither may write.

use serde::Serialize;

use crate::{InvalidText, Patch, ResultText};

/// The body of `PUT /api/service/participations/{id}/result`.
///
/// What it holds is within the limits: texts are checked when they are put in. Only an update that
/// names no field at all can still be refused, by [`ResultUpdate::is_empty`].
///
/// ```
/// use hemera_types::ResultUpdate;
///
/// let update = ResultUpdate::default().with_outcome("Presents freely")?.complete();
/// assert_eq!(serde_json::to_string(&update).unwrap(), r#"{"resultOutcome":"Presents freely","complete":true}"#);
/// # Ok::<(), hemera_types::InvalidText>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultUpdate {
    /// What came of the course for the participant.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub result_outcome: Patch<ResultText>,
    /// Notes on it.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub result_notes: Patch<ResultText>,
    /// `true` completes the participation; `false` changes nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<bool>,
}

impl ResultUpdate {
    /// Whether it names no field: the server refuses such an update.
    pub const fn is_empty(&self) -> bool {
        self.result_outcome.is_absent() && self.result_notes.is_absent() && self.complete.is_none()
    }

    /// Sets the outcome.
    ///
    /// # Errors
    /// [`InvalidText`] for a text over its limits.
    pub fn with_outcome(mut self, text: impl Into<String>) -> Result<Self, InvalidText> {
        self.result_outcome = Patch::Value(ResultText::parse(text)?);
        Ok(self)
    }

    /// Sets the notes.
    ///
    /// # Errors
    /// [`InvalidText`] for a text over its limits.
    pub fn with_notes(mut self, text: impl Into<String>) -> Result<Self, InvalidText> {
        self.result_notes = Patch::Value(ResultText::parse(text)?);
        Ok(self)
    }

    /// Clears the outcome.
    #[must_use]
    pub fn without_outcome(mut self) -> Self {
        self.result_outcome = Patch::Null;
        self
    }

    /// Clears the notes.
    #[must_use]
    pub fn without_notes(mut self) -> Self {
        self.result_notes = Patch::Null;
        self
    }

    /// Completes the participation.
    #[must_use]
    pub const fn complete(mut self) -> Self {
        self.complete = Some(true);
        self
    }
}
