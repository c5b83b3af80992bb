//! What each environment refuses, warns of and accepts: every row of the table in docs/environments.md is seen to hold.

mod cases_before_keys;
mod cases_from_keys;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use freshness::ManualClock;
use hemera_api::config::{Config, Environment, Faults, Inputs, Level, ListedJudgement, judgements, list};
use time::OffsetDateTime;
use time::macros::datetime;

use super::documents::hold;
use super::{faults, file, inputs, load};

/// When the clock of these tests stands still.
const NOW: OffsetDateTime = datetime!(2026-03-10 09:00 UTC);

/// A server that production has nothing to say about. The base64 is `clerk.hemera.example$`.
const SAFE: &[(&str, &str)] = &[
    ("DATABASE_URL", "postgres://hemera:swordfish@localhost/hemera"),
    ("CLERK_SECRET_KEY", "sk_live_swordfish4711"),
    ("CLERK_ISSUER", ""),
    ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuaGVtZXJhLmV4YW1wbGUk"),
    ("HEMERA_HTTP__TRUSTED_PROXIES", "1"),
    ("HEMERA_LIMITS__REPLICAS", "1"),
    ("HEMERA_METRICS__LISTEN", "127.0.0.1:9464"),
    ("HEMERA_AUDIT__KEY", AUDIT_KEY),
];

/// The key in the documentation of signed notes.
const AUDIT_KEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

const KEY: (&str, &str) = (
    "HEMERA_SERVICE_KEYS__ROLLBACK__SHA256",
    "bbcc39a6ad149ef7c7af0fb70f96ba0c81a463470cad285fde0742cbd52f2687",
);
const SUBJECT: (&str, &str) = ("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", "aither-rollback");
const MACHINE: (&str, &str) = ("HEMERA_MACHINES__AITHER__ID", "mch_2qHmZk4Pw8Rt6Yd1Vb3Nc5Xs7Lf");
const OWN: (&str, &str) = ("HEMERA_TOKENS__MACHINE_ID", "mch_2pVh8Xc4Lk6Wn3Rt9Yb1Qs5Zd7G");

/// A row by its name and the beginning of its problem, with settings that show it.
type Case = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// All of them, in the order of the sections.
fn cases() -> impl Iterator<Item = &'static Case> {
    cases_before_keys::CASES.iter().chain(cases_from_keys::CASES)
}

fn in_environment(environment: Environment, settings: &[(&str, &str)]) -> Result<Config, Faults> {
    let mut all = SAFE.to_vec();
    all.extend(settings);
    all.push(("HEMERA_ENVIRONMENT", environment.as_str()));
    Config::load_at(&inputs(&all), &ManualClock::at(SystemTime::from(NOW)))
}

/// What a server of these settings is refused or warned of: name and text.
fn found(environment: Environment, settings: &[(&str, &str)]) -> Vec<(Level, String, String)> {
    match in_environment(environment, settings) {
        Ok(config) => {
            let warnings = config.warnings.into_iter();
            warnings
                .map(|warning| {
                    (
                        Level::Warned,
                        warning.name,
                        format!("{}: {}", warning.problem, warning.remedy),
                    )
                })
                .collect()
        }
        Err(faults) => faults
            .iter()
            .map(|fault| (Level::Refused, fault.name.clone(), fault.problem.clone()))
            .collect(),
    }
}

fn is_row(row: &ListedJudgement, (name, problem, _): &Case) -> bool {
    row.names.iter().any(|other| other == name) && row.problem.starts_with(problem)
}

#[test]
fn every_row_holds_in_every_environment() {
    let rows: Vec<_> = judgements()
        .into_iter()
        .filter(|row| !row.problem.is_empty())
        .collect();
    for row in &rows {
        let cases: Vec<_> = cases().filter(|case| is_row(row, case)).collect();
        let [(name, _, settings)] = cases[..] else {
            panic!("{} {}: {} cases", row.names[0], row.problem, cases.len());
        };
        let is_always = row.levels == [Level::Refused; 3];
        for (environment, level) in Environment::ALL.into_iter().zip(row.levels) {
            let found = found(environment, settings);
            let of_row: Vec<_> = found
                .iter()
                .filter(|(_, other, text)| other == name && (is_always || text.starts_with(row.problem)))
                .map(|(level, ..)| *level)
                .collect();
            let expected = if level == Level::Fine { vec![] } else { vec![level] };
            assert_eq!(
                of_row, expected,
                "{name} {} in {environment}: {found:?}",
                row.problem
            );
            assert!(!format!("{found:?}").contains("swordfish"), "{found:?}");
        }
    }
    assert_eq!(rows.len(), cases().count());
}

/// A rule that is too wide would make people ignore all of them.
#[test]
fn a_safe_server_is_accepted_without_a_word_and_each_case_is_found_for_its_own_reason() {
    assert_eq!(in_environment(Environment::Production, &[]).unwrap().warnings, []);
    for (name, problem, settings) in cases() {
        let found = found(Environment::Production, settings);
        let others: Vec<_> = found.iter().filter(|(_, other, _)| other != name).collect();
        // What production warns of is not shown beside what it refuses, and a few settings are wrong in two ways.
        assert!(others.len() <= 1, "{name} {problem}: {found:?}");
    }
}

#[test]
fn every_setting_has_a_row() {
    let with_row: BTreeSet<_> = judgements().into_iter().flat_map(|row| row.names).collect();
    let all: BTreeSet<_> = list()
        .into_iter()
        .flat_map(|section| {
            section
                .settings
                .into_iter()
                .chain(section.table.into_iter().flat_map(|table| table.settings))
        })
        .map(|setting| setting.name)
        .collect();
    assert_eq!(with_row, all);
}

#[test]
fn a_live_key_of_the_real_clerk_means_production() {
    let derived = |settings: &[(&str, &str)]| load(settings).map(|config| config.environment);
    assert_eq!(derived(&[]), Ok(Environment::Development));
    let live = ("CLERK_SECRET_KEY", "sk_live_swordfish4711");
    let refusal = faults(&[live]);
    assert!(
        refusal.contains(
            "HEMERA_LIMITS__REPLICAS: is not set: several servers that do not know of each other admit a multiple of every limit, \
             which production (HEMERA_ENVIRONMENT is not set, and CLERK_SECRET_KEY is a live key) refuses: set it to"
        ),
        "{refusal}"
    );
    assert_eq!(
        derived(&[live, ("HEMERA_LIMITS__REPLICAS", "1")]),
        Ok(Environment::Production)
    );
    // The emulator with `--production`.
    let emulator = [
        live,
        ("CLERK_API_URL", "http://127.0.0.1:4010"),
        ("CLERK_ISSUER", "http://127.0.0.1:4010"),
    ];
    assert_eq!(derived(&emulator), Ok(Environment::Development));
    for word in ["prod", "Production", "production ", "live"] {
        let report = faults(&[("HEMERA_ENVIRONMENT", word)]);
        assert!(
            report.contains("HEMERA_ENVIRONMENT: must be development, staging or production"),
            "{report}"
        );
    }
}

/// What an environment refuses stands in one report with what is malformed.
#[test]
fn unsafe_settings_and_malformed_ones_are_in_one_report() {
    let report = faults(&[
        ("HEMERA_ENVIRONMENT", "production"),
        ("HEMERA_ROLES__MAX_AGE", "60"),
        ("HEMERA_CORS__ORIGINS", "http://pages.example"),
    ]);
    for name in [
        "HEMERA_ROLES__MAX_AGE",
        "HEMERA_CORS__ORIGINS",
        "CLERK_SECRET_KEY",
        "HEMERA_LIMITS__REPLICAS",
    ] {
        assert!(report.contains(&format!("\n  {name}: ")), "{name}: {report}");
    }
}

#[test]
fn a_setting_of_the_file_is_refused_by_its_place_there() {
    let (_kept, path) =
        file("environment = \"production\"\n[limits]\nreplicas = 1\n[database]\nprivate_network = true\n");
    let given = Inputs {
        file: Some(path),
        ..inputs(&[("DATABASE_URL", "postgres://hemera@203.0.113.7/hemera")])
    };
    let report = Config::load(&given).unwrap_err().to_string();
    assert!(
        report.contains("database.private_network (in the file): is true, and the database's address is one of the internet"),
        "{report}"
    );
}

/// A key's last day moves with the clock.
#[test]
fn a_key_that_was_good_is_warned_of_when_it_has_ended() {
    let settings = [
        KEY,
        SUBJECT,
        (
            "HEMERA_SERVICE_KEYS__ROLLBACK__EXPIRES",
            "2026-03-11T09:00:00.000Z",
        ),
    ];
    let mut all = SAFE.to_vec();
    all.extend(settings);
    let at = |span| {
        let clock = ManualClock::at(SystemTime::from(NOW) + span);
        Config::load_at(&inputs(&all), &clock).unwrap().warnings.len()
    };
    assert_eq!([at(Duration::ZERO), at(Duration::from_hours(24))], [0, 1]);
}

#[test]
fn the_table_is_made_from_the_rules() {
    let mut wanted = "\n".to_owned();
    let rows = judgements();
    for section in list() {
        let of_section: Vec<_> = rows.iter().filter(|row| row.section == section.title).collect();
        writeln!(wanted, "\n### {}\n", section.title).unwrap();
        wanted.push_str("| setting | what is found | development | staging | production | do |\n| --- | --- | --- | --- | --- | --- |\n");
        for row in of_section {
            let names: Vec<_> = row.names.iter().map(|name| format!("`{name}`")).collect();
            let [development, staging, production] = row.levels.map(|level| match level {
                Level::Fine => "–",
                Level::Warned => "warned",
                Level::Refused => "**refused**",
            });
            let (problem, remedy) = if row.problem.is_empty() {
                (row.remedy, "–")
            } else {
                (row.problem, row.remedy)
            };
            writeln!(
                wanted,
                "| {} | {problem} | {development} | {staging} | {production} | {remedy} |",
                names.join(" ")
            )
            .unwrap();
        }
    }
    wanted.push('\n');
    hold(
        "docs/environments.md",
        "<!-- begin: judgements -->",
        "<!-- end: judgements -->",
        &wanted,
    );
}
