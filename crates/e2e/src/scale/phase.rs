//! Servers are replaced one after the other, under the load of callers that leave no pause.

use std::time::Duration;

use serde::Serialize;

use super::limited::{BURST, RATE, Sent, WINDOW};
use super::proxied::{End, Proxied};
use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load, Tally};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::Run;

/// How long the load goes on undisturbed before and after each replacement.
const UNDISTURBED: Duration = Duration::from_secs(1);
/// Two checks of the proxy, 1 s and 250 ms apart, and what a busy machine needs.
const NOTICED_WITHIN: Duration = Duration::from_secs(2);
/// The start of a server, and two checks.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// What came of a phase.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Phase {
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    pub(super) attempts: u64,
    pub(super) retries: u64,
    /// The longest time until the proxy had taken a server out. Nothing where it never had to.
    #[serde(serialize_with = "crate::chaos::outcome::millis")]
    pub(super) noticed_after: Option<Duration>,
    /// The most requests of the limited caller that a window admitted.
    pub(super) most_in_a_window: usize,
}

/// A phase, before it is run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replacing {
    pub(super) name: &'static str,
    pub(super) end: End,
    /// How many servers are replaced, in turn.
    pub(super) replacements: usize,
}

impl Replacing {
    pub(super) async fn run(self, run: &Run<'_>, proxied: &mut Proxied) -> anyhow::Result<Phase> {
        let mut outcome = Outcome {
            scenario: self.name.to_owned(),
            ..Outcome::default()
        };
        let kind = Kind {
            callers: 4,
            pause: Duration::ZERO,
            writes: true,
        };
        let changes = proxied.store_changes();
        let limited = proxied.limited().await?;
        let load = Load::start(&proxied.client()?, &proxied.site.participations, kind);
        let mut seen = Seen::default();
        for turn in 0..self.replacements {
            run.step(&format!("{}: {} of {}", self.name, turn + 1, self.replacements));
            run.pass(UNDISTURBED).await;
            self.replace(proxied, turn % 2, &mut seen, &mut outcome).await?;
        }
        run.pass(UNDISTURBED).await;
        let (tally, results) = load.stop().await?;
        let sent = limited.stop().await?;
        let most = hold_limit(&sent, proxied.store_changes() - changes, &mut outcome);
        outcome.count(&tally);
        outcome.no_failures(Promise::NoCallFails, &tally);
        let balance = ledger::compare_calls(
            proxied.site.database.pool(),
            tally.answered(),
            &[results],
            &seen.kills,
        )
        .await?;
        outcome.rows(&balance);
        Ok(sum(outcome, &tally, &seen, most))
    }

    async fn replace(
        self,
        proxied: &mut Proxied,
        place: usize,
        seen: &mut Seen,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        let replacement = proxied.replace(place, self.end).await?;
        if let Some(code) = replacement.exit_code {
            outcome.hold(Promise::EndsInOrder, code == 0, format!("exit code {code}"));
        } else {
            seen.kills.push(replacement.began);
            let noticed = replacement.noticed.unwrap_or_default();
            let kept = noticed <= NOTICED_WITHIN;
            outcome.hold(Promise::ProxyTakesServersOut, kept, millis(noticed));
        }
        seen.noticed = seen.noticed.max(replacement.noticed);
        let kept = replacement.back <= BACK_WITHIN;
        outcome.hold(Promise::ProxyTakesServersBack, kept, millis(replacement.back));
        outcome.recovered(replacement.back);
        Ok(())
    }
}

fn sum(outcome: Outcome, tally: &Tally, seen: &Seen, most: usize) -> Phase {
    Phase {
        attempts: tally.retries() + tally.calls() as u64,
        retries: tally.retries(),
        noticed_after: seen.noticed,
        most_in_a_window: most,
        outcome,
    }
}

/// What was seen of the replacements.
#[derive(Debug, Default)]
struct Seen {
    kills: Vec<Duration>,
    noticed: Option<Duration>,
}

/// Holds that both servers count together, and gives the most that a window admitted. A store that was lost or came back is
/// allowed its bursts, as docs/rate-limits.md says.
fn hold_limit(sent: &Sent, changes: usize, outcome: &mut Outcome) -> usize {
    let (most, bound) = (sent.admitted.most_within(WINDOW), RATE + (1 + changes) * BURST);
    let seen = format!(
        "at most {most} in a window, {bound} allowed ({changes} losses and returns of the store); {} admitted, {} refused",
        sent.admitted.count(),
        sent.refused
    );
    // Two servers that count apart admit twice as many: with fewer refusals the caller has not sent enough to see it.
    let is_pressed = sent.refused > sent.admitted.count();
    outcome.hold(Promise::LimitHoldsTogether, most <= bound && is_pressed, seen);
    most
}

fn millis(span: Duration) -> String {
    format!("{} ms", span.as_millis())
}
