//! Rows of an input, whatever its format.

use std::fs::File;
use std::io::{self, Seek as _};

use super::Format;
use super::csv_rows::CsvRows;
use super::ndjson_rows::NdjsonRows;
use super::row::ParsedRow;

/// The rows of an open input from its begin on.
pub(super) enum Rows {
    Csv(Box<CsvRows<File>>),
    Ndjson(Box<NdjsonRows<File>>),
}

impl Rows {
    /// Reads from the begin of the file, which other handles of it share their place with.
    pub(super) fn of(file: &File, format: Format) -> io::Result<Self> {
        let mut file = file.try_clone()?;
        file.rewind()?;
        Ok(match format {
            Format::Csv => Self::Csv(Box::new(CsvRows::new(file))),
            Format::Ndjson => Self::Ndjson(Box::new(NdjsonRows::new(file))),
        })
    }

    pub(super) fn next(&mut self) -> io::Result<ParsedRow> {
        match self {
            Self::Csv(rows) => rows.next().map_err(io::Error::from),
            Self::Ndjson(rows) => rows.next(),
        }
    }

    /// The SHA-256 of the input, after its end.
    pub(super) fn into_hash(self) -> String {
        match self {
            Self::Csv(rows) => rows.into_hash(),
            Self::Ndjson(rows) => rows.into_hash(),
        }
    }
}
