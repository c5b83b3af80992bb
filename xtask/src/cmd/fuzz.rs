//! `cargo xtask fuzz`: generated inputs against the parsers of what callers send.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use nix::sys::signal::Signal;

use crate::Verdict;
use crate::cargo_tool::CargoTool;
use crate::guard::Guard;
use crate::process::each_line;
use crate::screen::{heading, say};
use crate::stopwatch::Stopwatch;
use crate::workspace::{Workspace, root};

/// Fuzz the parsers of tokens, bodies, query strings and headers with libFuzzer.
///
/// Works with the pinned stable toolchain: coverage guides the search, and no sanitizer is wanted, for the code has no
/// `unsafe`. Each target holds what comes out against properties; the first input that breaks one is kept in
/// `fuzz/artifacts`, and the command fails. What was learnt stays in `fuzz/corpus` for the next run.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask fuzz --install\n  cargo xtask fuzz token --seconds 600")]
pub(crate) struct Fuzz {
    /// Only these; all of them one after another where none is named
    targets: Vec<Target>,
    /// How long each target is fuzzed
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Build cargo-fuzz where it is missing (into the target folder)
    #[arg(long)]
    install: bool,
}

/// Where the fuzzer comes from.
const CARGO_FUZZ: CargoTool = CargoTool {
    name: "cargo-fuzz",
    version: "0.13.2",
    built_by: "cargo xtask fuzz --install",
};

/// What is fuzzed.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Target {
    /// Any text as a token
    Token,
    /// Any header and claims under a good signature
    Claims,
    /// Any request body
    Body,
    /// Any query string
    Query,
    /// Any text as a condition, an id or a time
    Headers,
}

/// What libFuzzer counts at the end.
#[derive(Debug, Default)]
struct Counts {
    runs: Option<u64>,
    a_second: Option<u64>,
    found: Option<PathBuf>,
}

impl Fuzz {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let workspace = Workspace::load(guard)?;
        let program = match CARGO_FUZZ.find(&workspace) {
            Some(program) => program,
            None if self.install => {
                heading("building cargo-fuzz");
                CARGO_FUZZ.install(guard, &workspace)?
            }
            None => bail!("{}", CARGO_FUZZ.hint()),
        };
        let targets = match self.targets.as_slice() {
            [] => Target::value_variants(),
            some => some,
        };
        let mut verdict = Verdict::Good;
        for target in targets {
            if self.fuzz(guard, &program, *target)? == Verdict::Bad {
                verdict = Verdict::Bad;
            }
        }
        Ok(verdict)
    }

    fn fuzz(&self, guard: &Guard, program: &Path, target: Target) -> Result<Verdict> {
        let name = target.name();
        heading(&format!("fuzzing {name} for {} s", self.seconds));
        let watch = Stopwatch::start();
        let mut command = self.command(program, &name)?;
        let mut child = guard.spawn(&mut command, Signal::SIGINT)?;
        let counts = Arc::new(Mutex::new(Counts::default()));
        if let Some(stderr) = child.stderr.take() {
            let counts = Arc::clone(&counts);
            let reader = each_line(stderr, move |line| {
                say(&line);
                if let Ok(mut counts) = counts.lock() {
                    counts.take(&line);
                }
            });
            // Ended before the child is asked how it went.
            let _ = reader.join();
        }
        let status = guard.wait(&mut child)?;
        let counts = counts
            .lock()
            .map(|mut counts| std::mem::take(&mut *counts))
            .unwrap_or_default();
        let Some(runs) = counts.runs else {
            bail!("{name} was not fuzzed: fix what is named above");
        };
        println!(
            "{name}: {runs} runs, {} a second ({watch})",
            counts.a_second.unwrap_or_default()
        );
        if status.success() {
            return Ok(Verdict::Good);
        }
        match counts.found {
            Some(input) => say(&format!(
                "{name} broke a property on {}: its message is above. Fix the parser, and add the input to \
                 fuzz/seeds/{name} so that it stays fixed",
                input.strip_prefix(root()).unwrap_or(&input).display()
            )),
            None => say(&format!("{name} ended with {status}")),
        }
        Ok(Verdict::Bad)
    }

    fn command(&self, program: &Path, name: &str) -> Result<Command> {
        let folder = root().join("fuzz");
        let corpus = folder.join("corpus").join(name);
        std::fs::create_dir_all(&corpus).with_context(|| format!("{} cannot be made", corpus.display()))?;
        let mut command = Command::new(program);
        command.current_dir(root());
        command.args(["run", "--fuzz-dir", "fuzz", "--sanitizer", "none", name]);
        command.arg(&corpus).arg(folder.join("seeds").join(name));
        command.arg("--");
        command.arg(format!("-max_total_time={}", self.seconds));
        command.arg(format!(
            "-dict={}",
            folder.join("dictionaries").join(format!("{name}.dict")).display()
        ));
        // The bound of a body; tokens and heads are refused far below.
        command.args(["-max_len=65536", "-timeout=10", "-print_final_stats=1"]);
        command.stderr(Stdio::piped());
        Ok(command)
    }
}

impl Target {
    /// As the targets are called in `fuzz/Cargo.toml`.
    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

impl Counts {
    /// Reads `stat::number_of_executed_units: 1234` and where the input that broke something was written.
    fn take(&mut self, line: &str) {
        let stat = |name: &str| line.strip_prefix(name)?.trim().parse().ok();
        if let Some(runs) = stat("stat::number_of_executed_units:") {
            self.runs = Some(runs);
        }
        if let Some(a_second) = stat("stat::average_exec_per_sec:") {
            self.a_second = Some(a_second);
        }
        if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.found = Some(PathBuf::from(path.trim()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_statistics_of_the_fuzzer_are_read() {
        let mut counts = Counts::default();
        for line in [
            "#4194304\tpulse  cov: 812 ft: 3321 corp: 500/40Kb lim: 4096 exec/s: 52428 rss: 60Mb",
            "artifact_prefix='fuzz/artifacts/body/'; Test unit written to fuzz/artifacts/body/crash-1f",
            "stat::number_of_executed_units: 5000000",
            "stat::average_exec_per_sec:     50000",
        ] {
            counts.take(line);
        }
        assert_eq!((counts.runs, counts.a_second), (Some(5_000_000), Some(50_000)));
        assert_eq!(
            counts.found.as_deref(),
            Some(Path::new("fuzz/artifacts/body/crash-1f"))
        );
    }

    #[test]
    fn every_target_is_in_the_manifest_and_has_seeds() {
        let folder = root().join("fuzz");
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let names: Vec<String> = Target::value_variants()
            .iter()
            .map(|target| target.name())
            .collect();
        assert_eq!(manifest.matches("[[bin]]").count(), names.len());
        for name in names {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            assert!(folder.join("seeds").join(&name).is_dir(), "{name}");
            assert!(
                folder.join("dictionaries").join(format!("{name}.dict")).is_file(),
                "{name}"
            );
        }
    }
}
