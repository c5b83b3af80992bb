//! The second pass over an input: batches are sent, their verdicts noted, and what is undecided is sent again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::hemera_types::{ItemResult, Open, ResultItem, ResultUpdates, ResultVerdict};

use tracing::trace;

use super::Import;
use super::batch::BatchSize;
use super::check::Plan;
use super::error::{ImportError, Interrupted};
use super::journal::{Header, Journal, JournalEntry};
use super::report::{ImportReport, NotWritten, Reason};
use super::reread::{Pending, Reread};
use crate::blocking::blocking;
use crate::patience::Patience;
use crate::progress::Phase;

/// How often a row is sent whose verdict is open, as long as that leads nowhere.
const MAX_SENDS: u32 = 5;

/// An import while it writes.
pub(super) struct Writer<'a> {
    import: &'a Import,
    hemera: &'a HemeraClient,
    journal: Arc<Journal>,
    report: ImportReport,
    /// Rows without a verdict, in the order of the input.
    pending: VecDeque<Pending>,
}

/// Writes what the plan says and an earlier run has not written.
pub(super) async fn write(
    import: &Import,
    hemera: &HemeraClient,
    plan: Plan,
) -> Result<ImportReport, ImportError> {
    let path = import.journal_path(&plan.checked);
    let header = Header::new(
        &plan.checked.sha256,
        &hemera.base_url().to_string(),
        plan.checked.rows,
    );
    let opened = path.clone();
    let journal = blocking(move || Journal::open(&opened, &header)).await?;
    let report = ImportReport {
        rows: plan.checked.rows,
        updated: 0,
        unchanged: 0,
        written_before: journal.written().count(),
        not_written: Vec::new(),
        requests: 0,
        journal: path,
    };
    let mut writer = Writer {
        import,
        hemera,
        journal: Arc::new(journal),
        report,
        pending: VecDeque::new(),
    };
    writer.step();
    writer.write(Reread::of(plan, &import.input)?).await?;
    writer.report.not_written.sort_by_key(|item| item.row);
    Ok(writer.report)
}

impl Writer<'_> {
    async fn write(&mut self, mut reread: Reread) -> Result<(), ImportError> {
        loop {
            let journal = Arc::clone(&self.journal);
            let (rest, block) = blocking(move || {
                let block = reread.next_block(journal.written())?;
                Ok::<_, ImportError>((reread, block))
            })
            .await?;
            reread = rest;
            let is_end = block.is_none();
            self.pending.extend(block.into_iter().flatten());
            while let Some(batch) = self.take_batch(is_end) {
                self.send(batch).await?;
            }
            if is_end {
                return Ok(());
            }
        }
    }

    /// The next rows to send: as many as fit, once there are more than that or none will follow.
    fn take_batch(&mut self, is_end: bool) -> Option<Vec<Pending>> {
        let mut size = BatchSize::EMPTY;
        let mut count = 0;
        for row in &self.pending {
            match size.with(row.bytes) {
                Some(next) => size = next,
                None => break,
            }
            count += 1;
        }
        let is_full = count < self.pending.len();
        (count > 0 && (is_full || is_end)).then(|| self.pending.drain(..count).collect())
    }

    async fn send(&mut self, batch: Vec<Pending>) -> Result<(), ImportError> {
        let items: Vec<ResultItem> = batch.iter().map(|row| row.item.clone()).collect();
        let updates = ResultUpdates::new(items).map_err(|faults| ImportError::Refused { faults })?;
        let (sleep, progress) = (&*self.import.sleep, &*self.import.progress);
        let patience = Patience::new(sleep, progress);
        trace!(rows = batch.len(), "rows are sent");
        let answered = patience
            .call(|| self.hemera.update_service_participation_results(&updates))
            .await;
        trace!("verdicts have come");
        let (results, info) = match answered {
            Ok(response) => response.into_parts(),
            Err(error) => {
                return Err(Interrupted {
                    error,
                    written: self.report.written(),
                    rows: self.report.rows,
                }
                .into());
            }
        };
        self.report.requests += u64::from(info.attempts);
        let open = self.sort(batch, results.results).await?;
        self.step();
        self.send_again(open).await;
        Ok(())
    }

    /// Notes the verdicts, and returns the rows that have none, each with how often it was sent in vain.
    async fn sort(
        &mut self,
        batch: Vec<Pending>,
        results: Vec<ItemResult>,
    ) -> Result<Vec<Pending>, ImportError> {
        let mut entries = Vec::with_capacity(batch.len());
        let mut open = Vec::new();
        let is_progress = results.iter().any(|result| !is_open(&result.verdict));
        let mut results = results.into_iter();
        for mut row in batch {
            // One for each, in order. An answer that is not so decides nothing.
            let result = results
                .next()
                .filter(|result| result.participation_id == row.item.participation_id);
            let verdict = result
                .as_ref()
                .map_or(ResultVerdict::Unknown.into(), |result| result.verdict.clone());
            if is_open(&verdict) {
                let is_reached = verdict != ResultVerdict::NotReached;
                row.sends += u32::from(is_reached || !is_progress);
                row.last = Some(verdict);
                open.push(row);
                continue;
            }
            match verdict.known() {
                Some(ResultVerdict::Updated) => self.report.updated += 1,
                Some(ResultVerdict::Unchanged) => self.report.unchanged += 1,
                _ => self.not_written(&row, &verdict, result),
            }
            entries.push(JournalEntry {
                row: row.place.row,
                participation_id: row.item.participation_id,
                verdict,
            });
        }
        let journal = Arc::clone(&self.journal);
        blocking(move || journal.note(&entries)).await?;
        Ok(open)
    }

    /// Puts rows back in front of all others, after a pause if they were sent in vain; gives up those that were sent too often.
    async fn send_again(&mut self, open: Vec<Pending>) {
        let mut pause = Duration::ZERO;
        for row in open.into_iter().rev() {
            if row.sends >= MAX_SENDS {
                let verdict = row.last.clone().unwrap_or(ResultVerdict::Unknown.into());
                self.not_written(&row, &verdict, None);
            } else {
                if let Some(doublings) = row.sends.checked_sub(1) {
                    pause = pause.max(Duration::from_secs(1 << doublings));
                }
                self.pending.push_front(row);
            }
        }
        if !pause.is_zero() {
            self.import.progress.waiting(pause);
            self.import.sleep.sleep(pause).await;
        }
        self.step();
    }

    fn not_written(&mut self, row: &Pending, verdict: &Open<ResultVerdict>, result: Option<ItemResult>) {
        let reason = match verdict.known() {
            Some(ResultVerdict::PreconditionFailed) => Reason::PreconditionFailed,
            Some(ResultVerdict::NotFound) => Reason::NotFound,
            Some(ResultVerdict::NotReached) => Reason::NotReached,
            Some(_) => Reason::Unknown,
            None => Reason::Other(verdict.name().to_owned()),
        };
        self.report.not_written.push(NotWritten {
            row: row.place.row,
            line: row.place.line,
            participation_id: row.item.participation_id.clone(),
            reason,
            etag: result.and_then(|result| result.etag).map(|etag| etag.to_string()),
        });
    }

    fn step(&self) {
        let not_written = u64::try_from(self.report.not_written.len()).unwrap_or(u64::MAX);
        let done = self.report.written() + not_written;
        self.import
            .progress
            .step(Phase::WriteResults.step(done, Some(self.report.rows)));
    }
}

/// Whether sending the row again can give another verdict.
fn is_open(verdict: &Open<ResultVerdict>) -> bool {
    verdict.known().is_some_and(ResultVerdict::is_open)
}
