//! The binary from outside, against a registry on this machine: what it unpacks, and what it refuses.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::fs::read_to_string;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::registry::{Registry, said, sha256, tar_gz, wheel};

mod registry;

const PACKAGE: &str = "/@scope/tool/-/tool-1.2.3.tgz";

/// A registry with one package of npm, and its hash.
fn with_package(entries: &[registry::Entry]) -> (Registry, String) {
    let registry = Registry::start();
    let package = tar_gz(entries);
    let hash = sha256(&package);
    registry.put(PACKAGE, "application/octet-stream", package);
    (registry, hash)
}

#[test]
fn a_package_of_npm_is_unpacked_with_its_programs_executable() {
    let (registry, hash) = with_package(&[
        ("package/bin/tool", 0o755, "run"),
        ("package/share/notes", 0o600, "read"),
        ("package/share/old/big", 0o644, "not wanted"),
    ]);
    let output = registry
        .downloads(&[
            "npm",
            "@scope/tool",
            "1.2.3",
            "--sha256",
            &hash,
            "--without",
            "package/share/old",
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let file = |path: &str| registry.target().join(path);
    assert_eq!(read_to_string(file("package/bin/tool")).unwrap(), "run");
    let mode = |path: &str| file(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode("package/bin/tool"), mode("package/share/notes")),
        (0o755, 0o644)
    );
    assert!(!file("package/share/old").exists());
    // Nothing of this machine is sent along.
    let asked = registry.asked().join("\n").to_lowercase();
    assert!(
        !asked.contains("cookie") && !asked.contains("authorization"),
        "{asked}"
    );
}

#[test]
fn a_wheel_is_found_in_the_index_as_json_and_as_a_page() {
    let content = wheel(&[("tool/bin/tool", 0o755, "run")]);
    let hash = sha256(&content);
    let list = json!({ "files": [
        { "filename": "tool-1-py3-none-other.whl", "url": "/files/other.whl" },
        { "filename": "tool-1-py3-none-any.whl", "url": "/files/a/tool-1-py3-none-any.whl" },
    ] });
    let page = "<a href=\"/files/other.whl#sha256=1\">o</a> <a href=\"../../files/a/tool-1-py3-none-any.whl#sha256=2\">t</a>";
    for (media_type, list) in [
        ("application/vnd.pypi.simple.v1+json", list.to_string()),
        ("text/html", page.to_owned()),
    ] {
        let registry = Registry::start();
        registry.put("/simple/tool/", media_type, list.into_bytes());
        registry.put(
            "/files/a/tool-1-py3-none-any.whl",
            "application/zip",
            content.clone(),
        );
        let output = registry
            .downloads(&["pypi", "tool", "tool-1-py3-none-any.whl", "--sha256", &hash])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let program = registry.target().join("tool/bin/tool");
        assert_eq!(read_to_string(&program).unwrap(), "run");
        assert_eq!(program.metadata().unwrap().permissions().mode() & 0o777, 0o755);
    }
}

#[test]
fn a_file_with_another_hash_is_thrown_away() {
    let (registry, _) = with_package(&[("package/bin/tool", 0o755, "changed on the way")]);
    let wanted = sha256(b"another file");
    let output = registry
        .downloads(&["npm", "@scope/tool", "1.2.3", "--sha256", &wanted])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains(&format!("{wanted} was expected")),
        "{}",
        said(&output)
    );
    assert!(!registry.target().exists());
}

#[test]
fn a_path_that_leads_out_of_the_folder_is_refused() {
    for path in ["../outside", "package/../../outside", "/tmp/hemera-outside"] {
        let (registry, hash) = with_package(&[("package/bin/tool", 0o755, "run"), (path, 0o644, "out")]);
        let output = registry
            .downloads(&["npm", "@scope/tool", "1.2.3", "--sha256", &hash])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert!(
            said(&output).contains("leads out of its folder"),
            "{}",
            said(&output)
        );
        assert!(!registry.target().exists() && !registry.target().with_file_name("outside").exists());
    }
}

#[test]
fn a_registry_without_encryption_is_refused_and_its_password_not_printed() {
    let registry = Registry::start();
    let output = registry
        .downloads(&["npm", "@scope/tool", "1.2.3", "--sha256", "00"])
        .env("npm_config_registry", "http://me:secret@registry.example/")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.contains("the registry in npm_config_registry: it does not begin with https://"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn an_index_that_links_to_a_place_without_encryption_is_refused() {
    let registry = Registry::start();
    let list = json!({ "files": [{ "filename": "tool.whl", "url": "http://files.example/tool.whl" }] });
    registry.put("/simple/tool/", "application/json", list.to_string().into_bytes());
    let output = registry
        .downloads(&["pypi", "tool", "tool.whl", "--sha256", "00"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("the index links to an address that is not safe"),
        "{}",
        said(&output)
    );
}

#[test]
fn the_registry_in_npmrc_is_asked() {
    let (registry, hash) = with_package(&[("package/bin/tool", 0o755, "run")]);
    let home = registry.target().with_file_name(".npmrc");
    std::fs::write(home, format!("fund=false\nregistry = {}\n", registry.address)).unwrap();
    let output = registry
        .downloads(&["npm", "@scope/tool", "1.2.3", "--sha256", &hash])
        .env_remove("npm_config_registry")
        .env_remove("NPM_CONFIG_REGISTRY")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_package_that_is_not_there_is_named() {
    let registry = Registry::start();
    let output = registry
        .downloads(&["npm", "@scope/tool", "1.2.3", "--sha256", "00"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains(&format!("{PACKAGE} answered 404")),
        "{}",
        said(&output)
    );
}
