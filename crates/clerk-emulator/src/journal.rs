//! The requests that the emulator has had: method, path and status, never a query, a header or a body, and so no
//! secret.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;

use crate::clock::Stamp;
use crate::pattern::Pattern;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its place in the order of arrival, from 1.
    pub number: u64,
    /// When it came, by the emulator's clock: milliseconds since 1970.
    pub at: i64,
    /// The method, after `_method` was applied.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The status that was answered; `None` while it is being answered, and where the connection was cut.
    pub status: Option<u16>,
}

/// The most requests that are remembered: beyond it the oldest is forgotten.
const MOST: usize = 100_000;

/// The record of requests, shared by all who hold a clone of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    entries: VecDeque<Entry>,
    last_number: u64,
}

impl Journal {
    /// Notes a request as it comes in, and gives its number.
    pub(crate) fn open(&self, method: &str, path: &str, at: Stamp) -> u64 {
        let mut journal = self.0.lock();
        journal.last_number += 1;
        let number = journal.last_number;
        if journal.entries.len() == MOST {
            journal.entries.pop_front();
        }
        journal.entries.push_back(Entry {
            number,
            at: at.millis(),
            method: method.to_owned(),
            path: path.to_owned(),
            status: None,
        });
        number
    }

    pub(crate) fn close(&self, number: u64, status: u16) {
        let mut journal = self.0.lock();
        if let Some(entry) = journal
            .entries
            .iter_mut()
            .rev()
            .find(|entry| entry.number == number)
        {
            entry.status = Some(status);
        }
    }

    /// The entries that `method` (any, if `None`) and `path` match, in their order.
    pub(crate) fn entries(&self, method: Option<&str>, path: &Pattern) -> Vec<Entry> {
        let journal = self.0.lock();
        let matching = journal.entries.iter().filter(|entry| {
            method.is_none_or(|method| entry.method.eq_ignore_ascii_case(method)) && path.matches(&entry.path)
        });
        matching.cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().entries.clear();
    }
}
