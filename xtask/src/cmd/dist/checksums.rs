//! The list of files with their SHA-256, as `sha256sum --check` reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The names of files, each with its hash in hexadecimal.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Checksums(pub(super) BTreeMap<String, String>);

pub(super) fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Checksums {
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (name, hash) in &self.0 {
            let _ = writeln!(text, "{hash}  {name}");
        }
        text
    }

    /// Reads a list; the lines that are none come back as findings.
    pub(super) fn parse(text: &str) -> (Self, Vec<String>) {
        let mut list = Self::default();
        let mut findings = Vec::new();
        for line in text.lines() {
            match line.split_once("  ") {
                Some((hash, name)) if hash.len() == 64 && !name.contains('/') => {
                    list.0.insert(name.to_owned(), hash.to_owned());
                }
                _ => findings.push(format!("the line `{line}` of the checksums is none")),
            }
        }
        (list, findings)
    }

    /// What is not as the list says of these files, given with their hashes.
    pub(super) fn compare(&self, there: &Self) -> Vec<String> {
        let mut findings = Vec::new();
        for (name, hash) in &self.0 {
            match there.0.get(name) {
                None => findings.push(format!("{name} is missing")),
                Some(other) if other != hash => {
                    findings.push(format!(
                        "{name} is another file: its SHA-256 is {other}, and not {hash}"
                    ));
                }
                Some(_) => {}
            }
        }
        let unlisted = there.0.keys().filter(|name| !self.0.contains_key(*name));
        findings.extend(unlisted.map(|name| format!("{name} has no checksum")));
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(files: &[(&str, &[u8])]) -> Checksums {
        Checksums(
            files
                .iter()
                .map(|(name, bytes)| ((*name).to_owned(), sha256(bytes)))
                .collect(),
        )
    }

    #[test]
    fn list_is_read_as_it_was_written() {
        let written = list(&[("b", b"2"), ("a", b"")]);
        let text = written.text();
        assert!(text.starts_with("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"));
        assert_eq!(Checksums::parse(&text), (written, vec![]));
        assert_eq!(Checksums::parse("abc  a\n").1.len(), 1);
    }

    #[test]
    fn changed_missing_and_unlisted_files_are_found() {
        let stated = list(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
        let there = list(&[("a", b"1"), ("b", b"x"), ("d", b"4")]);
        let findings = stated.compare(&there).join("\n");
        for what in ["b is another file", "c is missing", "d has no checksum"] {
            assert!(findings.contains(what), "{findings}");
        }
        assert!(!findings.contains("a is") && stated.compare(&stated).is_empty());
    }
}
