//! Compares what clients got with what the database holds: audit records, and results.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use sqlx::postgres::PgPool;

use crate::chaos::front::{Answer, Front};
use crate::chaos::load::{Answered, Results};
use crate::chaos::query;
use crate::chaos::site::Site;

/// How long records may wait in the server's queue.
const FLUSHED: Duration = Duration::from_secs(20);
/// Of refusals beyond the first few of a minute, there is one record with their count when the minute has passed.
const COUNTED: Duration = Duration::from_secs(75);
/// What `docs/operations.md` calls some milliseconds: a killed process loses the records of reads that it answered at most
/// this long before.
const QUEUED: Duration = Duration::from_millis(500);

/// What is missing, and what is there twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Balance {
    pub(crate) answers: usize,
    /// Answers whose record is not there.
    pub(crate) missing: usize,
    /// Of those, answers with 400 or more.
    missing_refusals: usize,
    /// Records of one id beyond the first.
    pub(crate) double: usize,
    pub(crate) results: usize,
    /// Participations that hold something else than was acknowledged last, each in words.
    pub(crate) wrong_results: Vec<String>,
    /// What was missing and may be, in words.
    pub(crate) allowed: String,
}

/// Compares, once the server has had time to write its queue.
pub(crate) async fn compare(site: &Site, results: &[Results]) -> anyhow::Result<Balance> {
    compare_after_kills(site, results, &[]).await
}

/// The same where a server was killed at these moments: reads that it answered just before may lack their record.
pub(crate) async fn compare_after_kills(
    site: &Site,
    results: &[Results],
    kills: &[Duration],
) -> anyhow::Result<Balance> {
    compare_with(site.database.pool(), &site.front, results, kills).await
}

/// Compares what a balancer carried with what a database holds.
pub(crate) async fn compare_with(
    pool: &PgPool,
    front: &Front,
    results: &[Results],
    kills: &[Duration],
) -> anyhow::Result<Balance> {
    settled(pool, results, async || records(pool, front, kills).await).await
}

/// The same by what the callers themselves got, whatever stands between them and the servers: each call that succeeded by the
/// id of its request.
pub(crate) async fn compare_calls(
    pool: &PgPool,
    answered: &[Answered],
    results: &[Results],
    kills: &[Duration],
) -> anyhow::Result<Balance> {
    settled(pool, results, async || calls(pool, answered, kills).await).await
}

/// Looks until no record is missing, or the server has had its time to write its queue; then compares results.
async fn settled(
    pool: &PgPool,
    results: &[Results],
    look: impl AsyncFn() -> anyhow::Result<Balance>,
) -> anyhow::Result<Balance> {
    let began = SystemClock.now();
    let mut balance = look().await?;
    while balance.missing > 0 {
        let waited = SystemClock.now().since(began);
        if waited
            > if balance.missing_refusals == balance.missing {
                COUNTED
            } else {
                FLUSHED
            }
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        balance = look().await?;
    }
    let stored = query::notes(pool).await?;
    for (id, written) in merged(results) {
        let Some(acknowledged) = &written.acknowledged else {
            continue;
        };
        balance.results += 1;
        let stored = stored.get(&id).cloned().flatten().unwrap_or_default();
        if stored != *acknowledged && !written.uncertain.contains(&stored) {
            let text = format!("{id} holds `{stored}`, and `{acknowledged}` was acknowledged");
            balance.wrong_results.push(text);
        }
    }
    Ok(balance)
}

/// What was written last, by loads that came one after the other.
fn merged(loads: &[Results]) -> Results {
    let mut merged = Results::new();
    for (id, written) in loads.iter().flatten() {
        let earlier = merged.entry(id.clone()).or_default();
        if written.acknowledged.is_some() {
            earlier.clone_from(written);
        } else {
            earlier.uncertain.extend(written.uncertain.iter().cloned());
        }
    }
    merged
}

async fn records(pool: &PgPool, front: &Front, kills: &[Duration]) -> anyhow::Result<Balance> {
    let stored = query::records(pool).await?;
    let answers = front.answers();
    let recorded: Vec<&Answer> = answers.iter().filter(|answer| answer.record.is_some()).collect();
    let lacking = recorded
        .iter()
        .filter(|answer| answer.record.is_some_and(|id| !stored.contains_key(&id)));
    let (allowed, missing): (Vec<&&Answer>, Vec<_>) =
        lacking.partition(|answer| may_lack(answer.is_write, answer.at, kills));
    // One record may stand for many answers; two records of one id are one too many.
    let double: i64 = stored.values().map(|count| count - 1).sum();
    Ok(Balance {
        answers: recorded.len(),
        missing: missing.len(),
        missing_refusals: missing.iter().filter(|answer| answer.status >= 400).count(),
        double: usize::try_from(double)?,
        allowed: allowance(allowed.len()),
        ..Balance::default()
    })
}

async fn calls(pool: &PgPool, answered: &[Answered], kills: &[Duration]) -> anyhow::Result<Balance> {
    let stored = query::successes(pool).await?;
    let records = |call: &Answered| stored.get(&call.request_id).copied().unwrap_or_default();
    let is_near_a_kill = |call: &&Answered| may_lack(call.is_write, call.at, kills);
    let lacking = answered.iter().filter(|call| records(call) == 0);
    let (allowed, missing): (Vec<&Answered>, Vec<_>) = lacking.partition(is_near_a_kill);
    // An attempt whose answer was lost has its record, too; and a read that a killed server left without an answer was
    // perhaps sent again by a proxy.
    let beyond = |call: &Answered| {
        let attempts = i64::from(call.attempts) + i64::from(is_near_a_kill(&call));
        (records(call) - attempts).max(0)
    };
    let double: i64 = answered.iter().map(beyond).sum();
    Ok(Balance {
        answers: answered.len(),
        missing: missing.len(),
        double: usize::try_from(double)?,
        allowed: allowance(allowed.len()),
        ..Balance::default()
    })
}

/// Whether an answer of this moment may lack its record, because its process was killed around it.
fn may_lack(is_write: bool, at: Duration, kills: &[Duration]) -> bool {
    !is_write
        && kills
            .iter()
            .any(|killed| at <= *killed + QUEUED && *killed <= at + QUEUED)
}

fn allowance(reads: usize) -> String {
    if reads == 0 {
        return String::new();
    }
    format!("; {reads} reads of a killed process lack theirs")
}
