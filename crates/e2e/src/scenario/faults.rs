//! The fault scenarios of `cargo xtask chaos`, in their short form.

use crate::chaos::{self, Short};
use crate::checklist::Checklist;
use crate::failure::Failure;
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
        let outcome = short.run(place).await;
        if let Ok(Some(lacking)) = &outcome {
            checklist.not_run(name, lacking);
            continue;
        }
        let kept = async { outcome.map_err(|broken| Failure::new("every promise to be kept", broken)) };
        checklist.step(name, async { kept.await.map(drop) }).await;
    }
}
