//! What a write changes in a participation.

use aither_client::hemera_types::{Participation, ParticipationStatus, Patch, ResultText, ResultUpdate};
use serde::Serialize;

use crate::console::listing::Listing;

/// A field that a write changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    /// The name of the field in the contract.
    field: &'static str,
    /// The name for people.
    #[serde(skip)]
    name: &'static str,
    from: Option<String>,
    to: Option<String>,
}

/// The fields that `update` changes in `before`; none, if all is there already.
pub(super) fn changes(before: &Participation, update: &ResultUpdate) -> Vec<Change> {
    let text = |field, name, from: &Option<String>, patch: &Patch<ResultText>| {
        let to = match patch {
            Patch::Absent => return None,
            Patch::Null => None,
            Patch::Value(text) => Some(text.as_str().to_owned()),
        };
        (*from != to).then(|| Change {
            field,
            name,
            from: from.clone(),
            to,
        })
    };
    let outcome = text(
        "resultOutcome",
        "outcome",
        &before.result_outcome,
        &update.result_outcome,
    );
    let notes = text("resultNotes", "notes", &before.result_notes, &update.result_notes);
    let completes = update.complete == Some(true) && before.status != ParticipationStatus::Complete;
    let status = completes.then(|| Change {
        field: "status",
        name: "status",
        from: Some(before.status.to_string()),
        to: Some(ParticipationStatus::Complete.to_string()),
    });
    [outcome, notes, status].into_iter().flatten().collect()
}

/// The changes for people.
pub(super) fn render(changes: &[Change], columns: Option<usize>) -> String {
    if changes.is_empty() {
        return "nothing would change: all of it is there already\n".to_owned();
    }
    let mut text = "nothing was written; this would change:\n".to_owned();
    for change in changes {
        let mut listing = Listing::default();
        listing.text(change.name, change.from.as_deref());
        listing.text("     →", change.to.as_deref());
        text.push('\n');
        text.push_str(&listing.render(columns));
    }
    text
}
