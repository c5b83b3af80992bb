//! Requests without a proven caller: recorded without ever delaying anyone, in bounded memory.
//!
//! Anybody can send them, as fast as the network allows. So the first few of each address, reason and
//! minute are kept singly, with all that is known of them; the rest of that minute is one record with a count.
//! An IPv6 caller has a whole /64 to choose addresses from and is counted by that.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use freshness::Clock;
use http::StatusCode;
use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::record::{Outcome, Record};
use super::writer::Writer;

/// Records of one address, reason and minute that are kept singly.
pub const SINGLY: u32 = 5;
/// Single records that may wait; more are counted.
const WAITING: usize = 512;
/// Addresses, reasons and minutes that are told apart; what goes beyond is counted by reason alone.
const COUNTS: usize = 4096;
/// Records of one statement, at most.
const BATCH: usize = 256;
/// How often it is looked whether a minute is over.
const LOOK: Duration = Duration::from_secs(5);

/// The end that notes requests.
#[derive(Clone, Debug)]
pub(super) struct Unproven {
    singles: mpsc::Sender<Record>,
    tally: Arc<Mutex<Tally>>,
}

/// The end that writes them.
#[derive(Debug)]
pub(super) struct Drain {
    singles: mpsc::Receiver<Record>,
    tally: Arc<Mutex<Tally>>,
    clock: Arc<dyn Clock>,
}

pub(super) fn unproven(clock: Arc<dyn Clock>) -> (Unproven, Drain) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let tally = Arc::<Mutex<Tally>>::default();
    let note = Unproven {
        singles: sender,
        tally: Arc::clone(&tally),
    };
    let drain = Drain {
        singles: receiver,
        tally,
        clock,
    };
    (note, drain)
}

impl Unproven {
    /// Keeps it or counts it. Never waits.
    pub(super) fn note(&self, record: Record) {
        let mut tally = self.tally.lock();
        let key = Key::of(&record);
        let is_kept = tally.is_early(key) && self.singles.try_send(record).is_ok();
        if !is_kept {
            tally.count(key);
        }
    }
}

impl Drain {
    /// Writes until `stop`, then all that is left, and returns how many records ended in the log.
    pub(super) async fn run(mut self, writer: Writer, stop: CancellationToken) -> usize {
        let mut lost = 0;
        let mut batch = Vec::with_capacity(BATCH);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
                taken = self.singles.recv_many(&mut batch, BATCH) => if taken == 0 {
                    // Nobody is left who could note anything.
                    stop.cancelled().await;
                },
            }
            let minute = minute_of(self.clock.now().wall.into());
            batch.extend(self.tally.lock().take_before(minute));
            lost += store(&writer, &mut batch).await;
        }
        self.singles.close();
        while self.singles.recv_many(&mut batch, BATCH).await > 0 {
            lost += store(&writer, &mut batch).await;
        }
        batch.extend(self.tally.lock().take_before(i64::MAX));
        lost + store(&writer, &mut batch).await
    }
}

async fn store(writer: &Writer, batch: &mut Vec<Record>) -> usize {
    let mut lost = 0;
    for part in batch.chunks(BATCH) {
        lost += writer.store(part).await;
    }
    batch.clear();
    lost
}

/// What is told apart within a minute. Codes and reasons are fixed words, so there are few of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    minute: i64,
    address: Option<IpAddr>,
    status: StatusCode,
    code: Option<&'static str>,
    reason: Option<&'static str>,
}

impl Key {
    fn of(record: &Record) -> Self {
        Self {
            minute: minute_of(record.at),
            address: record.client_address.map(network),
            status: record.status,
            code: record.code,
            reason: record.reason,
        }
    }

    /// The same, told apart by what was wrong alone. Its minute is that of the first one.
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
    seen: u32,
    counted: u32,
}

#[derive(Debug, Default)]
struct Tally {
    counts: HashMap<Key, Count>,
    /// What found no place above, with the minute in which that began.
    beyond: HashMap<Key, (i64, u32)>,
}

impl Tally {
    /// Whether this one is among the first of its kind.
    fn is_early(&mut self, key: Key) -> bool {
        if self.counts.len() >= COUNTS && !self.counts.contains_key(&key) {
            return false;
        }
        let count = self.counts.entry(key).or_default();
        count.seen = count.seen.saturating_add(1);
        count.seen <= SINGLY
    }

    fn count(&mut self, key: Key) {
        if let Some(count) = self.counts.get_mut(&key) {
            count.counted = count.counted.saturating_add(1);
        } else {
            let (_, counted) = self.beyond.entry(key.without_caller()).or_insert((key.minute, 0));
            *counted = counted.saturating_add(1);
        }
    }

    /// What was counted in the minutes before this one, as records; it is forgotten here.
    fn take_before(&mut self, minute: i64) -> Vec<Record> {
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
                    Key {
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

fn counted(key: Key, occurrences: u32) -> Record {
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

fn minute_of(time: OffsetDateTime) -> i64 {
    time.unix_timestamp().div_euclid(60)
}

/// The address that stands for all that one caller can take.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}
