//! A name that looks like a setting and is none is a fault that names the one that was meant.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsString;

use aither_client::HemeraClientBuilder;
use hemera_api::config::Config;

use super::{faults, file, inputs, load};

#[track_caller]
fn fault_of(name: &str, value: &str) -> String {
    let report = faults(&[(name, value)]);
    let line = report
        .lines()
        .find(|line| line.trim().starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("{name} is not in {report}"))
        .to_owned()
}

#[test]
fn a_misspelt_variable_is_a_fault_that_names_the_setting() {
    for (misspelt, meant) in [
        ("HEMERA_HTTP_ALLOWED_CLIENTS", "HEMERA_HTTP__ALLOWED_CLIENTS"),
        ("HEMERA_TOKENS_AUDIENCE", "HEMERA_TOKENS__AUDIENCE"),
        ("HEMERA_ROLES__MAXAGE", "HEMERA_ROLES__MAX_AGE"),
        ("HEMERA_ROLE__MAX_AGE", "HEMERA_ROLES__MAX_AGE"),
        ("HEMERA_HTTP__TRUSTED_PROXY", "HEMERA_HTTP__TRUSTED_PROXIES"),
        (
            "HEMERA_IDENTITY__PSEUDONYMKEY_FILE",
            "HEMERA_IDENTITY__PSEUDONYM_KEY_FILE",
        ),
        ("HEMERA_DATABASE__URL", "DATABASE_URL"),
        ("HEMERA_CLERK_SECRET_KEY", "CLERK_SECRET_KEY"),
        ("HEMERA_LOG__FILTER", "RUST_LOG"),
        (
            "HEMERA_SERVICE_KEY__ROLLBACK__SHA256",
            "HEMERA_SERVICE_KEYS__ROLLBACK__SHA256",
        ),
        ("HEMERA_MACHINE__AITHER__ID", "HEMERA_MACHINES__AITHER__ID"),
    ] {
        let line = fault_of(misspelt, "swordfish");
        assert!(line.ends_with(&format!("did you mean {meant}?")), "{line}");
        assert!(!line.contains("swordfish"), "{line}");
    }
}

/// A guess that is far off would send its reader the wrong way.
#[test]
fn a_name_like_no_setting_is_a_fault_that_says_where_they_are_listed() {
    for name in ["HEMERA_FOO", "HEMERA_", "HEMERA_PORT", "HEMERA_DEV", "HEMERA__"] {
        let line = fault_of(name, "8080");
        assert!(
            line.ends_with("`hemera-api config list` shows those that are"),
            "{line}"
        );
    }
}

#[test]
fn a_misspelt_name_in_the_file_is_a_fault_that_names_the_setting() {
    let (_kept, path) = file(
        "[http]\nallowed_client = \"10.0.0.0/8\"\n[databse]\nurl = \"x\"\n[machine.aither]\nid = \"x\"\n[machines.b]\nident = \"x\"\n",
    );
    let mut given = inputs(&[]);
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    for line in [
        "http.allowed_client (in the file): is not a setting of this server; did you mean http.allowed_clients?",
        "databse.url (in the file): is not a setting of this server; did you mean database.url?",
        "machine.aither.id (in the file): is not a setting of this server; did you mean machines.aither.id?",
        "machines.b.ident (in the file): is not a setting of a machine; it has id and allow_unscoped",
    ] {
        assert!(report.contains(line), "{line} is not in {report}");
    }
}

#[test]
fn names_of_the_predecessor_name_their_successors() {
    let line = fault_of("HEMERA_SERVICE_API_KEY", "swordfish");
    assert!(
        line.contains("HEMERA_SERVICE_KEYS__NAME__SHA256") && line.contains("hemera-api key new"),
        "{line}"
    );
    let line = fault_of("HEMERA_SERVICE_USER_ID", "swordfish");
    assert!(line.contains("HEMERA_SERVICE_KEYS__NAME__SUBJECT"), "{line}");
}

/// Server and client are often given one environment.
#[test]
fn every_name_of_the_client_is_left_alone() {
    let names = RefCell::new(BTreeSet::new());
    for way in ["ticket", "enrolled", "machine", "service-key"] {
        // What it misses does not matter here, only what it looks for.
        let _ = HemeraClientBuilder::load_with(|name| {
            names.borrow_mut().insert(name.to_owned());
            (name == "AITHER_AUTH").then(|| OsString::from(way))
        });
    }
    let names = names.into_inner();
    let names: Vec<_> = names.iter().filter(|name| name.starts_with("HEMERA_")).collect();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        load(&[(name, "x")]).unwrap_or_else(|faults| panic!("{faults}"));
    }
}

#[test]
fn other_programs_and_empty_variables_are_left_alone() {
    load(&[("HEMERAS__X", "x"), ("AITHER_AUTH", "x"), ("HTTP__LISTEN", "x")]).unwrap();
    // An empty variable is how a shell or a compose file says "not set".
    load(&[("HEMERA_FOO", "")]).unwrap();
}

/// In a pod beside services named `hemera`, `hemera-api` and `hemera-db`.
#[test]
fn what_kubernetes_adds_for_services_is_left_alone() {
    load(&[
        ("HEMERA_SERVICE_HOST", "10.0.0.11"),
        ("HEMERA_SERVICE_PORT", "8080"),
        ("HEMERA_SERVICE_PORT_HTTP", "8080"),
        ("HEMERA_PORT", "tcp://10.0.0.11:8080"),
        ("HEMERA_PORT_8080_TCP", "tcp://10.0.0.11:8080"),
        ("HEMERA_PORT_8080_TCP_PROTO", "tcp"),
        ("HEMERA_PORT_8080_TCP_PORT", "8080"),
        ("HEMERA_PORT_8080_TCP_ADDR", "10.0.0.11"),
        ("HEMERA_API_SERVICE_HOST", "10.0.0.12"),
        ("HEMERA_API_SERVICE_PORT", "443"),
        ("HEMERA_API_SERVICE_PORT_WEB_TLS", "443"),
        ("HEMERA_API_PORT", "tcp://10.0.0.12:443"),
        ("HEMERA_API_PORT_443_TCP_ADDR", "10.0.0.12"),
        ("HEMERA_DB_PORT_53_UDP", "udp://10.0.0.13:53"),
    ])
    .unwrap();
}

/// Only the names that Kubernetes makes: each of these is somebody's setting that would be lost.
#[test]
fn what_only_looks_like_kubernetes_is_a_fault() {
    for (name, value) in [
        ("HEMERA_PORT", "8080"),
        ("HEMERA_HTTP_PORT", "8080"),
        ("HEMERA_SERVICE_PORTS", "8080"),
        ("HEMERA_SERVICE_PORT", "x"),
        ("HEMERA_PORT_8080_TLS", "x"),
        ("HEMERA_PORT_8080_TCP_OTHER", "x"),
        ("HEMERA_PORT_TCP", "x"),
        ("HEMERA_X__SERVICE_HOST", "x"),
    ] {
        fault_of(name, value);
    }
}
