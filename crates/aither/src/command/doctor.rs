//! `aither doctor`.

use aither_client::doctor::{Check, Doctor, Report, Verdict};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Examined<'a> {
    is_healthy: bool,
    checks: &'a [Check],
}

pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    if let Some(path) = context.settings.exposed_file() {
        context.console.note(format_args!(
            "warning: other users may read {}: if it has secrets, restrict it with chmod 600",
            path.display()
        ));
    }
    let doctor = Doctor::load_with(|name| context.settings.lookup(name));
    let report = context.with_signals("examining", doctor.examine()).await?;
    let examined = Examined {
        is_healthy: report.is_healthy(),
        checks: &report.checks,
    };
    context.print(&examined, || report.to_string())?;
    Ok(exit_of(&report))
}

/// The first failure decides: it is the one to fix first.
fn exit_of(report: &Report) -> Exit {
    let failed = |check: &&Check| check.verdict == Verdict::Failed;
    match report.checks.iter().find(failed).map(|check| check.name) {
        None => Exit::Done,
        Some("settings") => Exit::Configuration,
        Some("hemera") => Exit::Unreachable,
        Some(_) => Exit::Failed,
    }
}
