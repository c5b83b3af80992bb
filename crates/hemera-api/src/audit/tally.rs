//! Counts unauthenticated requests, in bounded memory.
//!
//! Anyone can send them, as fast as the network allows. So the first few of each address, reason and minute get a
//! record each, with all that is known of them; the rest of that minute is one record with a count.
//! An IPv6 caller has a whole /64 to choose addresses from and is counted by that.

use std::collections::HashMap;
use std::net::IpAddr;

use http::StatusCode;
use time::OffsetDateTime;

use super::record::{Outcome, Record};
use crate::limit::network;

/// How many requests of one address, reason and minute get a record each.
pub(super) const SINGLE_RECORDS: u32 = 5;
/// How many combinations of address, reason and minute have a count; further ones are counted by reason only.
pub(super) const MOST_COUNTS: usize = 4096;

/// What is counted separately. Codes and reasons are fixed words, so there are few of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct TallyKey {
    minute: i64,
    address: Option<IpAddr>,
    status: StatusCode,
    code: Option<&'static str>,
    reason: Option<&'static str>,
}

impl TallyKey {
    fn of(record: &Record) -> Self {
        Self {
            minute: minute_of(record.at),
            address: record.client_address.map(network),
            status: record.status,
            code: record.code,
            reason: record.reason,
        }
    }

    /// The same without address and minute.
    fn without_caller(self) -> Self {
        Self {
            minute: 0,
            address: None,
            ..self
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    kept: u32,
    counted: u32,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: HashMap<TallyKey, Count>,
    /// Counts of requests that found no place above, with the minute of the first one.
    beyond: HashMap<TallyKey, (i64, u32)>,
}

impl Tally {
    /// Returns whether the record is among the first of its kind and there is room for it. If not, it is counted here.
    pub(super) fn note(&mut self, record: &Record, has_room: bool) -> bool {
        let key = TallyKey::of(record);
        if self.counts.len() >= MOST_COUNTS && !self.counts.contains_key(&key) {
            let (_, counted) = self.beyond.entry(key.without_caller()).or_insert((key.minute, 0));
            *counted = counted.saturating_add(1);
            return false;
        }
        let count = self.counts.entry(key).or_default();
        let is_kept = has_room && count.kept < SINGLE_RECORDS;
        let counter = if is_kept {
            &mut count.kept
        } else {
            &mut count.counted
        };
        *counter = counter.saturating_add(1);
        is_kept
    }

    /// Takes the counts of the minutes before this one, as records.
    pub(super) fn take_before(&mut self, minute: i64) -> Vec<Record> {
        let mut records = Vec::new();
        self.counts.retain(|key, count| {
            let is_over = key.minute < minute;
            if is_over && count.counted > 0 {
                records.push(counted(*key, count.counted));
            }
            !is_over
        });
        self.beyond.retain(|key, (began, count)| {
            let is_over = *began < minute;
            if is_over {
                records.push(counted(
                    TallyKey {
                        minute: *began,
                        ..*key
                    },
                    *count,
                ));
            }
            !is_over
        });
        records
    }
}

fn counted(key: TallyKey, occurrences: u32) -> Record {
    Record {
        at: OffsetDateTime::from_unix_timestamp(key.minute.saturating_mul(60))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH),
        request_id: None,
        subject: None,
        role: None,
        proof: None,
        key_name: None,
        operation: None,
        resource_id: None,
        outcome: Outcome::of(key.status),
        status: key.status,
        code: key.code,
        reason: key.reason,
        client_address: key.address,
        user_agent: None,
        duration: None,
        occurrences,
    }
}

pub(super) fn minute_of(time: OffsetDateTime) -> i64 {
    time.unix_timestamp().div_euclid(60)
}
