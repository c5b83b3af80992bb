//! What a finished program shows of itself: whether it is stripped, which crates it says it is made of, whose paths are in it.

use std::collections::BTreeSet;
use std::io::Read as _;

use anyhow::{Context as _, Result};
use elf::ElfBytes;
use elf::endian::AnyEndian;
use flate2::read::ZlibDecoder;
use serde::Deserialize;

use super::crates::Crate;

/// Where cargo-auditable writes, compressed with zlib.
const AUDIT: &str = ".dep-v0";

/// More than any list of crates; what is larger when it is unpacked is not read.
const AUDIT_LIMIT: u64 = 8 << 20;

/// Parts of paths that are on a developer's or a builder's machine alone.
const FOREIGN: [&str; 6] = [
    "/.cargo/",
    "/.rustup/",
    "/home/runner/",
    "/root/",
    "/Users/",
    "/github/workspace",
];

/// A program's own words.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) crates: BTreeSet<Crate>,
    /// The oldest C library that it runs with.
    pub(super) glibc: Option<String>,
    pub(super) findings: Vec<String>,
}

#[derive(Deserialize)]
struct Audit {
    packages: Vec<AuditPackage>,
}

#[derive(Deserialize)]
struct AuditPackage {
    name: String,
    version: String,
}

/// Reads a program. `places` are further paths that must not be in it.
pub(super) fn inspect(program: &[u8], places: &[String]) -> Result<Shown> {
    let file = ElfBytes::<AnyEndian>::minimal_parse(program).context("it is no program of Linux")?;
    let mut findings = Vec::new();
    let mut audit = None;
    if let (Some(sections), Some(names)) = file.section_headers_with_strtab()? {
        for section in sections {
            let name = names.get(usize::try_from(section.sh_name)?)?;
            if name == ".symtab" || name.starts_with(".debug") {
                findings.push(format!("it is not stripped: it has a section {name}"));
            }
            if name == AUDIT {
                audit = Some(file.section_data(&section)?.0);
            }
        }
    }
    let crates = if let Some(audit) = audit {
        unpack(audit).context("its list of crates cannot be read")?
    } else {
        findings.push("it does not say which crates it is made of: build it with cargo-auditable".to_owned());
        BTreeSet::new()
    };
    let foreign = FOREIGN.iter().copied().chain(places.iter().map(String::as_str));
    for place in foreign.filter(|place| contains(program, place.as_bytes())) {
        findings.push(format!(
            "it holds the path {place} of the machine that it was built on"
        ));
    }
    Ok(Shown {
        crates,
        glibc: oldest_glibc(program),
        findings,
    })
}

fn unpack(audit: &[u8]) -> Result<BTreeSet<Crate>> {
    let mut text = Vec::new();
    ZlibDecoder::new(audit).take(AUDIT_LIMIT).read_to_end(&mut text)?;
    let audit: Audit = serde_json::from_slice(&text)?;
    let crates = audit.packages.into_iter();
    Ok(crates
        .map(|package| Crate::new(&package.name, &package.version))
        .collect())
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let starts = haystack.iter().enumerate().filter(|(_, byte)| *byte == first);
    starts
        .map(|(at, _)| &haystack[at..])
        .any(|rest| rest.starts_with(needle))
}

/// The largest of the versions that its symbols name.
fn oldest_glibc(program: &[u8]) -> Option<String> {
    const BEGIN: &[u8] = b"GLIBC_2.";
    let minors = program
        .windows(BEGIN.len() + 3)
        .filter(|window| window.starts_with(BEGIN));
    let minors = minors.filter_map(|window| {
        let digits = window[BEGIN.len()..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit());
        String::from_utf8(digits.copied().collect())
            .ok()?
            .parse::<u32>()
            .ok()
    });
    minors.max().map(|minor| format!("2.{minor}"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    #[test]
    fn list_of_crates_is_unpacked() {
        let text = r#"{"packages":[{"name":"a","version":"1.0.0","source":"crates.io"},{"name":"b","version":"0.1.0","source":"local","root":true}]}"#;
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        let crates = unpack(&encoder.finish().unwrap()).unwrap();
        assert_eq!(
            crates,
            [Crate::new("a", "1.0.0"), Crate::new("b", "0.1.0")].into()
        );
    }

    #[test]
    fn program_of_an_ordinary_build_is_not_fit_to_be_handed_out() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let place = env!("CARGO_MANIFEST_DIR").to_owned();
        let shown = inspect(&own, std::slice::from_ref(&place)).unwrap();
        let findings = shown.findings.join("\n");
        for what in [
            "not stripped: it has a section .symtab",
            "cargo-auditable",
            &place,
        ] {
            assert!(findings.contains(what), "{findings}");
        }
        assert!(inspect(b"text", &[]).is_err());
    }

    #[test]
    fn newest_symbol_decides_which_c_library_is_needed() {
        assert_eq!(
            oldest_glibc(b"..GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.9\0..").as_deref(),
            Some("2.34")
        );
        assert_eq!(oldest_glibc(b"static"), None);
    }
}
