//! One row of an input.

use std::fmt::Display;

use aither_client::hemera_types::ResultItem;

use super::fault::Fault;

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowPlace {
    /// As a [`Fault`] counts.
    pub(super) row: u64,
    pub(super) line: u64,
}

/// A row without a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) place: RowPlace,
    pub(super) item: ResultItem,
}

/// What a parser says about a row.
#[derive(Debug)]
pub(super) enum ParsedRow {
    Row(Box<Row>),
    Faulty(Vec<Fault>),
    /// Faults without whose correction nothing can be said about the rows.
    FaultyHeader(Vec<Fault>),
    /// A fault after which no more rows can be split off.
    Broken(Fault),
    End,
}

impl RowPlace {
    /// A fault of one column, or of the whole row.
    pub(super) fn fault(self, column: Option<&str>, message: impl Display) -> Fault {
        Fault {
            row: self.row,
            line: self.line,
            column: column.map(str::to_owned),
            message: format!("{message}"),
        }
    }
}
