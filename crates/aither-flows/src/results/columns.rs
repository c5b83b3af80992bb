//! The columns of CSV, and what their values mean.

use std::fmt::Display;

use aither_client::hemera_types::{IfMatch, ParticipationId, Patch, ResultItem, ResultText, ResultUpdate};
use csv::ByteRecord;

use super::fault::Fault;
use super::row::{ParsedRow, Row, RowPlace};

/// A column that a header may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    ParticipationId,
    IfMatch,
    Outcome,
    Notes,
    Complete,
    Clear,
}

impl Column {
    const ALL: [Self; 6] = [
        Self::ParticipationId,
        Self::IfMatch,
        Self::Outcome,
        Self::Notes,
        Self::Complete,
        Self::Clear,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::ParticipationId => "participationId",
            Self::IfMatch => "ifMatch",
            Self::Outcome => "resultOutcome",
            Self::Notes => "resultNotes",
            Self::Complete => "complete",
            Self::Clear => "clear",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// The columns that a header names.
///
/// # Errors
/// All faults of the header.
pub(super) fn of_header(header: &ByteRecord, place: RowPlace) -> Result<Vec<Column>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    for name in header {
        let name = String::from_utf8_lossy(name);
        match Column::of_name(&name) {
            Some(column) if columns.contains(&column) => {
                faults.push(place.fault(Some(&name), "is there twice: keep one"));
            }
            Some(column) => columns.push(column),
            None if header.len() == 1 && name.contains([';', '\t']) => {
                faults.push(place.fault(None, "separate the columns by commas"));
                return Err(faults);
            }
            None => faults.push(place.fault(Some(&name), unknown_column())),
        }
    }
    if !columns.contains(&Column::ParticipationId) {
        faults.push(place.fault(Some(Column::ParticipationId.name()), "must be a column"));
    }
    let writes = [Column::Outcome, Column::Notes, Column::Complete, Column::Clear];
    if !columns.iter().any(|column| writes.contains(column)) {
        faults.push(place.fault(
            None,
            "must have at least one of resultOutcome, resultNotes, complete, clear",
        ));
    }
    if faults.is_empty() {
        Ok(columns)
    } else {
        Err(faults)
    }
}

fn unknown_column() -> String {
    let names = Column::ALL.map(Column::name).join(", ");
    format!("is not a column of an import; they are {names}")
}

/// The row that a record is.
pub(super) fn row(record: &ByteRecord, columns: &[Column], place: RowPlace) -> ParsedRow {
    if record.len() != columns.len() {
        let message = format!(
            "has {} values, but the header has {} columns",
            record.len(),
            columns.len()
        );
        return ParsedRow::Faulty(vec![place.fault(None, message)]);
    }
    let mut draft = Draft::new(place);
    for (column, value) in columns.iter().zip(record) {
        match std::str::from_utf8(value) {
            Ok("") if *column != Column::ParticipationId => {}
            Ok(value) => draft.take(*column, value),
            Err(_) => draft.fault(*column, "must be UTF-8: save the file as UTF-8"),
        }
    }
    draft.finish()
}

/// A row while its values are read.
struct Draft {
    place: RowPlace,
    id: Option<ParticipationId>,
    if_match: Option<IfMatch>,
    update: ResultUpdate,
    /// Texts to clear.
    cleared: Vec<Column>,
    faults: Vec<Fault>,
}

impl Draft {
    fn new(place: RowPlace) -> Self {
        Self {
            place,
            id: None,
            if_match: None,
            update: ResultUpdate::default(),
            cleared: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, column: Column, message: impl Display) {
        self.faults.push(self.place.fault(Some(column.name()), message));
    }

    fn or_fault<T, E: Display>(&mut self, column: Column, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.fault(column, error)).ok()
    }

    fn take(&mut self, column: Column, value: &str) {
        match column {
            Column::ParticipationId => self.id = self.or_fault(column, ParticipationId::parse(value)),
            Column::IfMatch => self.if_match = self.or_fault(column, IfMatch::parse(value)),
            Column::Outcome => self.update.result_outcome = self.text(column, value),
            Column::Notes => self.update.result_notes = self.text(column, value),
            // Spreadsheets write it in capitals.
            Column::Complete if value.eq_ignore_ascii_case("true") => self.update.complete = Some(true),
            Column::Complete if value.eq_ignore_ascii_case("false") => self.update.complete = Some(false),
            Column::Complete => self.fault(column, "must be true, false or empty"),
            Column::Clear => self.clear(value),
        }
    }

    fn text(&mut self, column: Column, value: &str) -> Patch<ResultText> {
        self.or_fault(column, ResultText::parse(value))
            .map_or(Patch::Absent, Patch::Value)
    }

    fn clear(&mut self, names: &str) {
        for name in names.split_ascii_whitespace() {
            match Column::of_name(name) {
                Some(column @ (Column::Outcome | Column::Notes)) => self.cleared.push(column),
                _ => self.fault(
                    Column::Clear,
                    "must be resultOutcome, resultNotes, or both with a blank between them",
                ),
            }
        }
    }

    fn finish(mut self) -> ParsedRow {
        for column in std::mem::take(&mut self.cleared) {
            let field = match column {
                Column::Outcome => &mut self.update.result_outcome,
                _ => &mut self.update.result_notes,
            };
            if matches!(field, Patch::Value(_)) {
                self.fault(column, "must be empty, because the column clear names it");
            } else {
                *field = Patch::Null;
            }
        }
        if self.faults.is_empty() && self.update.is_empty() {
            let message = "must set at least one of resultOutcome, resultNotes, complete, clear";
            self.faults.push(self.place.fault(None, message));
        }
        match self.id {
            Some(participation_id) if self.faults.is_empty() => ParsedRow::Row(Box::new(Row {
                place: self.place,
                item: ResultItem {
                    participation_id,
                    if_match: self.if_match,
                    update: self.update,
                },
            })),
            _ => ParsedRow::Faulty(self.faults),
        }
    }
}
