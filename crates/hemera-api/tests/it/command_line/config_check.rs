//! `hemera-api config check`: what it shows, for people and for programs, and what it refuses.

use std::path::Path;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use serde_json::Value;

use super::{one_error, run};

const SETTINGS: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://hemera:swordfish@localhost/hemera"),
    ("CLERK_ISSUER", "https://clerk.example.com"),
    (
        "HEMERA_SERVICE_KEYS__ROLLBACK__SHA256",
        "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687",
    ),
    ("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", "aither-rollback"),
    (
        "HEMERA_HTTP__ALLOWED_CLIENTS",
        "203.0.113.7,10.0.0.0/8,2001:db8::/32,198.51.100.0/24,192.0.2.0/24,2001:db8:1::/48",
    ),
];

/// Settings of every source.
fn files(folder: &Path) -> [String; 3] {
    let text = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(folder.join("hemera.toml"), "[roles]\nmax_age = \"30s\"\n").unwrap();
    std::fs::write(folder.join("some.env"), "HEMERA_LOG__FORMAT=json\n").unwrap();
    std::fs::write(folder.join("clerk"), "sk_test_swordfish4711\n").unwrap();
    ["hemera.toml", "some.env", "clerk"].map(text)
}

async fn check(more: &[&str], settings: &[(&str, &str)]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let [toml, env, clerk] = files(folder.path());
    let mut arguments = vec!["--config", &toml, "--env-file", &env, "config", "check"];
    arguments.extend(more);
    let mut all = SETTINGS.to_vec();
    all.push(("CLERK_SECRET_KEY_FILE", &clerk));
    all.extend(settings);
    run(&arguments, &all).await
}

#[tokio::test]
async fn the_table_shows_the_source_of_each_value_and_fits_a_terminal() {
    let (code, table, err) = check(&[], &[]).await;
    assert_eq!((code, err.as_str()), (0, ""), "{table}");
    for (name, source, value) in [
        ("HEMERA_HTTP__LISTEN", "default", "127.0.0.1:8080"),
        ("HEMERA_ROLES__MAX_AGE", "hemera.toml", "30s"),
        ("HEMERA_LOG__FORMAT", "env file", "json"),
        ("CLERK_ISSUER", "environment", "https://clerk.example.com"),
        ("DATABASE_URL", "environment", "(hidden)"),
        ("CLERK_SECRET_KEY", "secret file", "(hidden) in "),
        ("CLERK_JWT_KEY", "", "(not set)"),
        (
            "HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT",
            "environment",
            "aither-rollback",
        ),
    ] {
        let row = table
            .lines()
            .find(|line| line.split_whitespace().next() == Some(name));
        let row = row.unwrap_or_else(|| panic!("{name} is not in {table}"));
        let rest = row.trim_start().strip_prefix(name).unwrap().trim_start();
        let shown = rest.strip_prefix(source).map(str::trim_start);
        assert!(shown.is_some_and(|shown| shown.starts_with(value)), "{row}");
    }
    assert!(!table.contains("swordfish"), "{table}");
    let widest = table.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{table}");
    assert!(
        table.ends_with("the configuration is complete, for development, with no warnings\n"),
        "{table}"
    );
}

#[tokio::test]
async fn the_json_is_what_its_schema_says() {
    let schema: Value =
        serde_json::from_str(include_str!("../../../../../docs/config-check.schema.json")).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let staging = [
        ("HEMERA_ENVIRONMENT", "staging"),
        ("HEMERA_LIMITS__REPLICAS", "1"),
    ];
    let broken = [
        ("HEMERA_ENVIRONMENT", "production"),
        ("HEMERA_ROLES__MAX_AGE", "swordfish"),
    ];
    for (settings, expected) in [(&staging, 0), (&broken, 1)] {
        let (code, out, _) = check(&["--json"], settings).await;
        assert_eq!(code, expected, "{out}");
        assert!(!out.contains("swordfish"), "{out}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let faults: Vec<_> = schema
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(faults, Vec::<String>::new(), "{report}");
    }
    let (_, out, _) = check(&["--json"], &staging).await;
    let report: Value = serde_json::from_str(&out).unwrap();
    let named = |list: &str, name: &str| {
        let rows = report[list].as_array().unwrap();
        rows.iter()
            .find(|row| row["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(named("settings", "CLERK_SECRET_KEY")["source"], "secret_file");
    assert_eq!(named("settings", "HEMERA_ROLES__MAX_AGE")["source"], "file");
    assert_eq!(named("settings", "HEMERA_LOG__FORMAT")["source"], "env_file");
    assert_eq!(
        named("warnings", "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES")["problem"],
        "is not set: a copy of the key opens the API for ever"
    );
}

/// `serve` does not start with what `config check` refuses.
#[tokio::test]
async fn serve_obeys_the_same_refusals() {
    let folder = tempfile::tempdir().unwrap();
    let clerk = folder.path().join("clerk");
    std::fs::write(&clerk, "sk_test_swordfish4711\n").unwrap();
    let mut settings = SETTINGS.to_vec();
    settings.push(("CLERK_SECRET_KEY_FILE", clerk.to_str().unwrap()));
    settings.push(("HEMERA_ENVIRONMENT", "production"));
    let (checked, _, report) = run(&["config", "check"], &settings).await;
    let (served, out, said) = run(&["serve"], &settings).await;
    assert_eq!((checked, served, out.as_str()), (1, 1, ""));
    assert_eq!(said, report);
    assert!(
        said.contains("  CLERK_SECRET_KEY_FILE: is a key of a development instance of Clerk")
            || said.contains("  CLERK_SECRET_KEY: is a key of a development instance of Clerk"),
        "{said}"
    );
    assert!(!said.contains("swordfish"), "{said}");
}

/// Certificate, key, the setting that is wrong, and why.
const BROKEN_PAIRS: &[(&str, &str, &str, &str)] = &[
    (
        "missing",
        "good.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "(entity not found)",
    ),
    (
        ".",
        "good.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "(is a directory)",
    ),
    (
        "empty",
        "good.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "(nothing of that kind is in it)",
    ),
    (
        "text",
        "good.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "(nothing of that kind is in it)",
    ),
    (
        "good.crt",
        "missing",
        "HEMERA_HTTP__TLS_KEY",
        "(entity not found)",
    ),
    (
        "good.crt",
        "good.crt",
        "HEMERA_HTTP__TLS_KEY",
        "(nothing of that kind is in it)",
    ),
    (
        "good.crt",
        "old.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "cannot be used with its key",
    ),
    (
        "old.crt",
        "old.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "has expired at 2021-01-01T00:00:00.000Z",
    ),
    (
        "early.crt",
        "early.key",
        "HEMERA_HTTP__TLS_CERTIFICATE",
        "is not valid before 2999-01-01T00:00:00.000Z",
    ),
];

/// A certificate and its key, valid for these years.
fn make(folder: &Path, name: &str, from: i32, until: i32) {
    let place = |end: &str| folder.join(format!("{name}.{end}"));
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(["localhost".to_owned()]).unwrap();
    parameters.not_before = date_time_ymd(from, 1, 1);
    parameters.not_after = date_time_ymd(until, 1, 1);
    let certificate = parameters.self_signed(&key).unwrap();
    std::fs::write(place("crt"), certificate.pem()).unwrap();
    std::fs::write(place("key"), key.serialize_pem()).unwrap();
}

/// Every way in which a certificate's files cannot be used is one line with the setting and the remedy.
#[tokio::test]
async fn the_files_of_a_certificate_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    make(folder.path(), "good", 2020, 3000);
    make(folder.path(), "old", 2020, 2021);
    make(folder.path(), "early", 2999, 3000);
    std::fs::write(place("empty"), "").unwrap();
    std::fs::write(place("text"), "swordfish\n").unwrap();
    for (certificate, key, setting, problem) in BROKEN_PAIRS {
        let (certificate, key) = (place(certificate), place(key));
        let mut settings = SETTINGS.to_vec();
        settings.push(("CLERK_SECRET_KEY", "sk_test_swordfish4711"));
        settings.push(("HEMERA_HTTP__TLS_CERTIFICATE", &certificate));
        settings.push(("HEMERA_HTTP__TLS_KEY", &key));
        let (code, out, err) = run(&["config", "check"], &settings).await;
        assert_eq!((code, out.as_str()), (1, ""), "{certificate} {key}");
        let lines: Vec<_> = err.lines().collect();
        let [_, line] = lines[..] else { panic!("{err}") };
        assert!(
            line.starts_with(&format!("  {setting}: ")) && line.contains(problem),
            "{err}"
        );

        let (code, _, err) = run(&["serve"], &settings).await;
        let line = one_error("serve", &err);
        assert!(
            code == 1 && line.contains(problem) && line.contains(setting),
            "{line}"
        );
        assert!(!err.contains("swordfish"), "{err}");
    }
    let (code, _, err) = {
        let (certificate, key) = (place("good.crt"), place("good.key"));
        let mut settings = SETTINGS.to_vec();
        settings.push(("CLERK_SECRET_KEY", "sk_test_swordfish4711"));
        settings.push(("HEMERA_HTTP__TLS_CERTIFICATE", &certificate));
        settings.push(("HEMERA_HTTP__TLS_KEY", &key));
        run(&["config", "check"], &settings).await
    };
    assert_eq!((code, err.as_str()), (0, ""));
}
