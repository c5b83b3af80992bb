//! Builds again when a migration is added, and names the commit that a release is built from. `BUILD_COMMIT` gives it where
//! there is no repository; other builds than releases do not ask, so that a commit does not make everything build again.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=BUILD_COMMIT");
    // `sqlx::migrate!` embeds the folder, and cargo does not know of files that are new in it.
    println!("cargo:rerun-if-changed=../../migrations");
    let given = env::var("BUILD_COMMIT").ok().filter(|commit| !commit.is_empty());
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = given.or_else(|| is_release.then(commit_of_repository).flatten());
    println!(
        "cargo:rustc-env=HEMERA_COMMIT={}",
        commit.as_deref().unwrap_or("unknown")
    );
}

fn commit_of_repository() -> Option<String> {
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name]) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
