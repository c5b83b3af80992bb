//! Where settings come from.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;

use aither_client::testing::InMemoryHemera;

use crate::support::Aither;
use crate::support::academy::academy;

fn env_file(hemera: &InMemoryHemera) -> String {
    format!(
        "# Aither\nHEMERA_API_BASE_URL={}\nAITHER_AUTH='service-key'\nexport HEMERA_API_KEY=\"{}\"\n",
        hemera.base_url(),
        hemera.service_key()
    )
}

#[tokio::test]
async fn file_of_the_current_directory_is_read_and_another_one_by_name() {
    let hemera = academy().await;
    let aither = Aither::bare();
    aither.file(".env", env_file(&hemera));
    aither.run(&["courses"]).await.succeeded();
    let aither = Aither::bare();
    aither.file("other.env", env_file(&hemera));
    aither.run(&["courses"]).await.failed(3);
    aither
        .run(&["--env-file", "other.env", "courses"])
        .await
        .succeeded();
}

#[tokio::test]
async fn environment_comes_before_the_file_also_for_a_secret_in_another_form() {
    let hemera = academy().await;
    let aither = Aither::bare().with("HEMERA_API_KEY", hemera.service_key());
    aither.file("key", "hk_of_the_file");
    let file = env_file(&hemera);
    let (start, _) = file.split_once("export").unwrap();
    aither.file(".env", format!("{start}HEMERA_API_KEY_FILE=key\n"));
    aither.run(&["courses"]).await.succeeded();
    let wrong = aither.with("HEMERA_API_BASE_URL", "http://127.0.0.1:9");
    wrong.run(&["courses", "--timeout", "3s"]).await.failed(4);
}

#[tokio::test]
async fn file_that_cannot_be_read_is_3_and_its_lines_are_not_repeated() {
    let aither = Aither::bare();
    let error = aither
        .run(&["--env-file", "missing.env", "courses"])
        .await
        .failed(3);
    assert!(error.contains("missing.env"), "{error}");
    aither.file(
        ".env",
        "AITHER_AUTH=ticket\nCLERK_SECRET_KEY=sk_live secret words\n",
    );
    let error = aither.run(&["courses"]).await.failed(3);
    assert!(
        error.contains("line 2") && !error.contains("secret words"),
        "{error}"
    );
    aither.file(".env", b"\xff\xfe");
    aither.run(&["courses"]).await.failed(3);
}

#[tokio::test]
async fn settings_are_shown_with_their_origin_and_without_their_value() {
    let hemera = academy().await;
    let aither = Aither::bare().with("HEMERA_API_KEY", "");
    aither.file(".env", env_file(&hemera));
    let aither = aither.with("AITHER_TOKEN", "session");
    let shown = aither.run(&["settings"]).await.succeeded();
    assert!(!shown.output.contains(hemera.service_key()), "{shown:?}");
    let json = aither.json(&["settings"]).await;
    let from = |name: &str| {
        let settings = json["settings"].as_array().unwrap();
        settings.iter().find(|setting| setting["name"] == name).unwrap()["from"].clone()
    };
    assert_eq!(from("HEMERA_API_KEY"), ".env");
    assert_eq!(from("AITHER_TOKEN"), "environment");
    assert_eq!(from("CLERK_ISSUER"), serde_json::Value::Null);
}

#[tokio::test]
async fn doctor_warns_of_a_file_that_others_may_read() {
    let hemera = academy().await;
    let aither = Aither::bare();
    aither.file(".env", env_file(&hemera));
    let path = aither.directory().join(".env");
    set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let ended = aither.run(&["doctor"]).await.succeeded();
    assert!(ended.notes.contains("chmod 600"), "{ended:?}");
    set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(aither.run(&["doctor"]).await.succeeded().notes, "");
}

#[tokio::test]
async fn misspelt_setting_is_3_and_nothing_is_sent() {
    let hemera = academy().await;
    let in_file = Aither::bare();
    in_file.file(".env", env_file(&hemera) + "AITHER_PROXY_URI=none\n");
    let in_environment = Aither::at(&hemera).with("AITHER_PROXY_URI", "none");
    for aither in [in_file, in_environment] {
        let error = aither.run(&["courses"]).await.failed(3);
        assert!(
            error.contains("AITHER_PROXY_URI is not a setting; write AITHER_PROXY_URL"),
            "{error}"
        );
    }
    assert!(hemera.requests().is_empty());
    Aither::at(&hemera)
        .with("AITHER_COLOUR", "none")
        .run(&["courses"])
        .await
        .succeeded();
}
