//! `hemera-api audit list --follow`: the transparency log as it grows, for a system that collects events.
//!
//! Its order is that of the leaves, so nothing comes in behind what was printed: a reader that goes on behind the last
//! leaf that it has gets each record once.

mod query;

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use serde_json::value::RawValue;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::query::LeafRow;
use super::error::AuditCommandError;
use super::line::{HEADER, LineForm};
use super::position::Position;
use super::records::filter::RecordFilter;
use super::records::{self, RecordKey, StoredRecord};
use super::session::Session;
use crate::admin::Console;
use crate::config::DatabaseUrl;

/// How many leaves are read at a time.
const PAGE: i64 = 1000;

/// What is to be printed.
pub(super) struct Wanted<'a> {
    pub(super) filter: &'a RecordFilter,
    pub(super) after: Option<Position>,
    pub(super) poll: Duration,
    pub(super) limit: Option<usize>,
    pub(super) form: LineForm,
}

/// Prints records until a signal, until the reader has gone, or until there were as many as wanted.
pub(super) async fn run(
    wanted: &Wanted<'_>,
    console: &Console,
    url: &DatabaseUrl,
) -> Result<ExitCode, AuditCommandError> {
    let mut stop = StopSignals::listen()?;
    let mut session = Session::to_read(url, "audit list --follow").await?;
    let next = first(&mut session, wanted, console).await?;
    if wanted.form == LineForm::Table {
        console.print(format_args!("{:<12}  {HEADER}", "leaf"));
    }
    let mut follower = Follower {
        wanted,
        console,
        session,
        next,
        left: wanted.limit,
    };
    let ended = tokio::select! {
        () = stop.asked() => Ok(()),
        ended = follower.follow() => ended,
    };
    let Follower { session, next, .. } = follower;
    if let Some(next) = next.filter(|next| next.leaf > 0) {
        let last = Position {
            leaf: next.leaf - 1,
            ..next
        };
        console.note(format_args!("ended; to go on: --follow --after {last}"));
    }
    session.close().await;
    ended.map(|()| ExitCode::SUCCESS)
}

/// The leaf to begin with; `None` where there is no log yet, and it is to be awaited.
async fn first(
    session: &mut Session,
    wanted: &Wanted<'_>,
    console: &Console,
) -> Result<Option<Position>, AuditCommandError> {
    let end = session
        .run(async |connection| query::end(connection).await)
        .await?;
    match (wanted.after, end) {
        (None, Some(end)) => Ok(Some(end.next())),
        (Some(after), Some(end)) if after > end => Err(AuditCommandError::BehindTheEnd { after, end }),
        (Some(after), _) => Ok(Some(after.next())),
        (None, None) => {
            console
                .note("there is no transparency log yet: no server has had audit.key_file; waiting for one");
            Ok(None)
        }
    }
}

struct Follower<'a> {
    wanted: &'a Wanted<'a>,
    console: &'a Console,
    session: Session,
    /// The first leaf that was not printed.
    next: Option<Position>,
    left: Option<usize>,
}

impl Follower<'_> {
    async fn follow(&mut self) -> Result<(), AuditCommandError> {
        while self.left != Some(0) && self.console.is_read() {
            if !self.advance().await? {
                tokio::time::sleep(self.wanted.poll).await;
            }
        }
        Ok(())
    }

    /// Prints what is there, and returns whether there may be more by now.
    async fn advance(&mut self) -> Result<bool, AuditCommandError> {
        let next = self.next.unwrap_or(Position { epoch: 0, leaf: 1 });
        if next.leaf == 0 {
            return self.open(next).await;
        }
        let (found, records) = self
            .session
            .run(async |connection| {
                let found = query::from(connection, next, PAGE).await?;
                let keys: Vec<RecordKey> = found.iter().map(LeafRow::key).collect();
                let records = records::query::read(connection, &keys).await?;
                Ok((found, records))
            })
            .await?;
        if found.is_empty() {
            return self.skip(next).await;
        }
        self.print(next, &found, &records);
        Ok(true)
    }

    /// Prints the opening of an epoch.
    async fn open(&mut self, at: Position) -> Result<bool, AuditCommandError> {
        let opening = self
            .session
            .run(async |connection| query::opening(connection, at.epoch).await)
            .await?;
        let opening = opening.unwrap_or_default();
        match self.wanted.form {
            LineForm::Table => self.console.print(format_args!(
                "{:<12}  epoch {} begins: {opening}",
                at.to_string(),
                at.epoch
            )),
            LineForm::Json => {
                let opening =
                    RawValue::from_string(opening.clone()).map_or_else(|_| json!(opening), |raw| json!(raw));
                self.console
                    .print(json!({ "epoch": at.epoch, "leaf": at.leaf, "opening": opening }));
            }
        }
        self.next = Some(at.next());
        Ok(true)
    }

    /// Goes to what follows where there is no record, and returns whether there is something.
    async fn skip(&mut self, from: Position) -> Result<bool, AuditCommandError> {
        let following = self
            .session
            .run(async |connection| query::following(connection, from).await)
            .await?;
        match (following.batch, following.epoch) {
            (Some(batch), _) => {
                if batch > from.leaf {
                    let mut text = String::new();
                    self.append_missing(&mut text, from, batch);
                    self.console.print_text(text);
                    self.next = Some(Position { leaf: batch, ..from });
                }
                Ok(true)
            }
            (None, Some(epoch)) => {
                self.next = Some(Position { epoch, leaf: 0 });
                Ok(true)
            }
            (None, None) => Ok(false),
        }
    }

    /// Prints the records of these leaves that pass the filter. `records` has those that exist, by place.
    fn print(&mut self, next: Position, found: &[LeafRow], records: &[StoredRecord]) {
        let mut text = String::new();
        let mut expected = next;
        let mut records = records.iter().peekable();
        for (leaf, place) in found.iter().zip(1..) {
            let position = Position {
                leaf: leaf.leaf,
                ..next
            };
            let Some(record) = records.next_if(|record| record.place == place) else {
                continue;
            };
            self.append_missing(&mut text, expected, position.leaf);
            expected = position.next();
            if self.wanted.filter.passes(record) {
                self.wanted.form.append(&mut text, record, Some(position));
                self.left = self.left.map(|left| left.saturating_sub(1));
                if self.left == Some(0) {
                    break;
                }
            }
        }
        if let Some(last) = found.last().filter(|_| self.left != Some(0)) {
            self.append_missing(&mut text, expected, last.leaf + 1);
            expected.leaf = last.leaf + 1;
        }
        self.console.print_text(text);
        self.next = Some(expected);
    }

    /// Says that the leaves from `from` on, before `to`, have no record: it was dropped with its month, or removed.
    fn append_missing(&self, text: &mut String, from: Position, to: i64) {
        let missing = to - from.leaf;
        if missing <= 0 {
            return;
        }
        let last = Position { leaf: to - 1, ..from };
        // Writing to a text cannot fail.
        let _ = match self.wanted.form {
            LineForm::Table => writeln!(
                text,
                "{:<12}  {missing} leaves up to this one have no record any more (dropped with their month, or removed: audit verify)",
                last.to_string()
            ),
            LineForm::Json => writeln!(
                text,
                "{}",
                json!({ "epoch": last.epoch, "leaf": last.leaf, "missing": missing })
            ),
        };
    }
}

/// Ctrl-C, and what a service manager sends.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    fn listen() -> Result<Self, AuditCommandError> {
        let listen = |kind| signal(kind).map_err(AuditCommandError::Signals);
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
