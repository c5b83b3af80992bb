//! Packing: an archive and a bill of materials for each program, and the checksums of all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::archive::{self, Entry};
use super::bill::{self, Bills};
use super::checksums::{Checksums, sha256};
use super::crates::{self, Crate};
use super::licences::Packages;
use super::release::{Commit, Edition};
use crate::guard::Guard;
use crate::release_build::{PROGRAMS, ReleaseBuild};
use crate::screen::{Mark, Step};
use crate::workspace::{Workspace, root};

/// What is in each archive beside the program and what is made for it.
const TEXTS: [&str; 5] = [
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "CHANGELOG.md",
    ".env.example",
];

/// Packs the programs of a build into a folder, which is made anew.
pub(super) fn pack(
    guard: &Guard,
    workspace: &Workspace,
    cyclonedx: &Path,
    build: &ReleaseBuild,
    (release, commit): (&Edition, &Commit),
    folder: &Path,
) -> Result<Checksums> {
    let step = Step::start("bills of materials");
    let bills = bill::describe(guard, workspace, cyclonedx, &release.target, commit.time)?;
    let packages = Packages::load(guard, &release.target)?;
    step.end(Mark::Good, &format!("{} packages described", bills.len()));
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be replaced", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut list = Checksums::default();
    let mut write = |name: String, bytes: &[u8]| -> Result<()> {
        fs::write(folder.join(&name), bytes).with_context(|| format!("{name} cannot be written"))?;
        list.0.insert(name, sha256(bytes));
        Ok(())
    };
    for (done, program) in PROGRAMS.into_iter().enumerate() {
        let step = Step::start(&format!("packing {program}"));
        step.progress(u64::try_from(done)?, u64::try_from(PROGRAMS.len())?);
        let crates = crates::resolved(guard, program, &release.target)?;
        let bill = bill_of(&bills, program, &crates)?;
        let licences = packages.licences_of(&crates)?;
        let entries = entries(
            &build.programs().join(program),
            program,
            release,
            &bill,
            &licences,
        )?;
        let archive = archive::write(entries, commit.time)?;
        write(release.archive(program), &archive)?;
        write(release.bill(program), bill.as_bytes())?;
        step.end(Mark::Good, &format!("{} bytes", archive.len()));
    }
    fs::write(folder.join(release.checksums()), list.text()).context("the checksums cannot be written")?;
    Ok(list)
}

fn bill_of(bills: &Bills, program: &str, crates: &BTreeSet<Crate>) -> Result<String> {
    let bill = bills
        .get(program)
        .with_context(|| format!("cargo-cyclonedx did not describe {program}"))?;
    bill::narrowed(bill.clone(), crates)
}

fn entries(
    binary: &Path,
    program: &str,
    release: &Edition,
    bill: &str,
    licences: &str,
) -> Result<Vec<Entry>> {
    let read = |path: &Path| fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let inside = |name: &str| format!("{}/{name}", release.stem(program));
    if !binary.is_file() {
        bail!("{} was not built", binary.display());
    }
    let mut entries = vec![
        Entry {
            is_program: true,
            ..Entry::file(inside(program), read(binary)?)
        },
        Entry::file(inside(&format!("{program}.cdx.json")), bill),
        Entry::file(inside("THIRD-PARTY-LICENSES.txt"), licences),
    ];
    for text in TEXTS {
        entries.push(Entry::file(inside(text), read(&root().join(text))?));
    }
    let readme = root().join("crates").join(program).join("README.md");
    if readme.is_file() {
        entries.push(Entry::file(inside("README.md"), read(&readme)?));
    }
    Ok(entries)
}
