//! What prevents a start is one line (or one of a list) with the name of the setting and what to do.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{borrowed, one_error, run, setup};
use crate::support::TestDatabase;

const SETTINGS: &[(&str, &str)] = &[
    ("CLERK_SECRET_KEY", "sk_test_swordfish4711"),
    ("CLERK_ISSUER", "https://clerk.example.com"),
];

fn place(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// The only fault of a configuration that has one more setting.
async fn only_fault(command: &str, arguments: &[&str], more: &[(&str, &str)]) -> String {
    let all = [SETTINGS, more].concat();
    let mut whole = arguments.to_vec();
    whole.push(command);
    let (code, out, err) = run(&whole, &all).await;
    assert_eq!((code, out.as_str()), (1, ""), "{whole:?}: {err}");
    let lines: Vec<_> = err.lines().collect();
    let ["error: the configuration has 1 fault:", fault] = lines[..] else {
        panic!("{whole:?}: {err}")
    };
    assert!(!err.contains("swordfish"), "{err}");
    fault.trim().to_owned()
}

#[tokio::test]
async fn a_file_of_a_secret_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).unwrap();
        place(folder.path(), name)
    };
    for (path, problem, remedy) in [
        (
            place(folder.path(), "missing"),
            "cannot be read (entity not found)",
            "name the file",
        ),
        (
            place(folder.path(), "."),
            "cannot be read (is a directory)",
            "name the file",
        ),
        (file("empty", b" \n"), "is empty", "put the secret into it"),
        (
            file("latin", b"postgres://l\xe4\n"),
            "cannot be read (",
            "name the file",
        ),
        (
            file("url", b"mysql://swordfish@localhost/hemera\n"),
            "must be the address",
            "postgres://",
        ),
    ] {
        for command in ["serve", "migrate"] {
            let fault = only_fault(command, &[], &[("DATABASE_URL_FILE", &path)]).await;
            assert!(
                fault.starts_with("DATABASE_URL_FILE: ") && fault.contains(problem) && fault.contains(remedy),
                "{fault}"
            );
        }
    }
    // What editors put around a secret is none of it.
    let path = file(
        "editor",
        b"\xef\xbb\xbfpostgres://hemera:swordfish@localhost/hemera\r\n",
    );
    let all = [SETTINGS, &[("DATABASE_URL_FILE", path.as_str())]].concat();
    let (code, _, err) = run(&["config", "check"], &all).await;
    assert_eq!((code, err.as_str()), (0, ""));
}

#[tokio::test]
async fn a_file_of_settings_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let database = ("DATABASE_URL", "postgres://hemera:swordfish@localhost/hemera");
    let broken = place(folder.path(), "broken.toml");
    std::fs::write(&broken, "[database\nurl = swordfish\n").unwrap();
    let missing = place(folder.path(), "missing");
    for (arguments, problem, remedy) in [
        (
            ["--config", &missing],
            "cannot be read (entity not found)",
            "with --config",
        ),
        (
            ["--config", folder.path().to_str().unwrap()],
            "cannot be read (is a directory)",
            "with --config",
        ),
        (
            ["--config", &broken],
            "is not valid TOML at line 1",
            "write tables as [http]",
        ),
        (
            ["--env-file", &missing],
            "cannot be read (entity not found)",
            "with --env-file",
        ),
        (
            ["--env-file", &broken],
            "is not an environment file at line 1",
            "write NAME=value",
        ),
    ] {
        let fault = only_fault("serve", &arguments, &[database]).await;
        assert!(fault.contains(problem) && fault.contains(remedy), "{fault}");
    }
}

/// Root may read every file: there it is not seen.
#[tokio::test]
async fn a_file_of_another_user_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(folder.path(), "secret");
    std::fs::write(&path, "postgres://hemera:swordfish@localhost/hemera\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let is_readable = std::fs::read(&path).is_ok();
    let all = [SETTINGS, &[("DATABASE_URL_FILE", path.as_str())]].concat();
    let (code, _, err) = run(&["config", "check"], &all).await;
    if is_readable {
        assert_eq!(code, 0, "{err}");
    } else {
        assert!(
            code == 1
                && err.contains("DATABASE_URL_FILE: names a file that cannot be read (permission denied)"),
            "{err}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_not_this_machines_is_named_with_its_setting() {
    let database = TestDatabase::create().await;
    for setting in ["HEMERA_HTTP__LISTEN", "HEMERA_METRICS__LISTEN"] {
        // Of TEST-NET-1, which no machine has.
        let more = [
            (setting, "192.0.2.1:0"),
            ("HEMERA_HTTP__TLS_AT_PROXY", "true"),
            ("HEMERA_METRICS__NETWORK_IS_PRIVATE", "true"),
        ];
        let (_clerk, settings) = setup(&database, &more).await;
        let (code, _, err) = run(&["serve"], &borrowed(&settings)).await;
        let line = one_error("serve", &err);
        assert_eq!(code, 1);
        assert!(
            line.contains(&format!("set {setting} to an address that this machine has")),
            "{line}"
        );
    }
}

/// The setting that is wrong is the one that the command has used.
#[tokio::test]
async fn the_address_of_migrate_is_named_where_it_cannot_be_reached() {
    let database = TestDatabase::create_empty().await;
    let far = "postgres://owner:swordfish@127.0.0.1:1/hemera";
    let (_clerk, settings) = setup(&database, &[("HEMERA_DATABASE__ADMIN_URL", far)]).await;
    let (code, _, err) = run(&["migrate"], &borrowed(&settings)).await;
    let line = one_error("migrate", &err);
    assert!(
        code == 1 && line.contains("check HEMERA_DATABASE__ADMIN_URL, and that"),
        "{line}"
    );
    assert!(!err.contains("swordfish"), "{err}");
}
