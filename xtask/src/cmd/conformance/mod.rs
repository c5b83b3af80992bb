//! `cargo xtask conformance`: external tools check the emulator and Hemera's API.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

use self::api::Tools;
use self::emulator::{Emulator, Kind};
use self::table::{Row, Table};
use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::node::Node;
use crate::process::capture;
use crate::python::Python;
use crate::screen::{Mark, Step, heading};
use crate::signals;
use crate::stopwatch::Stopwatch;
use crate::workspace::{Workspace, root};

mod api;
mod emulator;
mod evidence;
mod recorded;
mod table;

/// Check the emulator and Hemera's API against external tools.
///
/// First `@clerk/backend` from npm (pinned) drives an emulator that plays a development instance, and one that plays a
/// production instance. Then every answer of theirs, and of the emulators in this workspace's own tests, is validated
/// against Clerk's published OpenAPI documents. Then Hemera's OpenAPI document is linted, TypeScript types are made from
/// it, schemathesis sends requests made from it to a running Hemera, and a program in TypeScript works with it through
/// `aither serve`. Last, `aics-tlog` from PyPI (pinned) reads transparency logs that were changed in one way each. Needs
/// Node.js with npm, Python 3.11 and PostgreSQL.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask conformance --quick --install\n  \
                  cargo xtask conformance --clerk-openapi ../openapi-specs\n  \
                  cargo xtask conformance --only api --quick\n  \
                  cargo xtask conformance --only evidence\n\n\
                  Exit code 1: a tool found a fault; the table says where.")]
pub(crate) struct Conformance {
    /// Of this workspace's tests run only the emulator's own, which need no database; send Hemera 50 requests an operation
    /// instead of 2,000
    #[arg(long)]
    quick: bool,
    /// Check only one of the three
    #[arg(long, value_name = "SUBJECT")]
    only: Option<Subject>,
    /// Run no tests here: take what emulators wrote to this file before (`CLERK_EMULATOR_RECORD=FILE cargo xtask test`)
    #[arg(long, value_name = "FILE")]
    exchanges: Option<PathBuf>,
    #[command(flatten)]
    documents: Documents,
    /// Install what is missing: Node.js, Python and PostgreSQL (packages only; no service is started)
    #[arg(long)]
    install: bool,
    /// The table as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Subject {
    /// The emulator of Clerk
    Clerk,
    /// Hemera's own API
    Api,
    /// The transparency log over Hemera's audit records
    Evidence,
}

/// Clerk's own description of its APIs.
#[derive(Args, Debug)]
struct Documents {
    /// A folder with Clerk's OpenAPI documents; without it they are fetched from their public home, pinned
    #[arg(long, value_name = "FOLDER")]
    clerk_openapi: Option<PathBuf>,
    /// Fail where the documents cannot be had, instead of saying that they were not used
    #[arg(long)]
    require_openapi: bool,
}

/// What the steps share.
struct Scene<'a> {
    guard: &'a Guard,
    workspace: &'a Workspace,
    node: &'a Node,
    /// The folder of the installed package.
    package: PathBuf,
    /// What the emulators of this run answered.
    record: PathBuf,
}

impl Conformance {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let watch = Stopwatch::start();
        // First of all, so that a machine without one says so before it compiles.
        let needs_node = self.includes(Subject::Clerk) || self.includes(Subject::Api);
        let node = needs_node.then(|| Node::find(guard, self.install)).transpose()?;
        let python = (self.includes(Subject::Api) || self.includes(Subject::Evidence))
            .then(|| Python::find(guard, self.install))
            .transpose()?;
        let workspace = Workspace::load(guard)?;
        let mut table = Table::new();
        if let (true, Some(node)) = (self.includes(Subject::Clerk), &node) {
            self.on_clerk(guard, &workspace, node, &mut table)?;
        }
        if let (true, Some(node), Some(python)) = (self.includes(Subject::Api), &node, &python) {
            let tools = Tools {
                guard,
                workspace: &workspace,
                node,
                python,
            };
            table.extend(api::check(&tools, self.quick, self.install)?);
        }
        if let (true, Some(python)) = (self.includes(Subject::Evidence), &python) {
            table.extend(evidence::check(guard, &workspace, python, self.install)?);
        }
        table.show(self.json, watch)?;
        Ok(table.verdict(self.documents.require_openapi))
    }

    fn includes(&self, subject: Subject) -> bool {
        self.only.is_none_or(|only| only == subject)
    }

    /// The tools that check the emulator.
    fn on_clerk(&self, guard: &Guard, workspace: &Workspace, node: &Node, table: &mut Table) -> Result<()> {
        let tools = workspace.target.join("tools");
        let scene = Scene {
            guard,
            workspace,
            node,
            package: tools.join("conformance"),
            record: recorded::fresh(workspace)?,
        };
        node.install(guard, &root().join("xtask").join("conformance"), &scene.package)?;
        build(guard, &["clerk-emulator"])?;

        table.extend(tests_of_the_checks(&scene)?);
        table.extend(sdk(&scene)?);
        table.extend(self.provoke(&scene)?);
        table.extend(self.validate(&scene, &tools.join("clerk-openapi"))?);
        Ok(())
    }

    /// More answers than the SDK's: those that this workspace's tests provoke.
    fn provoke(&self, scene: &Scene<'_>) -> Result<Vec<Row>> {
        if let Some(file) = &self.exchanges {
            recorded::append(file, &scene.record)?;
            return Ok(Vec::new());
        }
        if self.quick {
            heading("the emulator's own tests");
            return Ok(vec![recorded::own_tests(scene)?]);
        }
        heading("all tests, and every scenario end to end");
        recorded::everything(scene, self.install)
    }

    fn validate(&self, scene: &Scene<'_>, cache: &Path) -> Result<Vec<Row>> {
        let step = Step::start("Clerk's OpenAPI documents");
        let mut command = scene.node.command(&scene.package, "validate.mjs");
        command
            .arg("--exchanges")
            .arg(&scene.record)
            .arg("--cache")
            .arg(cache);
        if let Some(folder) = &self.documents.clerk_openapi {
            let folder =
                std::path::absolute(folder).context("the folder with Clerk's documents has no path")?;
            command.arg("--documents").arg(folder);
        }
        rows(scene, step, command)
    }
}

/// Whether the checks find the faults that they should.
fn tests_of_the_checks(scene: &Scene<'_>) -> Result<Vec<Row>> {
    let step = Step::start("the checks' own tests");
    let answer = capture(scene.guard, &mut scene.node.tests(&scene.package))?;
    signals::park_if_interrupted();
    let row = if answer.status.success() {
        Row::passed("the checks' own tests", "node --test")
    } else {
        Row::failed("the checks' own tests", "node --test", answer.text())
    };
    let rows = vec![row];
    step.end(table::mark_of(&rows), &table::summary(&rows));
    Ok(rows)
}

/// Clerk's SDK against both kinds of instance.
fn sdk(scene: &Scene<'_>) -> Result<Vec<Row>> {
    let step = Step::start("@clerk/backend against the emulator");
    let mut command = scene.node.command(&scene.package, "witness.mjs");
    let mut emulators = Vec::new();
    for kind in [Kind::Development, Kind::Production] {
        let emulator = Emulator::start(scene, kind)?;
        command.arg(emulator.ready());
        emulators.push(emulator);
    }
    let rows = rows(scene, step, command);
    for emulator in emulators {
        emulator.stop(scene.guard)?;
    }
    rows
}

/// Runs a check and reads the rows that it prints. One that fails to run is a row itself.
fn rows(scene: &Scene<'_>, step: Step, mut command: std::process::Command) -> Result<Vec<Row>> {
    let answer = capture(scene.guard, &mut command)?;
    // The output of a check that a signal has killed is no finding.
    signals::park_if_interrupted();
    if !answer.status.success() {
        let row = Row::failed("the check itself", "node", answer.text());
        step.end(Mark::Bad, "it did not come to its end");
        return Ok(vec![row]);
    }
    let lines = answer.stdout.lines().map(serde_json::from_str);
    let rows: Vec<Row> = lines
        .collect::<Result<_, _>>()
        .context("a check printed something else than rows")?;
    step.end(table::mark_of(&rows), &table::summary(&rows));
    Ok(rows)
}
