//! Counts the requests that anybody can send in any number, in bounded memory and a bounded number of records.
//!
//! The first few of each caller, reason and minute are kept singly, with all that is known of them; the rest of that
//! minute is one record with a count. Many callers can do together what one does, so there is a budget of records for
//! all of them together, too: beyond it, requests are counted by reason alone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use http::StatusCode;
use time::OffsetDateTime;
use uuid::Uuid;

use super::record::{Outcome, Record};
use crate::auth::CredentialId;
use crate::limit::network;

/// Records of one caller, reason and minute that are kept singly.
pub(super) const SINGLE_RECORDS: u32 = 5;

/// What is told apart within a minute. Codes and reasons are fixed words, so there are few of them. A caller without a
/// subject is its address: of IPv6, its /64, for it has all of that to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TallyKey {
    minute: i64,
    subject: Option<(String, Option<&'static str>)>,
    address: Option<IpAddr>,
    status: StatusCode,
    code: Option<&'static str>,
    reason: Option<&'static str>,
    security_events: Vec<&'static str>,
}

impl TallyKey {
    fn of(record: &Record) -> Self {
        let subject = record.subject.clone().map(|subject| (subject, record.role));
        let address = match subject {
            Some(_) => None,
            None => record.client_address.map(network),
        };
        Self {
            minute: minute_of(record.at),
            subject,
            address,
            status: record.status,
            code: record.code,
            reason: record.reason,
            security_events: record.security_events.clone(),
        }
    }

    /// The same, told apart by minute and reason alone.
    fn without_caller(self) -> Self {
        Self {
            subject: None,
            address: None,
            ..self
        }
    }
}

/// What there was of one key.
#[derive(Clone, Copy, Debug)]
struct Count {
    kept: u32,
    counted: u32,
    /// The id of the record that the counted ones become.
    id: Uuid,
}

/// Counts the requests of one class of callers.
#[derive(Debug)]
pub(super) struct Tally {
    /// Records a minute that name a caller, singly or with a count.
    budget: usize,
    counts: HashMap<TallyKey, Count>,
    /// The records of each minute that are spent from its budget.
    spent: HashMap<i64, usize>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    /// It is to be written by itself.
    Singly,
    /// It is counted in the record of this id.
    Counted(Uuid),
}

impl Tally {
    /// At most `budget` records a minute name a caller; besides, there is one for each reason.
    pub(super) fn new(budget: usize) -> Self {
        Self {
            budget,
            counts: HashMap::new(),
            spent: HashMap::new(),
        }
    }

    /// Decides whether this one is among the first of its kind and there is room for it. If not, it is counted here.
    pub(super) fn note(&mut self, record: &Record, has_room: bool) -> Noted {
        let key = TallyKey::of(record);
        let spent = self.spent.entry(key.minute).or_default();
        let known = self.counts.get(&key).map(|count| (count.kept, count.counted));
        let (kept, counted) = known.unwrap_or((0, 0));
        let is_kept = has_room && kept < SINGLE_RECORDS && *spent < self.budget;
        // A caller's first count is a record more, and so is its first single one.
        let is_free = counted > 0;
        if is_kept || (!is_free && *spent < self.budget) {
            *spent += 1;
        } else if !is_free {
            return self.count(key.without_caller());
        }
        if is_kept {
            self.entry(key).kept += 1;
            Noted::Singly
        } else {
            self.count(key)
        }
    }

    fn entry(&mut self, key: TallyKey) -> &mut Count {
        self.counts.entry(key).or_insert_with(|| Count {
            kept: 0,
            counted: 0,
            id: Uuid::new_v4(),
        })
    }

    fn count(&mut self, key: TallyKey) -> Noted {
        let count = self.entry(key);
        count.counted = count.counted.saturating_add(1);
        Noted::Counted(count.id)
    }

    /// Takes the counts of the minutes before this one, as records.
    pub(super) fn take_before(&mut self, minute: i64) -> Vec<Record> {
        self.spent.retain(|of, _| *of >= minute);
        let over = self.counts.extract_if(|key, _| key.minute < minute);
        over.filter(|(_, count)| count.counted > 0)
            .map(|(key, count)| counted(key, count))
            .collect()
    }
}

fn counted(key: TallyKey, count: Count) -> Record {
    let (subject, role) = key.subject.unzip();
    Record {
        id: count.id,
        at: OffsetDateTime::from_unix_timestamp(key.minute.saturating_mul(60))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH),
        request_id: None,
        subject,
        role: role.flatten(),
        proof: None,
        key_name: None,
        operation: None,
        resource_id: None,
        credential: CredentialId::default(),
        asked: None,
        permissions_granted: None,
        items: None,
        persons: Arc::default(),
        trace_id: None,
        security_events: key.security_events,
        outcome: Outcome::of(key.status),
        status: key.status,
        code: key.code,
        reason: key.reason,
        client_address: key.address,
        user_agent: None,
        duration: None,
        occurrences: count.counted,
        item: None,
    }
}

pub(super) fn minute_of(time: OffsetDateTime) -> i64 {
    time.unix_timestamp().div_euclid(60)
}
