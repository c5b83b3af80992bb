//! The document by itself: what a linter finds in it, and whether the types made from it are fresh and of use.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::super::table::{Row, mark_of, summary};
use super::{DOCUMENT, Tools};
use crate::process::capture;
use crate::screen::Step;
use crate::signals;
use crate::workspace::root;

/// Where consumers find the types, with a sample that is compiled with them.
pub(super) const CLIENT: &str = "docs/clients/typescript";

/// One row for each of: the linter, the committed types, the sample.
pub(super) fn examine(tools: &Tools<'_>, packages: &Path) -> Result<Vec<Row>> {
    let step = Step::start("Hemera's OpenAPI document");
    let fresh = tools.workspace.target.join("conformance").join("schema.d.ts");
    if let Some(folder) = fresh.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let script = |path: &str| {
        let mut command = tools.node.command(&packages.join("node_modules"), path);
        command.current_dir(root());
        command
    };

    let mut lint = script("@redocly/cli/bin/cli.js");
    lint.args(["lint", "--config"])
        .arg(packages.join("redocly.yaml"))
        .arg(DOCUMENT)
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    let mut types = script("openapi-typescript/bin/cli.js");
    types.arg(DOCUMENT).arg("--output").arg(&fresh);
    let mut compile = script("typescript/bin/tsc");
    compile.args(["--project", CLIENT, "--noEmit"]);

    let rows = vec![
        succeeds(tools, "the document", "Redocly", &mut lint)?,
        types_are_fresh(tools, &mut types, &fresh)?,
        succeeds(tools, "TypeScript sample", "tsc --strict", &mut compile)?,
    ];
    step.end(mark_of(&rows), &summary(&rows));
    Ok(rows)
}

/// Passes if a program succeeds. Otherwise its output is the finding, with the command to repeat it.
fn succeeds(tools: &Tools<'_>, operation: &str, tool: &str, command: &mut Command) -> Result<Row> {
    let answer = capture(tools.guard, command)?;
    signals::park_if_interrupted();
    Ok(if answer.status.success() {
        Row::passed(operation, tool)
    } else {
        let details = format!("{}\nagain: {command:?}", answer.text());
        Row::failed(operation, tool, details)
    })
}

/// The committed types are those that the document gives now.
fn types_are_fresh(tools: &Tools<'_>, command: &mut Command, fresh: &Path) -> Result<Row> {
    let (operation, tool) = ("TypeScript types", "openapi-typescript");
    let row = succeeds(tools, operation, tool, command)?;
    if !row.is_passed() {
        return Ok(row);
    }
    let committed = root().join(CLIENT).join("schema.d.ts");
    let made = std::fs::read(fresh).with_context(|| format!("{} was not written", fresh.display()))?;
    if std::fs::read(&committed).is_ok_and(|committed| committed == made) {
        return Ok(row);
    }
    let details = format!(
        "{CLIENT}/schema.d.ts is not what {DOCUMENT} gives: cp {} {}",
        fresh.display(),
        committed.display()
    );
    Ok(Row::failed(operation, tool, details))
}
