//! The fault scenarios of `cargo xtask chaos`, in their short form.

use crate::chaos::{self, Short};
use crate::checklist::Checklist;
use crate::failure::Failure;
use crate::scale;
use crate::stack::Programs;

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) {
    checklist.scenario("Something breaks, and the promises are kept");
    let Some(short) = chaos::in_short(programs) else {
        let missing = async {
            Err(Failure::new(
                "the programs of a PostgreSQL that may be broken, in HEMERA_POSTGRES_BIN",
                "none: `cargo xtask e2e --all --install` installs them",
            ))
        };
        checklist.step("A PostgreSQL of its own", missing).await;
        return;
    };
    for (place, name) in Short::names().iter().enumerate() {
        note(checklist, name, short.run(place).await).await;
    }
    let title = "two servers behind HAProxy: both restarted, one killed";
    note(checklist, title, scale::in_short(programs).await).await;
}

/// Notes what came of a scenario: what this machine lacks for it, or which promises were broken.
async fn note(checklist: &mut Checklist, title: &str, outcome: Result<Option<String>, String>) {
    if let Ok(Some(lacking)) = &outcome {
        checklist.not_run(title, lacking);
        return;
    }
    let kept = outcome.map_err(|broken| Failure::new("every promise to be kept", broken));
    checklist.step(title, async { kept.map(drop) }).await;
}
