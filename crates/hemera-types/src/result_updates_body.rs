//! Reading the results of many participations from a request body, strictly.

use std::collections::HashSet;

use crate::bounds::RESULTS_ITEMS;
use crate::json::{Elements, Extent, Json};
use crate::result_body::{GIVEN_TWICE, NO_FIELD, UNKNOWN_FIELD};
use crate::result_updates::{SeenIds, check_count, path_of};
use crate::{
    BodyFault, FieldErrors, IfMatch, ParticipationId, RequestBody, ResultItem, ResultUpdate, ResultUpdates,
};

/// A body is an object with a list of objects.
const EXTENT: Extent = Extent {
    depth: 3,
    elements: *RESULTS_ITEMS.end(),
};

/// The most faults that are named. No body of updates that were meant as such has as many, and an answer to one made of
/// nothing but faults stays small.
const MOST_FAULTS: usize = 1_000;

impl RequestBody for ResultUpdates {
    /// Reads a request body. Faults of an update are named with its index: `updates[3].resultNotes`.
    fn parse(body: &[u8]) -> Result<Self, BodyFault> {
        let Json::Object(members) = EXTENT.read(body).ok_or(BodyFault::NotJson)? else {
            return Err(BodyFault::NotObject);
        };
        let mut faults = FieldErrors::default();
        let mut updates = None;
        for (name, value) in members {
            match name.as_str() {
                "updates" if updates.is_some() => faults.push(name, GIVEN_TWICE),
                "updates" => updates = Some(list(value, &mut faults)),
                _ => faults.push(name, UNKNOWN_FIELD),
            }
        }
        if updates.is_none() {
            faults.push("updates", "must be given");
        }
        if faults.fields.len() > MOST_FAULTS {
            faults.fields.truncate(MOST_FAULTS);
            faults.push("body", "must have fewer faults: these are the first of them");
        }
        let items = updates.unwrap_or_default();
        // A fault leaves fewer items than updates, and then there is nothing to return.
        faults.or(()).map_err(BodyFault::Fields)?;
        Self::new(items).map_err(BodyFault::Fields)
    }
}

/// The updates without a fault; the faults of the others.
fn list(value: Json, faults: &mut FieldErrors) -> Vec<ResultItem> {
    let Json::Array(Elements { first, count }) = value else {
        faults.push("updates", "must be a list");
        return Vec::new();
    };
    check_count(count, faults);
    let mut ids = SeenIds::default();
    let mut items = Vec::with_capacity(first.len());
    for (index, element) in first.into_iter().enumerate() {
        let Json::Object(members) = element else {
            faults.push(path_of(index), "must be an object");
            continue;
        };
        let draft = Draft::read(index, members, faults);
        if let Some(id) = &draft.id {
            ids.check(index, id, faults);
        }
        items.extend(draft.finish());
    }
    items
}

/// An update while its members are read.
struct Draft {
    /// What comes before the name of a member where a fault names it: `updates[3].`.
    path: String,
    id: Option<ParticipationId>,
    if_match: Option<IfMatch>,
    update: ResultUpdate,
}

impl Draft {
    fn read(index: usize, members: Vec<(String, Json)>, faults: &mut FieldErrors) -> Self {
        let mut draft = Self {
            path: format!("{}.", path_of(index)),
            id: None,
            if_match: None,
            update: ResultUpdate::default(),
        };
        let mut names = HashSet::new();
        for (name, value) in members {
            if names.contains(&name) {
                faults.push(format!("{}{name}", draft.path), GIVEN_TWICE);
                continue;
            }
            draft.take(&name, value, faults);
            names.insert(name);
        }
        if !names.contains("participationId") {
            faults.push(format!("{}participationId", draft.path), "must be given");
        }
        let writes = ["resultOutcome", "resultNotes", "complete"];
        if !writes.iter().any(|field| names.contains(*field)) {
            faults.push(path_of(index), NO_FIELD);
        }
        draft
    }

    fn take(&mut self, name: &str, value: Json, faults: &mut FieldErrors) {
        match name {
            "participationId" => {
                let id = text(value)
                    .and_then(|text| ParticipationId::parse(text).map_err(|fault| fault.to_string()));
                self.id = id.map_err(|fault| self.push(name, fault, faults)).ok();
            }
            "ifMatch" => {
                let tags =
                    text(value).and_then(|text| IfMatch::parse(&text).map_err(|fault| fault.to_string()));
                self.if_match = tags.map_err(|fault| self.push(name, fault, faults)).ok();
            }
            _ => self.update.take(&self.path, name, value, faults),
        }
    }

    fn push(&self, name: &str, fault: String, faults: &mut FieldErrors) {
        faults.push(format!("{}{name}", self.path), fault);
    }

    fn finish(self) -> Option<ResultItem> {
        Some(ResultItem {
            participation_id: self.id?,
            if_match: self.if_match,
            update: self.update,
        })
    }
}

fn text(value: Json) -> Result<String, String> {
    match value {
        Json::Text(text) => Ok(text),
        _ => Err("must be a text".to_owned()),
    }
}
