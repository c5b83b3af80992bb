//! What the task conformance makes of the results of its checks.

use serde_json::{Value, json};

use crate::machine::Machine;

/// Answers what is asked of cargo: where things are built, and that they are.
const CARGO: &str = r#"#!/bin/sh
echo "cargo $* record=$CLERK_EMULATOR_RECORD" >> "$NOTES/asked"
case "$1" in
  metadata) echo "{\"packages\":[],\"target_directory\":\"$NOTES/target\"}" ;;
  test) echo '{"recorded": "by a test"}' >> "$CLERK_EMULATOR_RECORD" ;;
esac
"#;

/// Says that it is ready, and answers once.
const EMULATOR: &str = r#"#!/bin/sh
echo "emulator $*" >> "$NOTES/asked"
for argument in "$@"; do
  case "$before" in --record) echo '{"recorded": "by an emulator"}' >> "$argument" ;; esac
  before=$argument
done
echo '{"base_url": "http://127.0.0.1:1"}'
exec sleep 60
"#;

/// The checks' runtime: prints the rows that the test prepared for the script.
const NODE: &str = r#"#!/bin/sh
echo "node $*" >> "$NOTES/asked"
case "$1" in
  --version) cat "$NOTES/version" ;;
  --test) exit "$(cat "$NOTES/tests")" ;;
  *) cat "$NOTES/$(basename "$1").rows" ;;
esac
"#;

const NPM: &str = "#!/bin/sh\necho \"npm $*\" >> \"$NOTES/asked\"\n";

/// A machine with Node.js, on which both checks pass.
fn machine() -> Machine {
    let machine = Machine::new();
    for (name, script) in [("cargo", CARGO), ("node", NODE), ("npm", NPM)] {
        machine.install(name, script);
    }
    std::fs::create_dir_all(machine.path("target/debug")).unwrap();
    machine.install("target/debug/clerk-emulator", EMULATOR);
    machine.install("version", "v20.20.2\n");
    machine.install("tests", "0");
    machine.install("witness.mjs.rows", &row("users.getUser", "passed", "", ""));
    machine.install(
        "validate.mjs.rows",
        &row("GET /v1/users", "passed", "1 × 200", ""),
    );
    machine
}

fn row(operation: &str, verdict: &str, note: &str, details: &str) -> String {
    let row = json!({
        "operation": operation, "witness": "a tool", "verdict": verdict, "note": note, "details": details,
    });
    format!("{row}\n")
}

/// Exit code, standard output, and what was said besides.
fn conformance(machine: &Machine, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = machine.xtask(&[&["conformance", "--only", "clerk"], arguments].concat());
    command.env("CARGO", machine.path("cargo"));
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn record(machine: &Machine) -> String {
    machine.notes("target/conformance/exchanges.jsonl")
}

#[test]
fn both_kinds_of_instance_are_driven_and_the_emulators_own_tests_recorded() {
    let machine = machine();
    let (code, table, said) = conformance(&machine, &["--quick", "--json"]);
    assert_eq!(code, Some(0), "{said}");
    let table: Value = serde_json::from_str(&table).unwrap();
    let operations: Vec<&str> = (1..4)
        .map(|row| table[row]["operation"].as_str().unwrap())
        .collect();
    assert_eq!(
        operations,
        [
            "users.getUser",
            "cargo test --package clerk-emulator",
            "GET /v1/users"
        ]
    );
    assert!(said.contains("4 of 4 passed"), "{said}");

    let asked = machine.notes("asked");
    let emulators: Vec<&str> = asked
        .lines()
        .filter(|line| line.starts_with("emulator "))
        .collect();
    assert_eq!(emulators.len(), 2, "{asked}");
    assert!(
        !emulators[0].contains("--production") && emulators[1].ends_with("--production"),
        "{asked}"
    );
    assert_eq!(record(&machine).lines().count(), 3, "{}", record(&machine));
    assert!(asked.contains("npm ci"), "{asked}");
    let sdk = asked.lines().find(|line| line.contains("witness.mjs")).unwrap();
    assert_eq!(sdk.matches("http://127.0.0.1:1").count(), 2, "{sdk}");
}

#[test]
fn packages_are_installed_once_for_a_lock_file() {
    let machine = machine();
    conformance(&machine, &["--quick"]);
    conformance(&machine, &["--quick"]);
    assert_eq!(machine.notes("asked").matches("npm ci").count(), 1);
    machine.install("target/tools/conformance/installed-lock.json", "{}");
    machine.install("target/tools/conformance/gone.test.mjs", "an earlier version's");
    conformance(&machine, &["--quick"]);
    assert_eq!(machine.notes("asked").matches("npm ci").count(), 2);
    assert!(!machine.path("target/tools/conformance/gone.test.mjs").exists());
    assert!(machine.path("target/tools/conformance/witness.mjs").exists());
}

#[test]
fn fault_found_by_the_sdk_fails_the_task_and_is_shown() {
    let machine = machine();
    let disagrees = row(
        "users.getUser",
        "failed",
        "production",
        "production: 404 came, 200 was due",
    );
    machine.install("witness.mjs.rows", &disagrees);
    let (code, table, said) = conformance(&machine, &["--quick"]);
    assert_eq!((code, table.as_str()), (Some(1), ""), "{said}");
    assert!(said.contains("✗ users.getUser"), "{said}");
    assert!(said.contains("    production: 404 came, 200 was due"), "{said}");
    assert!(said.contains("3 of 4 passed, 1 failed"), "{said}");
}

#[test]
fn check_that_cannot_run_fails_the_task() {
    let machine = machine();
    machine.install(
        "node",
        &NODE.replace("*) cat", "*) echo 'cannot find a package' >&2; exit 1; cat"),
    );
    let (code, _, said) = conformance(&machine, &["--quick"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("    cannot find a package"), "{said}");
}

#[test]
fn failing_tests_of_the_checks_fail_the_task() {
    let machine = machine();
    machine.install("tests", "1");
    let (code, _, said) = conformance(&machine, &["--quick"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("✗ the checks' own tests"), "{said}");
}

#[test]
fn missing_documents_fail_the_task_only_with_require_openapi() {
    let machine = machine();
    machine.install(
        "validate.mjs.rows",
        &row("every answer", "not run", "no documents: out of reach", ""),
    );
    let (code, _, said) = conformance(&machine, &["--quick"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("not run: no documents: out of reach"), "{said}");
    let (code, _, said) = conformance(&machine, &["--quick", "--require-openapi"]);
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn earlier_record_replaces_the_tests() {
    let machine = machine();
    machine.install("earlier.jsonl", "{\"recorded\": \"earlier\"}\n");
    let earlier = machine.path("earlier.jsonl");
    let (code, _, said) = conformance(&machine, &["--exchanges", earlier.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        record(&machine).ends_with("{\"recorded\": \"earlier\"}\n"),
        "{}",
        record(&machine)
    );
    assert!(
        !machine.notes("asked").contains("cargo test"),
        "{}",
        machine.notes("asked")
    );

    let (code, _, said) = conformance(&machine, &["--exchanges", "/nowhere.jsonl"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("record it with CLERK_EMULATOR_RECORD"), "{said}");
}

#[test]
fn an_old_or_missing_node_stops_it_before_anything_is_built() {
    let machine = machine();
    machine.install("version", "v18.19.0\n");
    let (code, _, said) = conformance(&machine, &["--quick"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("v18.19.0") && said.contains("20.19 or newer"),
        "{said}"
    );
    assert!(
        !machine.notes("asked").contains("cargo"),
        "{}",
        machine.notes("asked")
    );

    let bare = Machine::new();
    let mut command = bare.xtask(&["conformance", "--quick"]);
    // Only what the fakes stand in for, so that a Node.js of the real machine is not found.
    command.env("PATH", bare.path("."));
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("there is no Node.js with npm here"), "{said}");
    assert!(said.contains("--install"), "{said}");
}

#[test]
fn an_old_python_stops_it_before_anything_is_built() {
    let machine = machine();
    // Every name by which one may be looked for, so that none of the real machine is found.
    for name in ["python3", "python3.14", "python3.13", "python3.12", "python3.11"] {
        machine.install(name, "#!/bin/sh\necho no\n");
    }
    let mut command = machine.xtask(&["conformance", "--only", "api", "--quick"]);
    command.env("CARGO", machine.path("cargo"));
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("there is no Python 3.11 or newer"), "{said}");
    assert!(said.contains("--install"), "{said}");
    assert!(
        !machine.notes("asked").contains("cargo"),
        "{}",
        machine.notes("asked")
    );
}
