//! A record as one line, for people and for programs.

use std::fmt::{self, Display, Formatter, Write as _};

use hemera_types::Timestamp;
use serde::Serialize;

use super::grid::counted;
use super::position::Position;
use super::records::{DetailColumns, RecordColumns, StoredRecord};

/// The names of the columns that people see.
pub(super) const HEADER: &str = "at (UTC)                  status  operation                     resource                  subject                           what";

/// How records are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineForm {
    /// A line of a table.
    Table,
    /// A JSON object.
    Json,
}

impl LineForm {
    /// Adds a record to a text that is to be printed, with its place in the transparency log where that is known.
    pub(super) fn append(self, text: &mut String, record: &StoredRecord, position: Option<Position>) {
        // Writing to a text cannot fail.
        let _ = match self {
            Self::Table => {
                if let Some(position) = position {
                    let _ = write!(text, "{:<12}  ", position.to_string());
                }
                writeln!(text, "{}", ForPeople(record))
            }
            Self::Json => {
                let line = JsonLine {
                    epoch: position.map(|position| position.epoch),
                    leaf: position.map(|position| position.leaf),
                    record: RecordColumns(record),
                    details: record.has_details.then_some(DetailColumns(record)),
                };
                // The members stay in their order: that of a leaf of the transparency log.
                writeln!(text, "{}", serde_json::to_string(&line).unwrap_or_default())
            }
        };
    }
}

#[derive(Serialize)]
struct JsonLine<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    epoch: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<i64>,
    record: RecordColumns<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<DetailColumns<'r>>,
}

struct ForPeople<'r>(&'r StoredRecord);

impl Display for ForPeople<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(record) = self;
        let or_dash = |text: &'_ Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        write!(
            f,
            "{}  {:<6}  {:<28}  {:<24}  {:<32}  {}",
            Timestamp::from(record.at),
            record.status,
            or_dash(&record.operation),
            or_dash(&record.resource_id),
            or_dash(&record.subject),
            what(record)
        )
    }
}

/// What came of a request, in words.
fn what(record: &StoredRecord) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(item) = record.item {
        words.push(format!("part {item} of its request"));
    }
    match record.outcome.as_str() {
        "SUCCEEDED" => {}
        outcome => words.push(outcome.to_lowercase()),
    }
    words.extend(record.reason.clone());
    if let Some(fields) = &record.changed_fields {
        words.push(format!("changed {}", fields.join(", ")));
    }
    if let Some(items) = record.items {
        words.push(counted(items.into(), "item"));
    }
    if let Some(persons) = &record.persons {
        words.push(counted(
            i64::try_from(persons.len()).unwrap_or(i64::MAX),
            "person",
        ));
    }
    if let Some(key) = &record.key_name {
        words.push(format!("key {key}"));
    }
    if let Some(address) = record.address() {
        words.push(format!("from {address}"));
    }
    if record.occurrences > 1 {
        words.push(format!("{} requests", record.occurrences));
    }
    for event in record.security_events.iter().flatten() {
        words.push(format!("SECURITY EVENT {event}"));
    }
    words.join(", ")
}
