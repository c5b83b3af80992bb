//! `hemera-api audit verify`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sqlx::PgConnection;
use transparency_log::{SignedCheckpoint, VerifierKey};

use super::expected::Expected;
use super::findings::{Finding, FindingKind, Findings, LeafKey, NAMED};
use super::query::{self, EpochRow};
use super::reader::{snapshot, within};
use super::walk::{Gone, Walk};
use crate::admin::{Console, Failure};
use crate::config::DatabaseUrl;
use crate::evidence::Opening;

#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    known: Known,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What an auditor knows from elsewhere than the database.
#[derive(Args, Debug)]
pub(crate) struct Known {
    /// A verifier key that you got from elsewhere than the database; give one for each key the log has had
    #[arg(long = "key", value_name = "VERIFIER_KEY", value_parser = verifier_key)]
    keys: Vec<VerifierKey>,
    /// A checkpoint that was kept outside; give as many as you have
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
}

fn verifier_key(text: &str) -> Result<VerifierKey, String> {
    VerifierKey::parse(text).map_err(|error| error.to_string())
}

/// A checkpoint from outside, and where it came from.
struct Outside {
    origin: String,
    note: String,
    by: String,
}

/// What a run has seen.
#[derive(Debug, Default, Serialize)]
pub(super) struct Checked {
    pub(super) ok: bool,
    pub(super) epochs: Vec<EpochReport>,
    records: i64,
    pending: i64,
    /// Records that were removed with their partition, under a record that says so.
    retained_away: u64,
    pub(super) findings: Vec<Finding>,
    more: u64,
    not_seen: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct EpochReport {
    pub(super) epoch: i32,
    origin: String,
    verifier_key: String,
    leaves: u64,
    root: String,
    checkpoints: u64,
}

pub(crate) async fn run(
    arguments: &Verify,
    console: &Console,
    url: &DatabaseUrl,
) -> Result<ExitCode, Failure> {
    let report = check(&arguments.known, url).await?;
    if arguments.json {
        console.print(serde_json::to_string(&report)?);
    } else {
        console.print_text(in_words(&report)?);
    }
    Ok(if report.ok {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Reads every record, and holds it against the log.
pub(super) async fn check(known: &Known, url: &DatabaseUrl) -> Result<Checked, Failure> {
    let outside = known
        .checkpoints
        .iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    let (mut first, mut second) = snapshot(url, "hemera-api audit verify").await?;
    let (records, pending) = within(query::totals(&mut first)).await?;
    let bar = ProgressBar::new(records.unsigned_abs());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} records, {eta} left")
    {
        bar.set_style(style);
    }
    let mut check = Check {
        keys: &known.keys,
        outside: &outside,
        findings: Findings::default(),
        gone: Gone::default(),
        report: Checked {
            records,
            pending,
            ..Checked::default()
        },
    };
    let checked = check.all(&mut first, &mut second, &bar).await;
    bar.finish_and_clear();
    checked?;
    Ok(check.finish())
}

fn read(file: &PathBuf) -> Result<Outside, Failure> {
    let shown = file.display();
    let note = std::fs::read_to_string(file).map_err(|error| {
        format!(
            "the checkpoint {shown} cannot be read ({}): name a file of its text",
            error.kind()
        )
    })?;
    let signed = SignedCheckpoint::parse(&note).map_err(|error| format!("{shown}: {error}"))?;
    Ok(Outside {
        origin: signed.unverified().origin.clone(),
        note,
        by: format!("the checkpoint in {shown}"),
    })
}

struct Check<'c> {
    keys: &'c [VerifierKey],
    outside: &'c [Outside],
    findings: Findings,
    gone: Gone,
    report: Checked,
}

impl Check<'_> {
    async fn all(
        &mut self,
        first: &mut PgConnection,
        second: &mut PgConnection,
        bar: &ProgressBar,
    ) -> Result<(), Failure> {
        let epochs = within(query::epochs(first)).await?;
        let state = within(query::state(first)).await?;
        self.check_origins(&epochs);
        for (place, epoch) in epochs.iter().enumerate() {
            let Some(mut expected) = self.expected(epoch) else {
                continue;
            };
            if let Some(next) = epochs.get(place + 1) {
                expected_by_next(&mut expected, next, &mut self.findings);
            } else {
                let by = "the newest checkpoint in the database".to_owned();
                let note = state.note.clone().unwrap_or_default();
                expected.add(&note, by, &mut self.findings);
            }
            let walk = Walk::new(epoch, second, &mut self.findings, &mut self.gone, expected);
            let (tree, expected) = walk.run(first, &mut |records| bar.inc(records)).await?;
            self.report.epochs.push(EpochReport {
                epoch: epoch.epoch,
                origin: epoch.origin.clone(),
                verifier_key: epoch.verifier_key.clone(),
                leaves: tree.size(),
                root: hex::encode(tree.root()),
                checkpoints: expected.checked,
            });
        }
        self.records_and_leaves(first).await?;
        Ok(())
    }

    /// What the epoch must have been, by its key and the checkpoints from outside. `None` where its key is no key.
    fn expected(&mut self, epoch: &EpochRow) -> Option<Expected> {
        let key = VerifierKey::parse(&epoch.verifier_key);
        let is_given = |key: &VerifierKey| {
            key.origin() == epoch.origin
                && (self.keys.is_empty() || self.keys.iter().any(|given| given.is_same_key(key)))
        };
        let Some(key) = key.ok().filter(is_given) else {
            self.add(FindingKind::Key, Some(epoch.epoch), format!(
                "the verifier key of epoch {} in the database, {}, is none of those that were given: the holder of that key has \
                 signed what follows",
                epoch.epoch, epoch.verifier_key
            ));
            return None;
        };
        let mut expected = Expected::new(epoch.epoch, key);
        for outside in self
            .outside
            .iter()
            .filter(|outside| outside.origin == epoch.origin)
        {
            expected.add(&outside.note, outside.by.clone(), &mut self.findings);
        }
        Some(expected)
    }

    /// A checkpoint of an epoch that the database does not have.
    fn check_origins(&mut self, epochs: &[EpochRow]) {
        for outside in self.outside {
            if !epochs.iter().any(|epoch| epoch.origin == outside.origin) {
                let text = format!(
                    "{} is of {}, which the database does not have",
                    outside.by, outside.origin
                );
                self.add(FindingKind::CutTail, None, text);
            }
        }
    }

    async fn records_and_leaves(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        let most = i64::try_from(NAMED).unwrap_or(i64::MAX);
        let free = within(query::without_leaf(connection, most)).await?;
        let further = free.first().map_or(0, |row| row.count.unsigned_abs()) - free.len() as u64;
        for row in free {
            self.findings.add(Finding {
                kind: FindingKind::WithoutLeaf,
                epoch: None,
                leaf: None,
                record: Some(LeafKey::new(row.at, row.id)),
                text: "it is no leaf and does not wait to become one: it was inserted without its row in audit_pending, or taken out \
                       of the queue"
                    .to_owned(),
            });
        }
        if further > 0 {
            self.findings.count_further(FindingKind::WithoutLeaf, further);
        }
        for row in within(query::duplicates(connection, most)).await? {
            self.findings.add(Finding {
                kind: FindingKind::Duplicate,
                epoch: None,
                leaf: None,
                record: Some(LeafKey::new(row.at, row.id)),
                text: format!("it is {} leaves", row.count),
            });
        }
        Ok(())
    }

    fn add(&mut self, kind: FindingKind, epoch: Option<i32>, text: String) {
        self.findings.add(Finding {
            kind,
            epoch,
            leaf: None,
            record: None,
            text,
        });
    }

    /// Judges the records that are gone, and says what cannot be seen.
    fn finish(mut self) -> Checked {
        for (month, count) in std::mem::take(&mut self.gone.counts) {
            let partition = format!("audit_log_{}", month.replace('-', "_"));
            if self.gone.retained.contains(&partition) {
                self.report.retained_away += count;
                continue;
            }
            let named = self.gone.months.remove(&month).unwrap_or_default();
            self.findings
                .count_further(FindingKind::Missing, count - named.len() as u64);
            for (epoch, leaf, record) in named {
                self.findings.add(Finding {
                    kind: FindingKind::Missing,
                    epoch: Some(epoch),
                    leaf: Some(leaf),
                    record: Some(record),
                    text: format!(
                        "it was removed; {count} records of {month} are gone, and no record says that their partition was dropped"
                    ),
                });
            }
        }
        let mut report = self.report;
        report.not_seen = not_seen(&report, self.keys, self.outside);
        report.ok = self.findings.is_empty() && !report.epochs.is_empty();
        report.more = self.findings.counts.values().sum::<u64>() - self.findings.named.len() as u64;
        report.findings = self.findings.named;
        report
            .findings
            .sort_by_key(|finding| (finding.epoch, finding.leaf, finding.kind));
        report
    }
}

/// What the next epoch's opening says of the end of this one.
fn expected_by_next(expected: &mut Expected, next: &EpochRow, findings: &mut Findings) {
    let opening: Option<Opening> = serde_json::from_str(&next.opening).ok();
    if let Some(previous) = opening.and_then(|opening| opening.previous) {
        let by = format!("the opening of epoch {}", next.epoch);
        expected.add(&previous.checkpoint, by, findings);
    }
}

fn not_seen(report: &Checked, keys: &[VerifierKey], outside: &[Outside]) -> Vec<String> {
    let mut not_seen = Vec::new();
    if report.epochs.is_empty() {
        not_seen.push(
            "There is no transparency log: no server has had a key (HEMERA_AUDIT__KEY_FILE). Nothing was checked.".to_owned(),
        );
    }
    if keys.is_empty() {
        not_seen.push(
            "The keys are the database's own word: a person who changes the database could sign with a key of their own. Give the \
             one that you know with --key."
                .to_owned(),
        );
    }
    if outside.is_empty() {
        not_seen.push(
            "Without a checkpoint from outside (--checkpoint) it is not seen whether the newest records were cut off together \
             with their checkpoints, and whether someone with the signing key wrote the log anew."
                .to_owned(),
        );
    }
    if report.pending > 0 {
        not_seen.push(format!(
            "{} records wait to become leaves: what happens to them before is not seen.",
            report.pending
        ));
    }
    if report.retained_away > 0 {
        not_seen.push(format!(
            "{} records were dropped at the end of their retention: their leaves are there, their content is not.",
            report.retained_away
        ));
    }
    not_seen
}

fn in_words(report: &Checked) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for epoch in &report.epochs {
        writeln!(
            text,
            "{}: {} leaves, root {}, {} checkpoints compared",
            epoch.origin, epoch.leaves, epoch.root, epoch.checkpoints
        )?;
    }
    for finding in &report.findings {
        let kind = serde_json::to_value(finding.kind).unwrap_or_default();
        write!(text, "FOUND {}", kind.as_str().unwrap_or_default())?;
        if let Some(record) = &finding.record {
            write!(text, ", record {} of {}", record.id, record.at)?;
        }
        if let (Some(epoch), Some(leaf)) = (finding.epoch, finding.leaf) {
            write!(text, ", epoch {epoch}, leaf {leaf}")?;
        }
        writeln!(text, ": {}", finding.text)?;
    }
    if report.more > 0 {
        writeln!(text, "and {} more of these", report.more)?;
    }
    for line in &report.not_seen {
        writeln!(text, "note: {line}")?;
    }
    let verdict = if report.ok {
        "the records are what the log states"
    } else if report.epochs.is_empty() {
        "nothing could be checked"
    } else {
        "the records are NOT what the log states"
    };
    writeln!(text, "{} records: {verdict}", report.records)?;
    Ok(text)
}
