//! How fast the budgets of the objectives were burnt (docs/monitoring.md).

use super::fired::{Fired, at_minute};
use super::query::LoadRow;
use super::rules::{Budget, Burn};

impl LoadRow {
    /// Bad ones, all of them, and the share that may be bad.
    fn of(self, budget: Budget) -> (i64, i64, f64) {
        match budget {
            Budget::Errors => (self.failed, self.requests, 0.001),
            Budget::Latency => (self.slow, self.successes, 0.01),
        }
    }
}

/// Whether the alert would have fired.
pub(super) fn replayed(burn: &Burn, load: &[LoadRow]) -> Option<Fired> {
    let mut starts = [0, 0];
    let mut sums = [(0, 0), (0, 0)];
    for (index, row) in load.iter().enumerate() {
        for (window, minutes) in [burn.long_minutes, burn.short_minutes].into_iter().enumerate() {
            let (bad, all, _) = row.of(burn.budget);
            sums[window].0 += bad;
            sums[window].1 += all;
            while load[starts[window]].minute <= row.minute - minutes && starts[window] < index {
                let (bad, all, _) = load[starts[window]].of(burn.budget);
                sums[window].0 -= bad;
                sums[window].1 -= all;
                starts[window] += 1;
            }
        }
        let (_, _, allowed) = row.of(burn.budget);
        let burns = |(bad, all): (i64, i64)| all > 0 && share(bad, all) > burn.times * allowed;
        if sums[0].0 >= burn.least && sums.into_iter().all(burns) {
            let (bad, all) = sums[0];
            let what = match burn.budget {
                Budget::Errors => "failed",
                Budget::Latency => "took longer than 250 ms",
            };
            return Some(Fired {
                alert: burn.name,
                at: at_minute(row.minute),
                of: format!("{bad} of {all} {what}"),
            });
        }
    }
    None
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of requests are far below 2^52"
)]
fn share(bad: i64, all: i64) -> f64 {
    bad as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::super::rules::BURNS;
    use super::*;

    fn fires(failed: &[(i64, i64)]) -> Vec<&'static str> {
        let load: Vec<LoadRow> = (0..720)
            .map(|minute| LoadRow {
                minute,
                requests: 100,
                failed: failed
                    .iter()
                    .find(|(at, _)| *at == minute)
                    .map_or(0, |(_, failed)| *failed),
                successes: 100,
                slow: 0,
            })
            .collect();
        let fired = BURNS.iter().filter_map(|burn| replayed(burn, &load));
        fired.map(|fired| fired.alert).collect()
    }

    #[test]
    fn a_budget_burns_over_both_windows_and_by_enough_requests() {
        assert!(fires(&[]).is_empty());
        assert!(fires(&[(600, 9)]).is_empty(), "too few");
        // Of 6000 of the hour, 87 are over 14.4 times of a thousandth.
        assert!(
            fires(&[(600, 86)])
                .iter()
                .all(|alert| *alert != "HemeraErrorBudgetBurnsFast")
        );
        assert!(fires(&[(600, 88)]).contains(&"HemeraErrorBudgetBurnsFast"));
    }
}
