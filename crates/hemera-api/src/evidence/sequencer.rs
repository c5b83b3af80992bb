//! The task that makes the rounds, for as long as a server runs.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Clock as _, Moment, SystemClock};
use secrecy::SecretString;
use sqlx::{Connection as _, PgConnection};
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use transparency_log::SigningKey;
use uuid::Uuid;

use super::export::Exporter;
use super::round::{Edge, MOST, Sequenced, Signer};
use super::{EvidenceError, epoch_origin, query};
use crate::config::EvidenceConfig;
use crate::database::{Login, connect};
use crate::metrics::EvidenceMetrics;

/// How often a server looks for pending records.
const POLL: Duration = Duration::from_millis(250);

/// How often a stopping server looks again while another one has the lease: for longer than a lease lasts.
const LAST_WAITS: u32 = 6;

/// The wait after a failure that may pass by itself, and after one that needs a person.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// How long all statements of a round may take together.
const ROUND_DEADLINE: Duration = Duration::from_secs(10);

/// PostgreSQL's own bounds on a session of the sequencer. The last one ends the transaction of a server that fell silent,
/// so that the next one gets the lease.
const SESSION: [(&str, &str); 3] = [
    ("lock_timeout", "1s"),
    ("statement_timeout", "8s"),
    ("idle_in_transaction_session_timeout", "1s"),
];

/// What a sequencer needs.
#[derive(Debug)]
pub(crate) struct SequencerSettings<'c> {
    pub(crate) database: &'c Login,
    pub(crate) audit: &'c EvidenceConfig,
    pub(crate) metrics: EvidenceMetrics,
}

/// The task that makes audit records leaves of the transparency log. Call [`finish`](Self::finish), or the last records wait
/// for the next server.
#[derive(Debug)]
pub(crate) struct Sequencer {
    task: Option<JoinHandle<()>>,
    stop: CancellationToken,
}

impl Sequencer {
    /// Starts the task. Without a key there is none, and the log says so once.
    pub(crate) fn start(settings: &SequencerSettings<'_>) -> Self {
        let stop = CancellationToken::new();
        let Some(key) = &settings.audit.key else {
            tracing::warn!(
                "no transparency log is kept over the audit records: a change of them behind the server's back would not be \
                 seen. `hemera-api audit key new --file audit.key` makes a key, HEMERA_AUDIT__KEY_FILE names it (docs/audit.md)"
            );
            return Self { task: None, stop };
        };
        let task = Task::new(settings, Arc::clone(key));
        let task = tokio::spawn(task.run(stop.clone()));
        Self {
            task: Some(task),
            stop,
        }
    }

    /// Makes the records leaves that wait, exports the last checkpoint, and ends the task. Call it when the last record has
    /// been written.
    pub(crate) async fn finish(self, deadline: impl Future<Output = ()>) {
        self.stop.cancel();
        let Some(mut task) = self.task else { return };
        tokio::select! {
            _ = &mut task => {}
            () = deadline => {
                task.abort();
                tracing::warn!("the last audit records are not in the transparency log yet: the next server adds them");
            }
        }
    }
}

struct Task {
    login: Login,
    /// The number of the login that the connection was opened with.
    opened_with: u64,
    key: Arc<SigningKey>,
    origin: String,
    holder: Uuid,
    interval: Duration,
    exporter: Exporter,
    metrics: EvidenceMetrics,
    connection: Option<PgConnection>,
    edge: Option<Edge>,
    /// The newest checkpoint that this server has made, where it is not exported yet.
    newest: Option<Sequenced>,
    exported_at: Option<Moment>,
    exporting: Option<JoinHandle<()>>,
    /// Whether records wait, and another server has the lease.
    tail_waits: bool,
    /// What was last said about a failure, so that each is said once.
    trouble: Option<String>,
}

impl Task {
    fn new(settings: &SequencerSettings<'_>, key: Arc<SigningKey>) -> Self {
        let SequencerSettings {
            database,
            audit,
            metrics,
        } = settings;
        let url: Option<SecretString> = audit.checkpoint_url.clone();
        Self {
            login: (*database).clone(),
            opened_with: 0,
            key,
            origin: audit.origin.clone(),
            holder: Uuid::new_v4(),
            interval: audit.checkpoint_interval,
            exporter: Exporter::new(audit.checkpoint_file.clone(), url, metrics.clone()),
            metrics: metrics.clone(),
            connection: None,
            edge: None,
            newest: None,
            exported_at: None,
            exporting: None,
            tail_waits: false,
            trouble: None,
        }
    }

    async fn run(mut self, stop: CancellationToken) {
        while let Some(wait) = stop.run_until_cancelled(self.step()).await {
            // A stop in the middle of a step gives its transaction up; the last rounds make up for it.
            if stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                break;
            }
        }
        self.last_rounds().await;
    }

    /// Looks, and makes a round where there is something to do. Returns how long to wait for the next one.
    async fn step(&mut self) -> Duration {
        match tokio::time::timeout(ROUND_DEADLINE, self.look_and_sequence()).await {
            Ok(Ok(wait)) => {
                if self.trouble.take().is_some() {
                    tracing::info!("the transparency log goes on");
                }
                wait
            }
            Ok(Err(error)) => self.failed(&error),
            Err(_) => self.failed(&EvidenceError::NoAnswer),
        }
    }

    fn failed(&mut self, error: &EvidenceError) -> Duration {
        self.metrics.failed();
        self.tail_waits = false;
        self.connection = None;
        self.edge = None;
        let text = error.to_string();
        if self.trouble.as_ref() != Some(&text) {
            if error.needs_a_person() {
                tracing::error!("{text}");
            } else {
                tracing::warn!("{text}; it is tried again");
            }
            self.trouble = Some(text);
        }
        if error.needs_a_person() {
            AFTER_TROUBLE
        } else {
            AFTER_FAILURE
        }
    }

    async fn look_and_sequence(&mut self) -> Result<Duration, EvidenceError> {
        let mut connection = self.take_connection().await?;
        let state = query::state(&mut connection, self.holder).await?;
        self.metrics.unsequenced(state.pending.unwrap_or(0.0));
        let made = state.note_at.map_or(0.0, seconds);
        self.metrics.state(state.epoch.unwrap_or(0), state.size, made);
        let has_work = state.pending.is_some() || state.epoch.is_none();
        self.tail_waits = has_work && !state.is_free;
        let mut wait = POLL;
        if has_work
            && state.is_free
            && let Some(sequenced) = self.sequence(&mut connection, state.epoch, state.size).await?
        {
            if sequenced.records + sequenced.missing == MOST {
                wait = Duration::ZERO;
            } else {
                self.metrics.unsequenced(0.0);
            }
            self.newest = Some(sequenced);
        }
        self.export_when_due(&mut connection).await?;
        self.connection = Some(connection);
        Ok(wait)
    }

    async fn sequence(
        &mut self,
        connection: &mut PgConnection,
        epoch: Option<i32>,
        size: i64,
    ) -> Result<Option<Sequenced>, EvidenceError> {
        if let (None, Some(epoch)) = (&self.edge, epoch) {
            let origin = epoch_origin(&self.origin, epoch);
            self.exporter.check(epoch, &origin, size.cast_unsigned()).await?;
        }
        let signer = Signer {
            key: &self.key,
            origin: &self.origin,
            holder: self.holder,
        };
        let Some(sequenced) = signer.round(connection, &mut self.edge).await? else {
            return Ok(None);
        };
        self.metrics.sequenced(sequenced.records);
        let now = seconds(SystemClock.now().wall.into());
        self.metrics
            .state(sequenced.epoch, sequenced.size.cast_signed(), now);
        if sequenced.missing > 0 {
            tracing::warn!(
                records = sequenced.missing,
                "records were removed before they were in the transparency log: was a partition of this month dropped?"
            );
        }
        Ok(Some(sequenced))
    }

    /// Out of its place until the step has succeeded: one that was given up is not used again.
    async fn take_connection(&mut self) -> Result<PgConnection, EvidenceError> {
        let login = self.login.current();
        let connection = self.connection.take();
        if let Some(connection) = connection.filter(|_| self.opened_with == login.number) {
            return Ok(connection);
        }
        let options = login.url.options().application_name("hemera-api sequencer");
        let connection = connect(&login.url, &options.options(SESSION)).await?;
        self.opened_with = login.number;
        Ok(connection)
    }

    async fn export_when_due(&mut self, connection: &mut PgConnection) -> Result<(), EvidenceError> {
        let now = SystemClock.now();
        let is_due = self.exported_at.is_none_or(|at| now.since(at) >= self.interval);
        let is_busy = self.exporting.as_ref().is_some_and(|task| !task.is_finished());
        if !is_due || is_busy {
            return Ok(());
        }
        let Some(newest) = self.newest.take() else {
            return Ok(());
        };
        query::keep_checkpoint(connection, newest.epoch, newest.size.cast_signed(), &newest.note).await?;
        let export = self
            .exporter
            .clone()
            .export(newest.epoch, newest.size, newest.note);
        self.exporting = Some(tokio::spawn(export));
        self.exported_at = Some(now);
        Ok(())
    }

    async fn last_rounds(&mut self) {
        self.connection = None;
        self.edge = None;
        self.exported_at = None;
        // Where another server has the lease, it makes the last records leaves, or its lease ends.
        let mut waits = 0;
        loop {
            let wait = self.step().await;
            waits += u32::from(!wait.is_zero());
            if !wait.is_zero() && (!self.tail_waits || waits > LAST_WAITS) {
                break;
            }
            tokio::time::sleep(wait).await;
        }
        if let Some(exporting) = self.exporting.take() {
            // Each of its targets has a deadline.
            let _ = exporting.await;
        }
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        // A checkpoint that was made while another one was on its way out.
        if let Some(newest) = self.newest.take() {
            let size = newest.size.cast_signed();
            let _ = query::keep_checkpoint(&mut connection, newest.epoch, size, &newest.note).await;
            let exporter = self.exporter.clone();
            exporter.export(newest.epoch, newest.size, newest.note).await;
        }
        let _ = query::release(&mut connection, self.holder).await;
        let _ = connection.close().await;
    }
}

/// A time as Prometheus has it.
fn seconds(time: OffsetDateTime) -> f64 {
    (time - OffsetDateTime::UNIX_EPOCH).as_seconds_f64()
}
