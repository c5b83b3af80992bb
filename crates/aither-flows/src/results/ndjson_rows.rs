//! Rows of NDJSON: each line is an object as the bulk operation takes it.

use std::io::{self, BufRead as _, BufReader, Read};

use aither_client::hemera_types::{BodyFault, FieldError, RequestBody as _, ResultUpdates};
use serde_json::value::RawValue;

use super::fault::Fault;
use super::row::{ParsedRow, Row, RowPlace};
use super::tap::{MAX_ROW, Tap};

/// What an update is called in the body of a request that has only this one.
const IN_BODY: &str = "updates[0]";
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
const NOT_JSON: &str = "must be a JSON object in UTF-8 on one line";

/// The parser of an NDJSON input.
pub(super) struct NdjsonRows<R> {
    reader: BufReader<Tap<R>>,
    line: Vec<u8>,
    number: u64,
    offset: u64,
}

impl<R: Read> NdjsonRows<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            reader: BufReader::new(Tap::new(input)),
            line: Vec::new(),
            number: 0,
            offset: 0,
        }
    }

    /// The next row; empty lines are passed over.
    ///
    /// # Errors
    /// The input cannot be read.
    pub(super) fn next(&mut self) -> io::Result<ParsedRow> {
        loop {
            self.reader.get_mut().begin_row(self.offset);
            self.line.clear();
            let limit = u64::try_from(MAX_ROW).unwrap_or(u64::MAX);
            let count = (&mut self.reader).take(limit).read_until(b'\n', &mut self.line)?;
            if count == 0 {
                return Ok(ParsedRow::End);
            }
            self.offset += u64::try_from(count).unwrap_or(u64::MAX);
            self.number += 1;
            let place = RowPlace {
                row: self.number,
                line: self.number,
            };
            if count == MAX_ROW && !self.line.ends_with(b"\n") {
                let message = "is longer than any row may be: put each object on a line of its own";
                return Ok(ParsedRow::Broken(place.fault(None, message)));
            }
            let mut line = self.line.as_slice();
            if self.number == 1 {
                line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
            }
            if !line.trim_ascii().is_empty() {
                return Ok(row(line, place));
            }
        }
    }

    pub(super) fn into_hash(self) -> String {
        self.reader.into_inner().into_hash()
    }
}

fn row(line: &[u8], place: RowPlace) -> ParsedRow {
    // Whatever follows the first value would become part of the body below.
    if serde_json::from_slice::<&RawValue>(line).is_err() {
        return ParsedRow::Faulty(vec![place.fault(None, NOT_JSON)]);
    }
    // Read by the contract's own rules, as the body of a request with this update alone.
    let body = [b"{\"updates\":[", line, b"]}"].concat();
    match ResultUpdates::parse(&body) {
        Ok(updates) => match updates.items().first().cloned() {
            Some(item) => ParsedRow::Row(Box::new(Row { place, item })),
            None => ParsedRow::Faulty(vec![place.fault(None, NOT_JSON)]),
        },
        Err(BodyFault::Fields(faults)) => {
            ParsedRow::Faulty(faults.fields.iter().map(|fault| in_row(fault, place)).collect())
        }
        Err(BodyFault::NotJson | BodyFault::NotObject) => {
            ParsedRow::Faulty(vec![place.fault(None, NOT_JSON)])
        }
    }
}

/// The fault of an update, with the name that its field has in the row.
fn in_row(fault: &FieldError, place: RowPlace) -> Fault {
    let field = fault.field.strip_prefix(IN_BODY).unwrap_or(&fault.field);
    let column = field.strip_prefix('.').filter(|column| !column.is_empty());
    place.fault(column, &fault.message)
}
