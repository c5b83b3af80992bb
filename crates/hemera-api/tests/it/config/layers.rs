//! Where a setting's value comes from.

use std::time::Duration;

use hemera_api::config::{Config, IdentityConfig, LogFormat, SettingSource};
use secrecy::ExposeSecret as _;

use super::{faults, file, inputs, load};

#[test]
fn three_settings_are_enough() {
    let config = load(&[]).unwrap();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.roles.max_age, Duration::from_mins(1));
    assert_eq!(config.limits.api_client.rate.get(), 100);
    assert!(config.service_keys.is_empty() && config.cors.origins.is_empty());
    assert_eq!(config.log.format, LogFormat::Pretty);
}

#[test]
fn the_environment_wins_over_the_file_over_the_defaults() {
    let (_kept, path) =
        file("[http]\nlisten = \"127.0.0.1:1\"\nconcurrency = 7\n[cors]\norigins = [\"https://a.example\"]");
    let mut inputs = inputs(&[("HEMERA_HTTP__LISTEN", "127.0.0.1:2")]);
    inputs.file = Some(path);
    let (config, summary) = Config::load_with_summary(&inputs).unwrap();
    assert_eq!(config.http.listen.port(), 2);
    assert_eq!(config.http.concurrency, 7);
    assert_eq!(config.cors.origins, ["https://a.example"]);
    let source = |name: &str| summary.rows().find(|row| row.name == name).unwrap().source;
    assert_eq!(source("HEMERA_HTTP__LISTEN"), Some(SettingSource::Environment));
    assert_eq!(source("HEMERA_HTTP__CONCURRENCY"), Some(SettingSource::File));
    assert_eq!(source("HEMERA_HTTP__BODY_TIMEOUT"), Some(SettingSource::Default));
    assert_eq!(source("CLERK_JWT_KEY"), None);
    assert!(!serde_json::to_string(&summary).unwrap().contains("swordfish"));
}

/// Text from the environment stays text, however much it looks like a number.
#[test]
fn a_secret_that_looks_like_a_number_stays_as_it_is() {
    let key = "00000000000000000000000000000000012";
    let settings = [
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous"),
        ("HEMERA_IDENTITY__PSEUDONYM_KEY", key),
    ];
    let IdentityConfig::Pseudonymous { key: read } = load(&settings).unwrap().identity else {
        panic!("not pseudonymous");
    };
    assert_eq!(read.expose_secret(), key);
}

#[test]
fn a_secret_can_be_a_file_but_not_both() {
    let (_kept, path) = file("postgres://hemera:swordfish@localhost/from_a_file\n");
    let path = path.to_str().unwrap();
    let config = load(&[("DATABASE_URL", ""), ("DATABASE_URL_FILE", path)]).unwrap();
    assert_eq!(config.database.url.shown(), "localhost:5432/from_a_file");

    let both = faults(&[("DATABASE_URL_FILE", path)]);
    assert!(
        both.contains("DATABASE_URL: is set, and DATABASE_URL_FILE as well; keep one of them"),
        "{both}"
    );
    let missing = faults(&[("DATABASE_URL", ""), ("DATABASE_URL_FILE", "/nowhere/secret")]);
    assert!(
        missing.contains("DATABASE_URL_FILE: names a file that cannot be read"),
        "{missing}"
    );
}

/// The one secret with a default: the default is no second value beside the file.
#[test]
fn a_secret_with_a_default_can_be_a_file_too() {
    let (_kept, path) = file("redis://:swordfish@localhost:6379/0\n");
    let path = path.to_str().unwrap();
    let given = [
        ("HEMERA_LIMITS__STORE_FILE", path),
        ("HEMERA_LIMITS__REPLICAS", "2"),
    ];
    let (config, summary) = Config::load_with_summary(&inputs(&given)).unwrap();
    let store = format!("{:?}", config.limits.store);
    assert!(
        store.starts_with("Redis") && !store.contains("swordfish"),
        "{store}"
    );
    let row = summary.rows().find(|row| row.name == "HEMERA_LIMITS__STORE");
    let row = row.unwrap();
    assert_eq!(
        (row.source, row.value.as_deref(), row.file.as_deref()),
        (Some(SettingSource::SecretFile), None, Some(path))
    );

    let both = faults(&[
        ("HEMERA_LIMITS__STORE_FILE", path),
        ("HEMERA_LIMITS__STORE", "memory"),
    ]);
    assert!(
        both.contains("HEMERA_LIMITS__STORE: is set, and HEMERA_LIMITS__STORE_FILE as well"),
        "{both}"
    );
    let (_kept, path) = file("postgres://localhost\n");
    let wrong = faults(&[("HEMERA_LIMITS__STORE_FILE", path.to_str().unwrap())]);
    assert!(
        wrong.contains("HEMERA_LIMITS__STORE_FILE: must be memory, or"),
        "{wrong}"
    );
}

#[test]
fn the_issuer_can_come_from_the_publishable_key() {
    // The base64 of `clerk.example.com$`.
    let key = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
    let config = load(&[
        ("CLERK_ISSUER", ""),
        ("CLERK_PUBLISHABLE_KEY", key),
        ("CLERK_SECRET_KEY", "sk_live_4711"),
        ("HEMERA_LIMITS__REPLICAS", "1"),
    ])
    .unwrap();
    assert_eq!(config.clerk.issuer.as_str(), "https://clerk.example.com/");
    let report = faults(&[
        ("CLERK_ISSUER", ""),
        ("CLERK_PUBLISHABLE_KEY", "pk_live_swordfish"),
    ]);
    assert!(
        report.contains("CLERK_PUBLISHABLE_KEY: must be") && !report.contains("swordfish"),
        "{report}"
    );
}

/// Nothing of a configuration prints a secret.
#[test]
fn secrets_do_not_print() {
    let key = [(
        "HEMERA_IDENTITY__PSEUDONYM_KEY",
        "swordfish-swordfish-swordfish-swordfish",
    )];
    assert!(!format!("{:?}", load(&key).unwrap()).contains("swordfish"));
}

/// An empty value counts as not set in the file, too: what it stood in for would be a surprise.
#[test]
fn an_empty_value_in_the_file_leaves_the_default() {
    let (_kept, path) = file("[http]\nlisten = \"\"\nconcurrency = \"\"\nallowed_clients = []\n");
    let mut inputs = inputs(&[]);
    inputs.file = Some(path);
    let config = Config::load(&inputs).unwrap();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.http.concurrency, 256);
    assert!(config.http.allowed_clients.is_empty());
}
