//! The bill of materials of a program, in the form `CycloneDX`.
//!
//! cargo-cyclonedx describes a package with the features that the whole workspace turns on; what cargo does not compile for the
//! program is taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::crates::Crate;
use crate::cargo_tool::CargoTool;
use crate::guard::Guard;
use crate::process::capture;
use crate::workspace::{Workspace, cargo, root};

pub(super) const CYCLONEDX: CargoTool = CargoTool {
    name: "cargo-cyclonedx",
    version: "0.5.9",
    built_by: "cargo xtask dist --install",
};

/// It writes a file of this name beside each manifest, and has no other way.
const FILE: &str = "dist-bill";

/// What it describes, by package.
pub(super) type Bills = BTreeMap<String, Value>;

/// Describes every package of the workspace.
pub(super) fn describe(
    guard: &Guard,
    workspace: &Workspace,
    tool: &Path,
    target: &str,
    time: u64,
) -> Result<Bills> {
    let files: Vec<(&str, PathBuf)> = workspace
        .packages
        .iter()
        .map(|package| {
            (
                package.name.as_str(),
                package.manifest.with_file_name(format!("{FILE}.json")),
            )
        })
        .collect();
    for (_, file) in &files {
        guard.remove_at_end(file);
    }
    let mut command = Command::new(tool);
    command
        .args(["cyclonedx", "--format", "json", "--spec-version", "1.5"])
        .args(["--override-filename", FILE, "--target", target, "--quiet"])
        .current_dir(root())
        .env("CARGO", cargo().get_program())
        // With it the description has no random number.
        .env("SOURCE_DATE_EPOCH", time.to_string());
    let answer = capture(guard, &mut command)?;
    let mut bills = Bills::new();
    for (package, file) in files {
        if let Ok(text) = std::fs::read_to_string(&file) {
            std::fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
            bills.insert(package.to_owned(), serde_json::from_str(&text)?);
        }
    }
    if !answer.status.success() {
        bail!("cargo-cyclonedx failed: {}", answer.text());
    }
    Ok(bills)
}

/// The bill with these crates alone, and no path of this machine.
pub(super) fn narrowed(mut bill: Value, crates: &BTreeSet<Crate>) -> Result<String> {
    let components = bill["components"]
        .as_array_mut()
        .context("the bill has no components")?;
    components.retain(|component| of_component(component).is_some_and(|of| crates.contains(&of)));
    let references = components.iter().map(|component| &component["bom-ref"]);
    let mut kept: BTreeSet<String> = references.filter_map(Value::as_str).map(str::to_owned).collect();
    kept.extend(
        bill["metadata"]["component"]["bom-ref"]
            .as_str()
            .map(str::to_owned),
    );
    let is_kept = |reference: &Value| {
        reference
            .as_str()
            .is_some_and(|reference| kept.contains(reference))
    };
    if let Some(dependencies) = bill["dependencies"].as_array_mut() {
        dependencies.retain(|dependency| is_kept(&dependency["ref"]));
        for dependency in dependencies {
            if let Some(on) = dependency["dependsOn"].as_array_mut() {
                on.retain(is_kept);
            }
        }
    }
    let text = serde_json::to_string_pretty(&bill)?;
    let own = root().to_string_lossy();
    Ok(text.replace(&format!("file://{own}"), "file:///source") + "\n")
}

/// The crates that a bill names, with the one that it is of; what is wrong with it are findings.
pub(super) fn read(text: &str, name: &str, version: &str) -> Result<(BTreeSet<Crate>, Vec<String>)> {
    let bill: Value = serde_json::from_str(text).context("the bill of materials is no JSON")?;
    let mut findings = Vec::new();
    if bill["bomFormat"] != "CycloneDX" || bill["specVersion"] != "1.5" {
        findings.push("the bill of materials is not CycloneDX 1.5".to_owned());
    }
    let own = Crate::new(name, version);
    if of_component(&bill["metadata"]["component"]) != Some(own.clone()) {
        findings.push(format!("the bill of materials is not that of {name} {version}"));
    }
    let mut crates = BTreeSet::from([own]);
    for component in bill["components"].as_array().into_iter().flatten() {
        let Some(found) = of_component(component) else {
            findings.push("the bill of materials has a component without name or version".to_owned());
            continue;
        };
        if component["licenses"].as_array().is_none_or(Vec::is_empty) {
            findings.push(format!("the bill of materials has no licence of {}", found.name));
        }
        crates.insert(found);
    }
    Ok((crates, findings))
}

fn of_component(component: &Value) -> Option<Crate> {
    Some(Crate::new(
        component["name"].as_str()?,
        component["version"].as_str()?,
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bill() -> Value {
        let own = format!("path+file://{}/crates/own#0.1.0", root().display());
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5",
            "metadata": { "component": { "name": "own", "version": "0.1.0", "bom-ref": own } },
            "components": [
                { "name": "a", "version": "1.0.0", "bom-ref": "a", "licenses": [{ "expression": "MIT" }] },
                { "name": "b", "version": "2.0.0", "bom-ref": "b" },
            ],
            "dependencies": [{ "ref": own, "dependsOn": ["a", "b"] }, { "ref": "b", "dependsOn": [] }],
        })
    }

    #[test]
    fn bill_names_what_is_compiled_and_no_path_of_this_machine() {
        let crates = BTreeSet::from([Crate::new("a", "1.0.0"), Crate::new("own", "0.1.0")]);
        let text = narrowed(bill(), &crates).unwrap();
        assert_eq!(read(&text, "own", "0.1.0").unwrap(), (crates, vec![]));
        let narrowed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            narrowed["dependencies"],
            json!([{ "ref": "path+file:///source/crates/own#0.1.0", "dependsOn": ["a"] }])
        );
        assert!(!text.contains(&*root().to_string_lossy()));
    }

    #[test]
    fn bill_of_something_else_or_without_a_licence_is_found() {
        let (_, findings) = read(&bill().to_string(), "own", "0.2.0").unwrap();
        let findings = findings.join("\n");
        assert!(
            findings.contains("not that of own 0.2.0") && findings.contains("no licence of b"),
            "{findings}"
        );
        assert!(read("{}", "own", "0.1.0").unwrap().1[0].contains("not CycloneDX"));
    }
}
