//! Reading a result update from a request body, strictly.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::{BodyFault, FieldErrors, Patch, RequestBody, ResultText, ResultUpdate};

impl ResultUpdate {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`BodyFault`]: all faulty fields together, among them unknown fields, a field given twice, a
    /// `null` for `complete`, texts over their limits, and an object that names no field.
    pub fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        let Members(members) = serde_json::from_slice(body).map_err(|_| BodyFault::NotJson)?;
        let members = members.ok_or(BodyFault::NotObject)?;
        let mut faults = FieldErrors::default();
        let mut update = Self::default();
        let mut seen = HashSet::new();
        for (name, value) in &members {
            if !seen.insert(name.as_str()) {
                faults.push(name, "must be given once");
                continue;
            }
            update.take(name, value, &mut faults);
        }
        if members.is_empty() {
            faults.push(
                "body",
                "must have at least one of resultOutcome, resultNotes, complete",
            );
        }
        faults.or(update).map_err(BodyFault::Fields)
    }

    fn take(&mut self, name: &str, value: &Value, faults: &mut FieldErrors) {
        match name {
            "resultOutcome" => self.result_outcome = text(name, value, faults),
            "resultNotes" => self.result_notes = text(name, value, faults),
            "complete" => {
                self.complete = value.as_bool();
                if self.complete.is_none() {
                    faults.push(name, "must be true or false");
                }
            }
            _ => faults.push(name, "is not a field of this request"),
        }
    }
}

impl RequestBody for ResultUpdate {
    fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        Self::parse(body)
    }
}

fn text(name: &str, value: &Value, faults: &mut FieldErrors) -> Patch<ResultText> {
    match value {
        Value::Null => Patch::Null,
        Value::String(text) => match ResultText::parse(text.as_str()) {
            Ok(text) => Patch::Value(text),
            Err(fault) => {
                faults.push(name, fault);
                Patch::Absent
            }
        },
        _ => {
            faults.push(name, "must be a text or null");
            Patch::Absent
        }
    }
}

/// The members of a JSON object in order, duplicates kept; `None` for any other JSON value.
struct Members(Option<Vec<(String, Value)>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(Some(members)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Members, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Members(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Members, E> {
        Ok(Members(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Members, E> {
        Ok(Members(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Members, E> {
        Ok(Members(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Members, E> {
        Ok(Members(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Members, E> {
        Ok(Members(None))
    }

    fn visit_unit<E>(self) -> Result<Members, E> {
        Ok(Members(None))
    }
}
