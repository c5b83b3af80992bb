//! The table that a person reads, and the document for machines.

use serde_json::json;

use super::phase::Phase;
use crate::chaos::report::{broken, details, in_words, millis};

/// Prints all phases, and what counted the limits.
pub(super) fn print(phases: &[Phase], store: &str, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let broken: Vec<_> = phases.iter().flat_map(|phase| broken(&phase.outcome)).collect();
        let document = json!({ "store": store, "phases": phases, "broken": broken });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    println!(
        "{:<16} {:>7} {:>8} {:>7} {:>6} {:>9} {:>9} {:>9} {:>9}  verdict",
        "phase", "calls", "attempts", "retries", "failed", "longest", "noticed", "back", "admitted"
    );
    for phase in phases {
        let outcome = &phase.outcome;
        println!(
            "{:<16} {:>7} {:>8} {:>7} {:>6} {:>9} {:>9} {:>9} {:>9}  {}",
            outcome.scenario,
            outcome.calls,
            phase.attempts,
            phase.retries,
            outcome.failures,
            millis(outcome.longest),
            millis(phase.noticed_after),
            millis(outcome.recovered_after),
            phase.most_in_a_window,
            in_words(outcome.verdict()),
        );
    }
    println!("\nlimits are counted in {store}");
    for phase in phases {
        details(&phase.outcome);
    }
    Ok(())
}
