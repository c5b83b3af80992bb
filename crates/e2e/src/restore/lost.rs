//! What was acknowledged after the moment that a database was restored to, and is not in it: data for the auditor.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::postgres::PgPool;

use crate::chaos::front::Answer;
use crate::chaos::load::Results;
use crate::chaos::query;

/// How many of a kind are printed for people.
const SHOWN: usize = 5;

/// What is gone.
#[derive(Debug)]
pub(crate) struct Lost {
    /// Answers whose record is gone.
    answers: Vec<Answer>,
    /// Participations with the result that was acknowledged last, and the one that they have now.
    results: Vec<(String, String, Option<String>)>,
}

impl Lost {
    /// Compares what was answered and written after that moment with the restored database.
    pub(crate) async fn since(pool: &PgPool, answers: &[Answer], results: &Results) -> anyhow::Result<Self> {
        let records = query::records(pool).await?;
        let is_gone = |answer: &&Answer| answer.record.is_some_and(|record| !records.contains_key(&record));
        let notes: HashMap<String, Option<String>> = query::notes(pool).await?;
        let mut changed: Vec<_> = results
            .iter()
            .filter_map(|(id, written)| {
                let acknowledged = written.acknowledged.clone()?;
                let now = notes.get(id).cloned().flatten();
                (now.as_ref() != Some(&acknowledged)).then(|| (id.clone(), acknowledged, now))
            })
            .collect();
        changed.sort();
        Ok(Self {
            answers: answers.iter().filter(is_gone).cloned().collect(),
            results: changed,
        })
    }

    pub(crate) fn records(&self) -> usize {
        self.answers.len()
    }

    pub(crate) fn results(&self) -> usize {
        self.results.len()
    }

    /// Each lost record in a line, and each lost result; `shorten` leaves all but the first ones out.
    pub(crate) fn lines(&self, target: Duration, shorten: bool) -> Vec<String> {
        let records = self.answers.iter().map(|answer| {
            let kind = if answer.is_write { "write" } else { "read" };
            let after = answer.at.saturating_sub(target).as_secs_f64();
            let record = answer.record.map(|record| record.to_string()).unwrap_or_default();
            format!(
                "audit record {record}: a {kind} answered with {} {after:.2} s after the target",
                answer.status
            )
        });
        let results = self.results.iter().map(|(id, acknowledged, now)| {
            let now = now.as_deref().unwrap_or("nothing");
            format!("result of {id}: `{acknowledged}` was acknowledged last, and it has `{now}`")
        });
        let most = if shorten { SHOWN } else { usize::MAX };
        let mut lines: Vec<String> = records.take(most).chain(results.take(most)).collect();
        let left_out = self.records() + self.results() - lines.len();
        if left_out > 0 {
            lines.push(format!("{left_out} more: --json has all of them"));
        }
        lines
    }
}
