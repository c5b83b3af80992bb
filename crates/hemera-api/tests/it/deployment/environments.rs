//! The environment files of `deploy/environments`, as docs/environments.md has them checked.

use std::process::Command;

use super::{path, text};

/// What stands in the files of secrets, by their names.
fn secrets(environment: &str, folder: &std::path::Path) {
    let audit_key = folder.join("audit_key");
    let made = hemera_api(&["audit", "key", "new", "--file", audit_key.to_str().unwrap()]);
    assert!(made.status.success(), "{made:?}");
    let clerk = if environment == "production" {
        "sk_live_"
    } else {
        "sk_test_"
    };
    for (name, secret) in [
        (
            "database_url",
            "postgres://server:swordfish@db.example/hemera?sslmode=verify-full\n".to_owned(),
        ),
        ("clerk_secret_key", format!("{clerk}swordfish4711\n")),
    ] {
        std::fs::write(folder.join(name), secret).unwrap();
    }
}

fn hemera_api(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_hemera-api"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}

#[test]
fn each_is_accepted_in_its_environment_and_in_no_stricter_one() {
    let names = ["development", "staging", "production"];
    let listed = std::fs::read_dir(path("deploy/environments")).unwrap();
    assert_eq!(listed.count(), names.len());
    for (strictness, name) in names.into_iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        secrets(name, folder.path());
        let file = folder.path().join("file.env");
        let check = |environment: &str| {
            let text = text(&format!("deploy/environments/{name}.env"))
                .replace("/etc/hemera/credentials", folder.path().to_str().unwrap())
                .replace(
                    &format!("HEMERA_ENVIRONMENT={name}"),
                    &format!("HEMERA_ENVIRONMENT={environment}"),
                );
            std::fs::write(&file, text).unwrap();
            hemera_api(&["--env-file", file.to_str().unwrap(), "config", "check", "--json"])
        };
        let own = check(name);
        let report: serde_json::Value = serde_json::from_slice(&own.stdout).unwrap();
        assert!(own.status.success(), "{name}: {report}");
        assert_eq!(report["environment"], name);
        assert_eq!(report["warnings"], serde_json::json!([]), "{name}");
        for stricter in &names[strictness + 1..] {
            let refused = check(stricter);
            assert_eq!(refused.status.code(), Some(1), "{name} as {stricter}");
            let report = String::from_utf8(refused.stdout).unwrap();
            assert!(
                report.contains("CLERK_SECRET_KEY") && !report.contains("swordfish"),
                "{report}"
            );
        }
    }
}
