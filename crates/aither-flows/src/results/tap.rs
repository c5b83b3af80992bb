//! What lies between an input and its parser: the hash of all bytes, the lines, and a bound for a row.

use std::collections::VecDeque;
use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

/// The most bytes of a row. The longest that has no fault is 24 KiB: two texts of 2,000 characters, each an escape of six
/// bytes.
pub(super) const MAX_ROW: usize = 256 * 1024;
/// How much more a parser may read ahead.
const READ_AHEAD: usize = 64 * 1024;

/// Reads on, and remembers what has been read since the begin of the row.
#[derive(Debug)]
pub(super) struct Tap<R> {
    inner: R,
    hash: Sha256,
    /// Bytes from the begin of the row on.
    row: VecDeque<u8>,
    /// The place in the input of the first of them.
    offset: u64,
    /// The line of the first of them, from 1.
    line: u64,
}

/// Where in a value of CSV a byte stands.
#[derive(Clone, Copy)]
enum Place {
    Begin,
    Plain,
    Quoted,
    /// After a quote that ends the value, or is the first of two that stand for one.
    Closed,
}

/// A row that does not end.
#[derive(Debug, thiserror::Error)]
#[error("is longer than any row without a fault")]
pub(super) struct RowTooLong;

impl<R: Read> Tap<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            row: VecDeque::new(),
            offset: 0,
            line: 1,
        }
    }

    /// A row begins here, or after line ends from here on. Returns its line.
    pub(super) fn begin_row(&mut self, offset: u64) -> u64 {
        while self.offset < offset || matches!(self.row.front(), Some(b'\r' | b'\n')) {
            let Some(byte) = self.row.pop_front() else { break };
            self.offset += 1;
            self.line += u64::from(byte == b'\n');
        }
        self.line
    }

    /// Whether the row, which ends at `end`, has an odd number of quotes: one of them is without its counterpart.
    pub(super) fn has_odd_quotes(&self, end: u64) -> bool {
        self.bytes(end).filter(|byte| *byte == b'"').count() % 2 == 1
    }

    /// Whether a value of the row, which ends at `end`, goes on after its closing quote. The parser drops such quotes, and
    /// takes all between two open ones for one value, even if rows end there.
    pub(super) fn goes_on_after_quote(&self, end: u64) -> bool {
        let mut place = Place::Begin;
        for byte in self.bytes(end) {
            place = match (place, byte) {
                (Place::Quoted, b'"') => Place::Closed,
                (Place::Begin | Place::Closed, b'"') | (Place::Quoted, _) => Place::Quoted,
                (_, b',' | b'\r' | b'\n') => Place::Begin,
                (Place::Closed, _) => return true,
                (Place::Begin | Place::Plain, _) => Place::Plain,
            };
        }
        false
    }

    /// The bytes of the row, which ends at `end`.
    fn bytes(&self, end: u64) -> impl Iterator<Item = u8> {
        let length = usize::try_from(end.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        self.row.iter().take(length).copied()
    }

    /// The SHA-256 of all that has been read, in hexadecimal digits.
    pub(super) fn into_hash(self) -> String {
        hex::encode(self.hash.finalize())
    }
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.row.len() > MAX_ROW + READ_AHEAD {
            return Err(io::Error::other(RowTooLong));
        }
        let count = self.inner.read(buffer)?;
        let new = buffer.get(..count).unwrap_or_default();
        self.hash.update(new);
        self.row.extend(new);
        Ok(count)
    }
}
