//! Splits CSV into rows.

use std::error::Error;
use std::io::Read;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::columns::{self, Column};
use super::fault::Fault;
use super::row::{ParsedRow, RowPlace};
use super::tap::{RowTooLong, Tap};

const NO_HEADER: &str =
    "the input is empty: begin with a header such as participationId,resultOutcome,complete";
const TOO_LONG: &str = "is longer than any row may be: close a quote that is open";
const OPEN_QUOTE: &str =
    "has a quote without its counterpart: put the whole text in quotes, and double each quote in it";
const GOES_ON: &str =
    "has text after a closing quote: put the whole text in quotes, and double each quote in it";

/// The parser of a CSV input.
pub(super) struct CsvRows<R> {
    reader: Reader<Tap<R>>,
    /// In the order of the header. `None` until it has been read.
    columns: Option<Vec<Column>>,
    record: ByteRecord,
    row: u64,
}

impl<R: Read> CsvRows<R> {
    pub(super) fn new(input: R) -> Self {
        // The header is read like a row, so that its faults have a place.
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(Tap::new(input));
        Self {
            reader,
            columns: None,
            record: ByteRecord::new(),
            row: 0,
        }
    }

    /// The next row, after the header.
    ///
    /// # Errors
    /// The input cannot be read.
    pub(super) fn next(&mut self) -> Result<ParsedRow, csv::Error> {
        if self.columns.is_none() {
            let place = match self.next_record()? {
                Record::Of(place) => place,
                Record::Broken(fault) => return Ok(ParsedRow::Broken(fault)),
                Record::End => {
                    return Ok(ParsedRow::Broken(
                        RowPlace { row: 1, line: 1 }.fault(None, NO_HEADER),
                    ));
                }
            };
            match columns::of_header(&self.record, place) {
                Ok(columns) => self.columns = Some(columns),
                // Without the columns nothing can be said about the rows.
                Err(faults) => return Ok(ParsedRow::FaultyHeader(faults)),
            }
        }
        Ok(match self.next_record()? {
            Record::Of(place) => {
                let columns = self.columns.as_deref().unwrap_or_default();
                columns::row(&self.record, columns, place)
            }
            Record::Broken(fault) => ParsedRow::Broken(fault),
            Record::End => ParsedRow::End,
        })
    }

    fn next_record(&mut self) -> Result<Record, csv::Error> {
        let begin = self.reader.position().byte();
        self.row += 1;
        let is_too_long = match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => false,
            Ok(false) => return Ok(Record::End),
            Err(error) if is_too_long(&error) => true,
            Err(error) => return Err(error),
        };
        let end = self.reader.position().byte();
        let tap = self.reader.get_mut();
        let place = RowPlace {
            row: self.row,
            line: tap.begin_row(begin),
        };
        if is_too_long {
            return Ok(Record::Broken(place.fault(None, TOO_LONG)));
        }
        // The parser takes all that follows an open quote for its text, up to the end of the input.
        if tap.has_odd_quotes(end) {
            return Ok(Record::Broken(place.fault(None, OPEN_QUOTE)));
        }
        if tap.goes_on_after_quote(end) {
            return Ok(Record::Broken(place.fault(None, GOES_ON)));
        }
        Ok(Record::Of(place))
    }

    pub(super) fn into_hash(self) -> String {
        self.reader.into_inner().into_hash()
    }
}

/// What the parser came to.
enum Record {
    /// A record, which begins here.
    Of(RowPlace),
    Broken(Fault),
    End,
}

fn is_too_long(error: &csv::Error) -> bool {
    match error.kind() {
        ErrorKind::Io(error) => error
            .get_ref()
            .is_some_and(<dyn Error + Send + Sync>::is::<RowTooLong>),
        _ => false,
    }
}
