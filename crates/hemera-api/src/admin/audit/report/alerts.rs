//! Which alerts would have fired, by what is on record.

use std::collections::{BTreeMap, VecDeque};

use super::super::error::AuditCommandError;
use super::super::period::Period;
use super::super::session::Session;
use super::burn;
use super::fired::{Fired, at_minute};
use super::query::{self, FoundInPeriod, MinuteRow};
use super::rules::{BURNS, CountedBy, EPOCH, RULES, Rule, SILENT};

/// The alerts that would have fired in the period.
pub(super) async fn fired(
    session: &mut Session,
    period: Period,
    found: &FoundInPeriod,
) -> Result<Vec<Fired>, AuditCommandError> {
    let minutes = session.run(async |it| query::minutes(it, period).await).await?;
    let load = session.run(async |it| query::load(it, period).await).await?;
    let mut fired: Vec<Fired> = RULES
        .iter()
        .flat_map(|rule| replayed(rule, &minutes, period))
        .collect();
    fired.extend(BURNS.iter().filter_map(|burn| burn::replayed(burn, &load)));
    let (alert, longest) = SILENT;
    if let Some(silence) = found
        .trail
        .longest_silence_seconds
        .filter(|seconds| *seconds > longest)
    {
        fired.push(Fired {
            alert,
            at: None,
            of: format!("{:.0} min without a request of api-client", silence / 60.0),
        });
    }
    if found.trail.epochs_begun > 0 {
        fired.push(Fired {
            alert: EPOCH,
            at: None,
            of: format!("{} begun", found.trail.epochs_begun),
        });
    }
    Ok(fired)
}

/// Whether a rule would have fired, for each of what it counts by.
fn replayed(rule: &Rule, minutes: &[MinuteRow], period: Period) -> Vec<Fired> {
    let mut series: BTreeMap<String, BTreeMap<i64, i64>> = BTreeMap::new();
    for row in minutes {
        if let Some(of) = counts_for(rule.counted, row) {
            *series.entry(of).or_default().entry(row.minute).or_default() += row.requests;
        }
    }
    let period_minutes = (period.until - period.since).whole_minutes().max(1);
    let mut fired = Vec::new();
    for (of, requests) in series {
        let total: i64 = requests.values().sum();
        // In whole numbers: window > times * total / (period / window).
        let over_the_mean = |window: i64| {
            window.saturating_mul(period_minutes)
                > rule
                    .times_the_mean
                    .saturating_mul(total)
                    .saturating_mul(rule.minutes)
        };
        let holds = |window: i64| window >= rule.least && (rule.times_the_mean == 0 || over_the_mean(window));
        if let Some(minute) = first_minute(&requests, rule, holds) {
            fired.push(Fired {
                alert: rule.name,
                at: at_minute(minute),
                of,
            });
        }
    }
    fired
}

/// The first minute in which the condition on the sum of the window holds, and has held for as long as it must.
fn first_minute(requests: &BTreeMap<i64, i64>, rule: &Rule, holds: impl Fn(i64) -> bool) -> Option<i64> {
    let (first, last) = (*requests.keys().next()?, *requests.keys().next_back()?);
    let mut window: VecDeque<(i64, i64)> = VecDeque::new();
    let (mut sum, mut holds_since) = (0, None);
    let mut minute = first;
    while minute < last + rule.minutes {
        if let Some(count) = requests.get(&minute) {
            window.push_back((minute, *count));
            sum += count;
        }
        while let Some((_, old)) = window.pop_front_if(|(old, _)| *old <= minute - rule.minutes) {
            sum -= old;
        }
        if holds(sum) {
            let since = *holds_since.get_or_insert(minute);
            if minute - since >= rule.held {
                return Some(minute);
            }
        } else {
            holds_since = None;
        }
        // Nothing changes before the next request, where the window is empty.
        minute = if window.is_empty() {
            *requests.range(minute + 1..).next()?.0
        } else {
            minute + 1
        };
    }
    None
}

/// What a row is counted by for a rule; `None` where it is not counted.
fn counts_for(counted: CountedBy, row: &MinuteRow) -> Option<String> {
    let reason = row.reason.as_deref().unwrap_or_default();
    match counted {
        // One row of a request for each of its events, and one without.
        CountedBy::Event(event) => (row.event.as_deref() == Some(event)).then(|| "requests".to_owned()),
        _ if row.event.is_some() => None,
        CountedBy::FailedAuthentications => {
            (row.status == 401 && reason != "no_credential").then(|| reason.to_owned())
        }
        CountedBy::Reasons(reasons) => reasons.contains(&reason).then(|| reason.to_owned()),
        CountedBy::Status(status) => {
            let role = row
                .role
                .clone()
                .unwrap_or_else(|| "without a proven caller".to_owned());
            (row.status == status).then_some(role)
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const PERIOD: Period = Period {
        since: datetime!(2026-03-10 00:00 UTC),
        until: datetime!(2026-03-11 00:00 UTC),
    };

    fn named(name: &str) -> &'static Rule {
        RULES.iter().find(|rule| rule.name == name).unwrap()
    }

    fn row(minute: i64, status: i16, reason: &str, requests: i64) -> MinuteRow {
        MinuteRow {
            minute,
            status,
            reason: Some(reason.to_owned()),
            role: Some("user".to_owned()),
            event: None,
            requests,
        }
    }

    fn fires(name: &str, rows: &[MinuteRow]) -> Vec<String> {
        let fired = replayed(named(name), rows, PERIOD);
        fired.into_iter().map(|fired| fired.of).collect()
    }

    #[test]
    fn a_window_fires_at_its_threshold_and_not_below() {
        let within = [row(100, 401, "expired", 5), row(104, 401, "expired", 5)];
        assert_eq!(fires("HemeraFailedAuthentications", &within), ["expired"]);
        let apart = [row(100, 401, "expired", 5), row(105, 401, "expired", 5)];
        assert!(fires("HemeraFailedAuthentications", &apart).is_empty());
        let below = [row(100, 401, "expired", 9), row(100, 401, "wrong_issuer", 9)];
        assert!(fires("HemeraFailedAuthentications", &below).is_empty());
        assert!(
            fires(
                "HemeraFailedAuthentications",
                &[row(100, 401, "no_credential", 900)]
            )
            .is_empty()
        );
    }

    #[test]
    fn what_must_last_fires_only_when_it_does() {
        let minutes = |length: i64| -> Vec<MinuteRow> {
            (0..length)
                .map(|minute| row(minute, 429, "rate_limited", 5))
                .collect()
        };
        // The last minute stays in the window for four more.
        assert!(fires("HemeraCallersLimited", &minutes(6)).is_empty());
        assert_eq!(fires("HemeraCallersLimited", &minutes(7)), ["user"]);
    }

    #[test]
    fn a_spike_is_compared_with_the_mean_of_the_period() {
        let even: Vec<MinuteRow> = (0..1440).map(|minute| row(minute, 403, "forbidden", 3)).collect();
        assert!(fires("HemeraForbiddenSpike", &even).is_empty());
        assert_eq!(
            fires("HemeraForbiddenSpike", &[row(700, 403, "forbidden", 20)]),
            ["user"]
        );
    }

    #[test]
    fn an_event_is_counted_for_its_own_alert_alone() {
        let mut event = row(5, 200, "", 1);
        event.event = Some("crawl".to_owned());
        assert_eq!(fires("HemeraCrawl", std::slice::from_ref(&event)), ["requests"]);
        assert!(fires("HemeraIdEnumeration", &[event]).is_empty());
    }
}
