//! `cargo xtask clerk`: becomes the server's binary, with every argument, its streams and its exit code.

use std::fs::create_dir_all;
use std::io::Write as _;
use std::process::Stdio;

use crate::machine::Machine;

/// A cargo that builds nothing and says where things are.
const CARGO: &str = r#"#!/bin/sh
echo "cargo $1 $2 $3" >> "$NOTES/asked"
test "$1" = metadata && echo "{\"packages\": [], \"target_directory\": \"$NOTES/target\"}"
exit 0
"#;

/// A server's binary that prints its arguments and its input.
const HEMERA_API: &str = "#!/bin/sh\nread -r typed\necho \"$* · $typed\"\nexit 7\n";

#[test]
fn arguments_input_and_exit_code_are_passed_on() {
    let machine = Machine::new();
    machine.install("cargo", CARGO);
    create_dir_all(machine.path("target/debug")).unwrap();
    machine.install("target/debug/hemera-api", HEMERA_API);

    let arguments = ["clerk", "setup", "--dry-run", "--email", "a@b.example", "--help"];
    let mut child = machine
        .xtask(&arguments)
        .env("CARGO", machine.path("cargo"))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // A question of the binary's is answered at the same terminal.
    child.stdin.take().unwrap().write_all(b"yes\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, "clerk setup --dry-run --email a@b.example --help · yes\n");
    assert_eq!(output.status.code(), Some(7));
    assert!(
        machine
            .notes("asked")
            .starts_with("cargo build --package hemera-api\n")
    );
}
