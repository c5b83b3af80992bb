//! The configuration: its layers, its faults, and the documents that show it.

mod database_transport;
mod documents;
mod env_file;
mod environments;
mod faults;
mod layers;
mod names;

use std::ffi::OsString;
use std::path::PathBuf;

use hemera_api::config::{Config, Faults, Inputs};

const GOOD: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://hemera:swordfish@localhost/hemera"),
    ("CLERK_SECRET_KEY", "sk_test_swordfish4711"),
    ("CLERK_ISSUER", "https://clerk.example.com"),
];

fn inputs(settings: &[(&str, &str)]) -> Inputs {
    let mut all: Vec<(OsString, OsString)> = Vec::new();
    for (name, value) in GOOD.iter().chain(settings) {
        all.retain(|(earlier, _)| earlier != name);
        all.push((name.into(), value.into()));
    }
    Inputs {
        environment: all,
        environment_file: None,
        file: None,
    }
}

fn load(settings: &[(&str, &str)]) -> Result<Config, Faults> {
    Config::load(&inputs(settings))
}

#[track_caller]
fn faults(settings: &[(&str, &str)]) -> String {
    load(settings).unwrap_err().to_string()
}

fn file(text: &str) -> (tempfile::NamedTempFile, PathBuf) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_owned();
    (file, path)
}
