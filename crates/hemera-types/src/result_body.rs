//! Reading a result update from a request body, strictly.

use std::collections::HashSet;

use crate::json::{Extent, Json};
use crate::{BodyFault, FieldErrors, Patch, RequestBody, ResultText, ResultUpdate};

/// A body is one object without further ones inside.
const EXTENT: Extent = Extent {
    depth: 1,
    elements: 0,
};

impl ResultUpdate {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`BodyFault`]: all faulty fields together, among them unknown fields, a field given twice, a
    /// `null` for `complete`, texts over their limits, and an object that names no field.
    pub fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        let Json::Object(members) = EXTENT.read(body).ok_or(BodyFault::NotJson)? else {
            return Err(BodyFault::NotObject);
        };
        let mut faults = FieldErrors::default();
        let mut update = Self::default();
        if members.is_empty() {
            faults.push("body", NO_FIELD);
        }
        let mut names = HashSet::new();
        for (name, value) in members {
            if names.insert(name.clone()) {
                update.take("", &name, value, &mut faults);
            } else {
                faults.push(name, GIVEN_TWICE);
            }
        }
        faults.or(update).map_err(BodyFault::Fields)
    }

    /// Takes a member of an object that writes a result. `path` is what comes before its name where a fault names it.
    pub(crate) fn take(&mut self, path: &str, name: &str, value: Json, faults: &mut FieldErrors) {
        let mut text = |value| text(path, name, value, faults);
        match name {
            "resultOutcome" => self.result_outcome = text(value),
            "resultNotes" => self.result_notes = text(value),
            "complete" => {
                if let Json::Bool(complete) = value {
                    self.complete = Some(complete);
                } else {
                    faults.push(format!("{path}{name}"), "must be true or false");
                }
            }
            _ => faults.push(format!("{path}{name}"), UNKNOWN_FIELD),
        }
    }
}

impl RequestBody for ResultUpdate {
    fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        Self::parse(body)
    }
}

/// The fault of an object that writes nothing.
pub(crate) const NO_FIELD: &str = "must have at least one of resultOutcome, resultNotes, complete";

/// The fault of a member that no such object has.
pub(crate) const UNKNOWN_FIELD: &str = "is not a field of this request";

/// The fault of a member whose name was there before.
pub(crate) const GIVEN_TWICE: &str = "must be given once";

fn text(path: &str, name: &str, value: Json, faults: &mut FieldErrors) -> Patch<ResultText> {
    match value {
        Json::Null => Patch::Null,
        Json::Text(text) => match ResultText::parse(text) {
            Ok(text) => Patch::Value(text),
            Err(fault) => {
                faults.push(format!("{path}{name}"), fault);
                Patch::Absent
            }
        },
        _ => {
            faults.push(format!("{path}{name}"), "must be a text or null");
            Patch::Absent
        }
    }
}
