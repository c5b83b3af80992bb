//! The texts of the help.

use crate::support::Aither;

const COMMANDS: [&str; 15] = [
    "doctor",
    "settings",
    "smoke",
    "courses",
    "course",
    "participation",
    "result",
    "results",
    "sync",
    "slides",
    "recording",
    "serve",
    "token",
    "logout",
    "completions",
];

#[tokio::test]
async fn help_of_the_command_is_enough_to_write_a_result() {
    let help = Aither::bare().run(&["--help"]).await.succeeded().output;
    for part in [
        "aither courses",
        "aither course COURSE",
        "aither result PARTICIPATION --outcome",
        "--complete",
        "--dry-run",
        "--clear-outcome",
        "--if-unchanged=VERSION",
        "HEMERA_API_BASE_URL=",
        "CLERK_SECRET_KEY=",
        "CLERK_ISSUER=",
        "CLERK_SERVICE_USER_EMAIL=",
        "Exit codes:",
    ] {
        assert!(help.contains(part), "the help lacks {part}");
    }
    insta::assert_snapshot!("aither", help);
}

#[tokio::test]
async fn each_command_has_its_help() {
    let main = Aither::bare().run(&["--help"]).await.succeeded().output;
    for command in COMMANDS {
        assert!(main.contains(&format!("  {command}")), "{command}");
        let help = Aither::bare().run(&[command, "--help"]).await.succeeded().output;
        assert!(help.lines().all(|line| line.chars().count() <= 140), "{help}");
        insta::assert_snapshot!(command, help);
    }
}

#[tokio::test]
async fn import_has_its_help() {
    let help = Aither::bare()
        .run(&["results", "import", "--help"])
        .await
        .succeeded()
        .output;
    insta::assert_snapshot!("results_import", help);
}

#[tokio::test]
async fn every_example_of_the_help_parses() {
    let help = Aither::bare().run(&["--help"]).await.succeeded().output;
    let example = help
        .lines()
        .find(|line| line.trim().starts_with("aither result"))
        .unwrap();
    assert!(example.contains("--outcome \"Presents freely\""), "{example}");
    let aither = Aither::bare();
    let arguments = [
        "result",
        "PARTICIPATION",
        "--outcome",
        "Presents freely",
        "--notes",
        "x",
        "--complete",
    ];
    // Without settings it comes as far as them.
    aither.run(&arguments).await.failed(3);
}

#[tokio::test]
async fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Aither::bare()
            .run(&["completions", shell])
            .await
            .succeeded()
            .output;
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}

#[tokio::test]
async fn version_is_shown() {
    let ended = Aither::bare().run(&["--version"]).await.succeeded();
    assert_eq!(ended.output, format!("aither {}\n", env!("CARGO_PKG_VERSION")));
}
