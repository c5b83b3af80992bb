//! Small trees of files for the tests of the rules.

use std::path::Path;

use super::modules::Modules;
use super::sources::Sources;
use super::{Finding, TextFile};

/// Files of these paths and texts.
pub(super) fn files(texts: &[(&str, &str)]) -> Vec<TextFile> {
    texts
        .iter()
        .map(|(path, text)| TextFile {
            path: path.into(),
            text: (*text).to_owned(),
        })
        .collect()
}

/// What a rule about modules finds in the crate whose root is `lib.rs`.
pub(super) fn findings(
    texts: &[(&str, &str)],
    rule: impl FnOnce(Modules<'_>) -> Vec<Finding>,
) -> Vec<String> {
    let files = files(texts);
    let (sources, unreadable) = Sources::parse(&files);
    assert_eq!(unreadable, []);
    let (modules, missing) = Modules::read(&sources, Path::new("lib.rs"));
    assert_eq!(missing, []);
    rule(modules).iter().map(ToString::to_string).collect()
}
