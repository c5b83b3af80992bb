//! What is wrong with an input, and where.

use std::fmt;

use serde::Serialize;

/// Faults that the text of an error shows; it has all of them as values.
const SHOWN: usize = 5;

/// A fault of one value of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The row: in CSV as a spreadsheet counts, where the header is row 1; in NDJSON the line. Empty lines of CSV do not
    /// count.
    pub row: u64,
    /// The line of the file on which the row begins, from 1. In CSV a row may have several lines.
    pub line: u64,
    /// The column, or the field of NDJSON. `None` if the fault is of the whole row.
    pub column: Option<String>,
    /// What it must be.
    pub message: String,
}

/// All faults of an input. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// In the order of the input. At least one.
    pub faults: Vec<Fault>,
    /// Whether the check ended at the last of them, because there are too many (10,000) or because what follows cannot be split
    /// into rows.
    #[serde(rename = "isIncomplete")]
    pub is_incomplete: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if self.line != self.row {
            write!(f, " (line {})", self.line)?;
        }
        if let Some(column) = &self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// One line, with the first faults.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.faults.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(
            f,
            "nothing was written, because the input has {count} fault{plural}; correct it and run it again: "
        )?;
        for (index, fault) in self.faults.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{fault}")?;
        }
        if count > SHOWN {
            write!(f, "; and {} more", count - SHOWN)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
