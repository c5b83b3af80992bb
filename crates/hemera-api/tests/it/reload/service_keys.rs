//! The file of service keys.

use std::os::unix::fs::symlink;
use std::time::Duration;

use super::{INTERVAL, PULSE, SecretFile, pass, said, table, with_key};
use crate::command_line::run;
use crate::support::{CapturedLog, TestApp};

const SPRING: &str = "hmr_spring";
const SUMMER: &str = "hmr_summer";

async fn app_with(file: &SecretFile) -> TestApp {
    let app = TestApp::start_with(&[("HEMERA_SERVICE_KEYS_FILE", file.path())]).await;
    app.app.secrets().read_when_due().await;
    app
}

async fn assert_opens(app: &TestApp, key: &str) {
    with_key(app, key).await.assert_status(200);
}

async fn assert_refused(app: &TestApp, key: &str) {
    with_key(app, key).await.assert_error(401, "UNAUTHORIZED");
}

/// The file may change right after a look: then the next one is a whole interval away.
#[tokio::test]
async fn a_key_that_vanishes_opens_nothing_within_the_interval() {
    let file = SecretFile::with(table("spring", SPRING) + &table("summer", SUMMER));
    let app = app_with(&file).await;
    for key in [SPRING, SUMMER, TestApp::SERVICE_KEY] {
        assert_opens(&app, key).await;
    }
    file.write(table("summer", SUMMER));
    pass(&app, INTERVAL).await;
    assert_refused(&app, SPRING).await;
    for key in [SUMMER, TestApp::SERVICE_KEY] {
        assert_opens(&app, key).await;
    }
    file.write("# none\n");
    pass(&app, INTERVAL).await;
    assert_refused(&app, SUMMER).await;
    assert_opens(&app, TestApp::SERVICE_KEY).await;
    let database = app.finish().await;
    let names = database
        .rows("select distinct key_name from audit_log where key_name is not null order by key_name")
        .await;
    let names: Vec<_> = names.iter().map(|row| row["key_name"].clone()).collect();
    assert_eq!(names, ["rollback", "spring", "summer"]);
}

#[tokio::test]
async fn a_key_that_vanishes_opens_nothing_at_once_after_sighup() {
    let file = SecretFile::with(table("spring", SPRING));
    let app = app_with(&file).await;
    assert_opens(&app, SPRING).await;
    file.rename_over(table("summer", SUMMER));
    app.app.secrets().read_now().await;
    assert_refused(&app, SPRING).await;
    assert_opens(&app, SUMMER).await;
    app.finish().await;
}

/// A table per key, with the times of TOML or as text, and what editors put around it.
#[tokio::test]
async fn a_file_is_read_as_editors_write_it() {
    let file = SecretFile::with("");
    let app = app_with(&file).await;
    let spring = table("spring", SPRING);
    for content in [
        spring.clone(),
        format!("\u{feff}{}", spring.replace('\n', "\r\n")),
        format!("{spring}expires = 2027-01-31T00:00:00Z"),
        format!("{spring}expires = \"2027-01-31T00:00:00Z\"\n\n"),
    ] {
        file.write(&content);
        app.app.secrets().read_now().await;
        assert_opens(&app, SPRING).await;
        file.write("");
        app.app.secrets().read_now().await;
        assert_refused(&app, SPRING).await;
    }
    file.write(format!("{spring}expires = 2026-03-10T09:00:00Z"));
    app.app.secrets().read_now().await;
    assert_refused(&app, SPRING).await;
    app.finish().await;
}

/// Each leaves the keys in use, says so in one line however often it is looked at, and so does SIGHUP.
#[tokio::test]
async fn an_invalid_file_leaves_the_keys_in_use() {
    let file = SecretFile::with(table("spring", SPRING));
    let app = app_with(&file).await;
    let summer = table("summer", SUMMER);
    for (content, problem) in [
        ("[summer\n".to_owned(), "not valid TOML at line 1"),
        ("a = 1\n".to_owned(), "whose a is not a table: write [a]"),
        (
            summer.replace("sha256 = \"", "sha256 = \"0"),
            "summer.sha256 must be the SHA-256",
        ),
        (summer.replace("sha256", "sha"), "summer.sha is not a setting"),
        ("[summer]\nsubject = \"a\"".to_owned(), "summer.sha256 is missing"),
        (
            summer.replace("[summer]", "[\"Sum mer\"]"),
            "a key whose name is not",
        ),
        (
            summer.replace("[summer]", "[rollback]"),
            "the key rollback, which the settings have",
        ),
        (format!("{summer}expires = 7"), "summer.expires must be a text"),
        ("#".repeat(1024 * 1024 + 1), "more than 1048576 bytes"),
    ] {
        let log = CapturedLog::start();
        file.write(content);
        pass(&app, 3 * INTERVAL).await;
        let lines = said(&log, "WARN");
        assert!(
            lines.len() == 1
                && lines[0].contains("HEMERA_SERVICE_KEYS_FILE: names a file")
                && lines[0].contains("the old value stays in use")
                && lines[0].contains(problem)
                && !lines[0].contains('\n'),
            "{lines:?}"
        );
        app.app.secrets().read_now().await;
        assert_eq!(said(&log, "WARN").len(), 2);
        assert_opens(&app, SPRING).await;
        assert_refused(&app, SUMMER).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_leaves_the_keys_in_use() {
    let file = SecretFile::with(table("spring", SPRING));
    let app = app_with(&file).await;
    let log = CapturedLog::start();
    std::fs::remove_file(&file.path).unwrap();
    pass(&app, 2 * INTERVAL).await;
    std::fs::create_dir(&file.path).unwrap();
    pass(&app, 2 * INTERVAL).await;
    let lines = said(&log, "WARN");
    assert!(
        lines.len() == 2
            && lines[0].contains("cannot be read (entity not found)")
            && lines[1].contains("not a file"),
        "{lines:?}"
    );
    assert_opens(&app, SPRING).await;
    // The same again is no new value, and the alert ends.
    std::fs::remove_dir(&file.path).unwrap();
    file.write(table("spring", SPRING));
    pass(&app, INTERVAL).await;
    assert_eq!(
        said(&log, "INFO"),
        ["secret service_keys is the one in use again"]
    );
    app.finish().await;
}

/// An editor that writes in place is seen between its writes; half of a file may be valid.
#[tokio::test]
async fn a_file_that_is_being_written_is_not_taken_for_the_whole() {
    let both = table("spring", SPRING) + &table("summer", SUMMER);
    let file = SecretFile::with(&both);
    let app = app_with(&file).await;
    let log = CapturedLog::start();
    for part in ["", &table("spring", SPRING), "[spring]\nsha256 ="] {
        // Due, and just now half written.
        app.advance(INTERVAL);
        file.write(part);
        app.app.secrets().read_when_due().await;
        assert_opens(&app, SUMMER).await;
        file.write(&both);
        pass(&app, PULSE).await;
        assert_opens(&app, SUMMER).await;
    }
    assert_eq!(said(&log, "WARN"), Vec::<String>::new());
    app.finish().await;
}

/// Kubernetes gives a volume's files another folder by changing one link to it.
#[tokio::test]
async fn a_folder_that_kubernetes_swaps_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (version, key) in [
        ("..v1", table("spring", SPRING)),
        ("..v2", table("summer", SUMMER)),
    ] {
        std::fs::create_dir(at(version)).unwrap();
        std::fs::write(at(version).join("keys.toml"), key).unwrap();
    }
    symlink("..v1", at("..data")).unwrap();
    symlink("..data/keys.toml", at("keys.toml")).unwrap();
    let path = at("keys.toml");
    let app = TestApp::start_with(&[("HEMERA_SERVICE_KEYS_FILE", path.to_str().unwrap())]).await;
    app.app.secrets().read_when_due().await;
    assert_opens(&app, SPRING).await;
    symlink("..v2", at("..new")).unwrap();
    std::fs::rename(at("..new"), at("..data")).unwrap();
    pass(&app, INTERVAL).await;
    assert_refused(&app, SPRING).await;
    assert_opens(&app, SUMMER).await;
    app.finish().await;
}

/// Between two looks the files are left alone.
#[tokio::test]
async fn the_interval_is_the_one_of_the_settings() {
    let file = SecretFile::with(table("spring", SPRING));
    let app = TestApp::start_with(&[
        ("HEMERA_SERVICE_KEYS_FILE", file.path()),
        ("HEMERA_SECRETS__INTERVAL", "1m"),
    ])
    .await;
    app.app.secrets().read_when_due().await;
    file.write(table("summer", SUMMER));
    pass(&app, Duration::from_secs(59)).await;
    assert_opens(&app, SPRING).await;
    pass(&app, Duration::from_secs(1)).await;
    assert_opens(&app, SUMMER).await;
    app.finish().await;
}

/// What `hemera-api key new` prints for the file is what the file takes.
#[tokio::test]
async fn the_table_of_a_new_key_lets_it_in() {
    let arguments = [
        "key",
        "new",
        "autumn",
        "--subject",
        "aither",
        "--expires-in",
        "90days",
        "--json",
    ];
    let (code, out, err) = run(&arguments, &[]).await;
    assert_eq!((code, err.as_str()), (0, ""));
    let printed: serde_json::Value = serde_json::from_str(&out).unwrap();
    let file = SecretFile::with(printed["table"].as_str().unwrap());
    let app = app_with(&file).await;
    assert_opens(&app, printed["key"].as_str().unwrap()).await;
    app.finish().await;
}
