//! The files in `deploy/` are held against what they name: the schemas of the programs that read them, and Hemera's own
//! settings, commands, paths and ports.

mod compose;
mod containerfile;
mod environments;
mod failover;
mod haproxy;
mod kubernetes;
mod process;
mod schema;
mod systemd;

use std::path::{Path, PathBuf};
use std::time::Duration;

use hemera_api::config::{Config, Inputs};
use serde_json::Value;

/// The longest that a server takes for its audit queues, after the drain.
const AUDIT_QUEUES: Duration = Duration::from_secs(10);

/// A path from the top folder of the repository on.
fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

#[track_caller]
fn text(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What a server has where nothing but the least is set.
fn defaults() -> Config {
    let environment = [
        ("DATABASE_URL", "postgres:///hemera?host=/run/postgresql"),
        ("CLERK_SECRET_KEY", "sk_live_swordfish4711"),
        ("CLERK_ISSUER", "https://clerk.example.com"),
        ("HEMERA_LIMITS__REPLICAS", "2"),
    ];
    Config::load(&Inputs {
        environment: environment
            .map(|(name, value)| (name.into(), value.into()))
            .into(),
        environment_file: None,
        file: None,
    })
    .unwrap()
}

/// The documents of a YAML file, with anchors and merge keys resolved.
#[track_caller]
fn documents(name: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The strings of an array; none where there is no array.
fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.map(|item| item.as_str().unwrap().to_owned()).collect()
}
