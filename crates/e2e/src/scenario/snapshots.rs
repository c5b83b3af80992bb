//! The snapshots that are committed with the tests: they are output too, and stay for ever.

use std::path::Path;

use anyhow::Context;

/// All of the workspace's, as one text. What the emulator answers is Clerk's, tokens and addresses included; its
/// own snapshots are not looked at.
pub(super) fn texts() -> anyhow::Result<String> {
    let crates = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut text = String::new();
    for entry in crates.read_dir().context("the crates cannot be read")? {
        let entry = entry?;
        if entry.file_name() != "clerk-emulator" && entry.file_type()?.is_dir() {
            collect(&entry.path(), &mut text)?;
        }
    }
    Ok(text)
}

fn collect(folder: &Path, text: &mut String) -> anyhow::Result<()> {
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, text)?;
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            text.push_str(&std::fs::read_to_string(&path)?);
            text.push('\n');
        }
    }
    Ok(())
}
