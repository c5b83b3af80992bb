//! The configuration: its layers, and all its faults in one report without values.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use hemera_api::config::{Config, Faults, IdentityConfig, Inputs, KEYS, LogFormat};
use secrecy::ExposeSecret as _;

const GOOD: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://hemera:swordfish@db.example/hemera"),
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
fn every_fault_is_in_one_report_and_no_value_is() {
    let report = faults(&[
        ("DATABASE_URL", "mysql://hemera:swordfish@db.example/hemera"),
        ("CLERK_SECRET_KEY", "pk_test_swordfish"),
        ("CLERK_ISSUER", "http://swordfish.example.com"),
        ("CLERK_API_URL", "https://api.clerk.com/swordfish"),
        ("CLERK_JWT_KEY", "swordfish"),
        ("HEMERA_HTTP__LISTEN", "swordfish"),
        ("HEMERA_HTTP__CONCURRENCY", "0"),
        ("HEMERA_ROLES__MAX_AGE", "60"),
        ("HEMERA_ROLES__MAXAGE", "swordfish"),
        ("HEMERA_LIMITS__ADMIN_RATE", "-5"),
        ("HEMERA_LIMITS__WINDOW", "0s"),
        ("HEMERA_CORS__ORIGINS", "https://a.example/swordfish"),
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "swordfish"),
        ("HEMERA_IDENTITY__PSEUDONYM_KEY", "swordfish"),
        ("HEMERA_LOG__FORMAT", "swordfish"),
        ("HEMERA_TOKENS__REQUIRE_AZP", "yes"),
        ("HEMERA_SERVICE_KEYS__ROLLBACK__SHA256", "swordfish"),
        ("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", "sword fish"),
        ("HEMERA_SERVICE_KEYS__ROLLBACK__ROLE", "swordfish"),
    ]);
    assert!(!report.contains("swordfish"), "{report}");
    insta::assert_snapshot!("config_faults", report);
}

/// While a cool-down lasts, an older value serves: a long one would stretch the age that is promised.
#[test]
fn a_cool_down_that_would_stretch_an_age_is_a_fault() {
    for (age, cool_down) in [
        ("HEMERA_ROLES__MAX_AGE", "HEMERA_ROLES__COOL_DOWN"),
        ("HEMERA_TOKENS__KEYS_MAX_AGE", "HEMERA_TOKENS__KEYS_COOL_DOWN"),
    ] {
        let fault = faults(&[(age, "3s")]);
        assert!(
            fault.contains(&format!("{cool_down}: must be at most half of {age}")),
            "{fault}"
        );
        load(&[(age, "4s")]).unwrap();
        load(&[(age, "3s"), (cool_down, "1500ms")]).unwrap();
    }
}

#[test]
fn what_is_missing_is_named_with_the_remedy() {
    let report = Config::load(&Inputs::default()).unwrap_err().to_string();
    insta::assert_snapshot!("config_missing", report);
    // An empty variable is how a shell says "not set".
    let empty = faults(&[
        ("DATABASE_URL", ""),
        ("CLERK_SECRET_KEY", ""),
        ("CLERK_ISSUER", ""),
    ]);
    assert_eq!(empty, report);
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
    let source = |name: &str| {
        summary
            .rows()
            .iter()
            .find(|row| row.name == name)
            .unwrap()
            .source
            .clone()
    };
    assert_eq!(source("HEMERA_HTTP__LISTEN").as_deref(), Some("environment"));
    assert_eq!(source("HEMERA_HTTP__CONCURRENCY").as_deref(), Some("file"));
    assert_eq!(source("HEMERA_HTTP__BODY_TIMEOUT").as_deref(), Some("default"));
    assert_eq!(source("CLERK_JWT_KEY"), None);
    assert!(!serde_json::to_string(&summary).unwrap().contains("swordfish"));
}

#[test]
fn faults_of_the_file_name_the_place_in_it() {
    let (_kept, path) = file("[http]\nlisten = 5\nport = 3\n[roles]\nmax_age = \"swordfish\"\n");
    let mut given = inputs(&[]);
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    assert!(!report.contains("swordfish"), "{report}");
    insta::assert_snapshot!("config_faults_in_file", report);

    let (_kept, path) = file("[clerk]\nsecret_key = sk_test_swordfish\n");
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    assert!(
        report.contains("is not valid TOML at line 2") && !report.contains("swordfish"),
        "{report}"
    );

    given.file = Some("/nowhere/hemera.toml".into());
    assert!(
        Config::load(&given)
            .unwrap_err()
            .to_string()
            .contains("/nowhere/hemera.toml: cannot be read")
    );
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
fn pseudonyms_need_a_key() {
    let report = faults(&[("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous")]);
    assert!(
        report.contains("HEMERA_IDENTITY__PSEUDONYM_KEY: is missing"),
        "{report}"
    );
}

#[test]
fn a_secret_can_be_a_file_but_not_both() {
    let (_kept, path) = file("postgres://hemera:swordfish@db.example/from_a_file\n");
    let path = path.to_str().unwrap();
    let config = load(&[("DATABASE_URL", ""), ("DATABASE_URL_FILE", path)]).unwrap();
    assert_eq!(config.database.url.shown(), "db.example:5432/from_a_file");

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

#[test]
fn the_issuer_can_come_from_the_publishable_key() {
    // The base64 of `clerk.example.com$`.
    let key = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
    let config = load(&[("CLERK_ISSUER", ""), ("CLERK_PUBLISHABLE_KEY", key)]).unwrap();
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

#[test]
fn other_programs_variables_are_none_of_its_business() {
    load(&[
        ("HEMERA_API_BASE_URL", "http://x"),
        ("HEMERA_API_KEY", "x"),
        ("HEMERAS__X", "x"),
    ])
    .unwrap();
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

/// `.env.example` names every setting once, with its default, and nothing else.
#[test]
fn the_example_is_complete_and_true() {
    let example = include_str!("../../../../.env.example");
    let mut named = Vec::new();
    for line in example.lines() {
        let line = line.strip_prefix("# ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        if name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        {
            named.push((name.to_owned(), value.to_owned()));
        }
    }
    let is_server = |name: &str| KEYS.iter().any(|key| key.env() == name || key.file_env() == name);
    for key in KEYS {
        let lines: Vec<_> = named.iter().filter(|(name, _)| *name == key.env()).collect();
        let [(_, value)] = lines.as_slice() else {
            panic!("{} is in .env.example {} times, not once", key.env(), lines.len())
        };
        if let Some(default) = key.default() {
            assert_eq!(value, default, "{}", key.env());
        }
    }
    for (name, _) in &named {
        let server = name.starts_with("HEMERA_") && name.contains("__");
        assert!(
            !server
                || is_server(name)
                || name.starts_with("HEMERA_SERVICE_KEYS__")
                || name.starts_with("HEMERA_MACHINES__"),
            "{name} is no setting"
        );
    }
    // What is set in it, and not only shown, is a configuration that works.
    let set = example
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='));
    let environment = set.map(|(name, value)| (name.into(), value.into())).collect();
    Config::load(&Inputs {
        environment,
        file: None,
    })
    .unwrap();
}
