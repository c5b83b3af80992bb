//! The check of a release: by what it says of itself, and by the workspace that it was made from.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::archive;
use super::bill;
use super::binary;
use super::checksums::{Checksums, sha256};
use super::crates::{self, Crate};
use super::release::Edition;
use super::signature::{self, Minisign};
use crate::guard::Guard;
use crate::release_build::{PROGRAMS, cargo_home};
use crate::screen::{Mark, Step, say};
use crate::workspace::root;

/// What is known of a release when it has been read.
#[derive(Debug, Default)]
struct Report {
    findings: Vec<String>,
}

impl Report {
    /// Shows a step with what was found in it.
    fn end(&mut self, step: Step, findings: Vec<String>, note: &str) {
        if findings.is_empty() {
            step.end(Mark::Good, note);
            return;
        }
        step.end(Mark::Bad, &format!("{} findings", findings.len()));
        for finding in &findings {
            say(&format!("    {finding}"));
        }
        self.findings.extend(findings);
    }
}

/// Checks each release in the folder; says whether all are as they should be.
pub(super) fn verify(guard: &Guard, folder: &Path, key: Option<&str>, may_install: bool) -> Result<bool> {
    let names = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let names: Vec<String> = names
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    let releases: Vec<Edition> = names
        .iter()
        .filter_map(|name| Edition::of_checksums(name))
        .collect();
    if releases.is_empty() {
        bail!(
            "{} has no release: no file hemera-aither-….sha256",
            folder.display()
        );
    }
    let mut report = Report::default();
    for release in &releases {
        checksums(&mut report, folder, release, &names)?;
        signed(guard, &mut report, folder, release, key, may_install)?;
        for program in PROGRAMS {
            one(guard, &mut report, folder, release, program)?;
        }
    }
    Ok(report.findings.is_empty())
}

fn checksums(report: &mut Report, folder: &Path, release: &Edition, names: &[String]) -> Result<()> {
    let step = Step::start(&format!(
        "checksums of {} for {}",
        release.version, release.target
    ));
    let text = fs::read_to_string(folder.join(release.checksums()))?;
    let (stated, mut findings) = Checksums::parse(&text);
    let of_this = |name: &&String| name.contains(&release.target) && !name.contains(".sha256");
    let mut there = Checksums::default();
    for name in names.iter().filter(of_this) {
        there
            .0
            .insert(name.clone(), sha256(&fs::read(folder.join(name))?));
    }
    findings.extend(stated.compare(&there));
    report.end(step, findings, &format!("{} files", stated.0.len()));
    Ok(())
}

fn signed(
    guard: &Guard,
    report: &mut Report,
    folder: &Path,
    release: &Edition,
    key: Option<&str>,
    may_install: bool,
) -> Result<()> {
    let step = Step::start("signature of the checksums");
    let file = folder.join(release.checksums());
    match (signature::of(&file).is_file(), key) {
        (true, Some(key)) => {
            let minisign = step.aside(|| Minisign::require(guard, may_install))?;
            let wrong = minisign.verify(guard, key, &file)?;
            report.end(step, wrong.into_iter().collect(), "of the key that was given");
        }
        (false, Some(_)) => report.end(step, vec!["there is none, and a key was given".to_owned()], ""),
        (true, None) => step.end(Mark::Skipped, "not checked: give the key with --public-key"),
        (false, None) => step.end(Mark::Skipped, "there is none: the release is unsigned"),
    }
    Ok(())
}

fn one(guard: &Guard, report: &mut Report, folder: &Path, release: &Edition, program: &str) -> Result<()> {
    let step = Step::start(&format!("{program} and its bill of materials"));
    let Ok(bytes) = fs::read(folder.join(release.archive(program))) else {
        report.end(
            step,
            vec![format!("there is no {}", release.archive(program))],
            "",
        );
        return Ok(());
    };
    let entries =
        archive::read(&bytes).with_context(|| format!("{} cannot be read", release.archive(program)))?;
    let inside = |name: &str| {
        let path = format!("{}/{name}", release.stem(program));
        entries.iter().find(|entry| entry.path == path)
    };
    let mut findings = Vec::new();
    for name in ["THIRD-PARTY-LICENSES.txt", "LICENSE-MIT", "LICENSE-APACHE"] {
        if inside(name).is_none_or(|entry| entry.bytes.is_empty()) {
            findings.push(format!("the archive has no {name}"));
        }
    }
    let Some(binary) = inside(program).filter(|entry| entry.is_program) else {
        findings.push(format!("the archive has no program {program}"));
        report.end(step, findings, "");
        return Ok(());
    };
    let own = |path: &Path| path.display().to_string();
    let shown = binary::inspect(&binary.bytes, &[own(root()), own(&cargo_home()?)])?;
    findings.extend(shown.findings);
    let bill = fs::read(folder.join(release.bill(program))).unwrap_or_default();
    if inside(&format!("{program}.cdx.json")).is_none_or(|entry| entry.bytes != bill) {
        findings.push("the bill of materials in the archive is not the one beside it".to_owned());
    }
    let licences = inside("THIRD-PARTY-LICENSES.txt").map(|entry| String::from_utf8_lossy(&entry.bytes));
    let licences = licences.unwrap_or_default();
    let (billed, wrong) = bill::read(&String::from_utf8_lossy(&bill), program, &release.version)?;
    findings.extend(wrong);
    findings.extend(unlicensed(&billed, &licences));
    let compiled = crates::resolved(guard, program, &release.target)?;
    findings.extend(disagreements(
        &shown.crates,
        &billed,
        &compiled,
        &crates::locked()?,
    ));
    let glibc = shown.glibc.map_or_else(
        || "no C library".to_owned(),
        |version| format!("glibc {version} or newer"),
    );
    let megabytes = binary.bytes.len() / 100_000;
    let note = format!(
        "{}.{} MB, stripped, {} crates, needs {glibc}",
        megabytes / 10,
        megabytes % 10,
        billed.len()
    );
    report.end(step, findings, &note);
    Ok(())
}

/// The crates of which the text of the licences says nothing.
fn unlicensed(crates: &BTreeSet<Crate>, licences: &str) -> Vec<String> {
    let missing = crates
        .iter()
        .filter(|of| !licences.contains(&format!("\n{} {}: ", of.name, of.version)));
    missing
        .map(|of| format!("the licences say nothing of {} {}", of.name, of.version))
        .collect()
}

/// Where the program's own list, its bill, what cargo compiles for it and the lock file do not agree.
fn disagreements(
    audited: &BTreeSet<Crate>,
    billed: &BTreeSet<Crate>,
    compiled: &BTreeSet<Crate>,
    locked: &BTreeSet<Crate>,
) -> Vec<String> {
    let mut findings = Vec::new();
    let mut beyond = |some: &BTreeSet<Crate>, others: &BTreeSet<Crate>, what: &str| {
        let names = some
            .difference(others)
            .map(|it| format!("{} {}", it.name, it.version));
        findings.extend(names.map(|name| format!("{name} {what}")));
    };
    beyond(
        audited,
        locked,
        "is in the program, and not in this version in Cargo.lock",
    );
    beyond(
        compiled,
        audited,
        "is compiled for the program, and not in its own list",
    );
    beyond(
        compiled,
        billed,
        "is compiled for the program, and not in its bill of materials",
    );
    beyond(
        billed,
        compiled,
        "is in the bill of materials, and not compiled for the program",
    );
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_disagreement_is_found() {
        let [a, b] = [Crate::new("a", "1.0.0"), Crate::new("b", "1.0.0")];
        let all = BTreeSet::from([a.clone(), b.clone()]);
        let one = BTreeSet::from([a]);
        assert!(disagreements(&all, &all, &all, &all).is_empty());
        for (audited, billed, compiled, locked, what) in [
            (&all, &all, &all, &one, "not in this version in Cargo.lock"),
            (&one, &all, &all, &all, "not in its own list"),
            (&all, &one, &all, &all, "not in its bill"),
            (&all, &all, &one, &all, "not compiled for the program"),
        ] {
            let findings = disagreements(audited, billed, compiled, locked);
            assert!(findings.len() == 1 && findings[0].contains(what), "{findings:?}");
        }
        // What the whole workspace turns on may be in the program's list, too.
        assert!(disagreements(&all, &one, &one, &all).is_empty());
    }
}
