//! A client from settings, and the faults of settings.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;

use aither_client::{HemeraClientBuilder, SettingsError};

use crate::support::{Reply, Server, list};

fn load(values: &[(&str, &str)]) -> Result<HemeraClientBuilder, SettingsError> {
    let values: HashMap<_, _> = values.iter().copied().collect();
    HemeraClientBuilder::load_with(|name| values.get(name).map(OsString::from))
}

fn names(error: &SettingsError) -> Vec<&str> {
    error
        .faults()
        .iter()
        .map(aither_client::SettingFault::name)
        .collect()
}

const TICKET: [(&str, &str); 4] = [
    ("HEMERA_API_BASE_URL", "https://hemera.example"),
    ("CLERK_SECRET_KEY", "sk_live_0123456789abcdefghij"),
    ("CLERK_ISSUER", "https://clerk.hemera.example"),
    ("CLERK_SERVICE_USER_EMAIL", "aither-service@hemera-academy.com"),
];

#[test]
fn service_user_needs_four_settings() {
    assert!(load(&TICKET).is_ok());
    for left_out in TICKET {
        let values: Vec<_> = TICKET
            .into_iter()
            .filter(|setting| *setting != left_out)
            .collect();
        assert_eq!(
            load(&values).unwrap_err().faults().len(),
            1,
            "without {left_out:?}"
        );
    }
}

#[test]
fn all_missing_settings_are_reported_together() {
    let error = load(&[]).unwrap_err();
    assert_eq!(
        names(&error),
        [
            "HEMERA_API_BASE_URL",
            "CLERK_SECRET_KEY",
            "CLERK_ISSUER",
            "CLERK_SERVICE_USER_ID"
        ]
    );
    assert_eq!(
        names(&load(&[("AITHER_AUTH", "service-key")]).unwrap_err()),
        ["HEMERA_API_BASE_URL", "HEMERA_API_KEY"]
    );
}

#[test]
fn faults_are_reported_by_name_and_without_the_value() {
    let error = load(&[
        ("HEMERA_API_BASE_URL", "http://geheim.example"),
        ("CLERK_SECRET_KEY", "pk_live_geheim"),
        ("CLERK_API_URL", "http://geheim.example"),
        ("CLERK_ISSUER", "geheim"),
        ("CLERK_SERVICE_USER_ID", " "),
        ("AITHER_TOKEN", "geheim"),
    ])
    .unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("geheim"), "{text}");
    insta::assert_snapshot!("settings_faults", error.to_string().replace(" | ", "\n"));
}

#[test]
fn fault_of_the_api_address_has_its_own_name() {
    let mut values = TICKET.to_vec();
    values.extend([
        ("CLERK_API_URL", "http://clerk.example"),
        ("AITHER_TOKEN", "session"),
    ]);
    assert_eq!(names(&load(&values).unwrap_err()), ["CLERK_API_URL"]);
}

/// A relative one would be another directory with each working directory; and so a mistyped `none` is none.
#[test]
fn state_directory_is_an_absolute_path_or_none() {
    let with = |value| load(&[&TICKET[..], &[("AITHER_STATE_DIR", value)]].concat());
    for value in ["", "none", "/var/lib/aither"] {
        assert!(with(value).is_ok(), "{value}");
    }
    for value in ["None", "off", "state/aither", "~/.local/state/aither"] {
        let error = with(value).unwrap_err();
        assert_eq!(names(&error), ["AITHER_STATE_DIR"]);
        assert!(
            error.to_string().contains("an absolute path, or `none`"),
            "{error}"
        );
    }
}

#[test]
fn unknown_auth_method_is_refused() {
    let error = load(&[
        ("HEMERA_API_BASE_URL", "https://hemera.example"),
        ("AITHER_AUTH", "basic"),
    ])
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "AITHER_AUTH: must be ticket, enrolled, machine or service-key"
    );
}

#[tokio::test]
async fn secret_may_come_from_a_file() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("service-key");
    std::fs::write(&path, "hk_live_1\n").unwrap();
    let server = Server::always(Reply::courses()).await;
    let values = [
        ("HEMERA_API_BASE_URL", server.origin()),
        ("AITHER_AUTH", "service-key"),
        ("HEMERA_API_KEY_FILE", path.to_str().unwrap()),
    ];
    let client = load(&values).unwrap().build().unwrap();
    list(&client).await.unwrap();
    assert_eq!(server.only().header("x-api-key"), "hk_live_1");
}

#[test]
fn secret_comes_from_exactly_one_existing_place() {
    let common = [
        ("HEMERA_API_BASE_URL", "https://hemera.example"),
        ("AITHER_AUTH", "service-key"),
    ];
    for (values, text) in [
        (
            &[("HEMERA_API_KEY", "hk_1"), ("HEMERA_API_KEY_FILE", "/dev/null")][..],
            "set one of them",
        ),
        (
            &[("HEMERA_API_KEY_FILE", "/nowhere/at/all")][..],
            "cannot be read",
        ),
        (&[("HEMERA_API_KEY_FILE", "/dev/null")][..], "empty"),
        (&[("HEMERA_API_KEY", "")][..], "is missing"),
    ] {
        let error = load(&[&common, values].concat()).unwrap_err();
        assert_eq!(names(&error), ["HEMERA_API_KEY"]);
        assert!(error.to_string().contains(text), "{error}");
        assert!(!error.to_string().contains("/nowhere"), "{error}");
    }
}

/// Every name that is read with any auth method.
fn names_looked_up() -> BTreeSet<String> {
    let names = RefCell::new(BTreeSet::new());
    for method in ["ticket", "enrolled", "machine", "service-key"] {
        let outcome = HemeraClientBuilder::load_with(|name| {
            names.borrow_mut().insert(name.to_owned());
            match name {
                "AITHER_AUTH" => Some(OsString::from(method)),
                "AITHER_TOKEN_STORE" => Some(OsString::from("redis://127.0.0.1")),
                _ => None,
            }
        });
        assert!(outcome.is_err());
    }
    names.into_inner()
}

#[test]
fn documents_name_every_setting_and_no_other() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let (guide, example) = (read("docs/tokens.md"), read(".env.example"));
    let looked_up = names_looked_up();
    assert!(
        looked_up.contains("CLERK_MACHINE_SECRET_KEY_FILE"),
        "{looked_up:?}"
    );
    for name in looked_up.iter().filter(|name| !name.ends_with("_FILE")) {
        assert!(guide.contains(name.as_str()), "docs/tokens.md lacks {name}");
        assert!(example.contains(&format!("{name}=")), ".env.example lacks {name}");
    }
    let named = guide
        .split(|character: char| !(character.is_ascii_uppercase() || character == '_'))
        .filter(|word| {
            ["AITHER_", "CLERK_", "HEMERA_API_"]
                .iter()
                .any(|start| word.starts_with(start))
        });
    for name in named {
        assert!(
            looked_up.contains(name),
            "docs/tokens.md names {name}, which is never read"
        );
    }
}

#[test]
fn each_example_of_the_guide_is_a_complete_configuration() {
    let guide =
        std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/tokens.md"));
    let guide = guide.unwrap();
    let directory = tempfile::TempDir::new().unwrap();
    let secrets = [
        ("clerk-secret-key", "sk_live_0123456789"),
        ("aither-sign-in-token", "ticket"),
        ("aither-machine-key", "ak_0123456789"),
        ("hemera-api-key", "hk_live_1"),
    ];
    for (name, secret) in secrets {
        std::fs::write(directory.path().join(name), secret).unwrap();
    }
    let examples: Vec<_> = guide.split("```sh\n").skip(1).collect();
    assert_eq!(examples.len(), 4);
    for example in examples {
        let lines = example.split("```").next().unwrap().lines();
        let here = directory.path().to_str().unwrap();
        let values: HashMap<_, _> = lines
            .map(|line| line.split_once('=').unwrap())
            .map(|(name, value)| (name, value.replace("/run/secrets", here)))
            .collect();
        let loaded = HemeraClientBuilder::load_with(|name| values.get(name).map(OsString::from));
        assert!(loaded.is_ok(), "{:?}", loaded.map(drop));
    }
}

const STORE: [(&str, &str); 2] = [
    ("AITHER_TOKEN_STORE", "redis://:geheim@redis.example:6379/0"),
    (
        "AITHER_TOKEN_STORE_KEY",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ),
];

#[test]
fn shared_store_needs_an_address_and_a_key() {
    let with = |more: &[(&'static str, &'static str)]| load(&[&TICKET, more].concat());
    assert!(with(&[("AITHER_TOKEN_STORE", "memory")]).is_ok());
    for (store, fault) in [
        (&[STORE[0]][..], "AITHER_TOKEN_STORE_KEY: is missing; set it"),
        (
            &[("AITHER_TOKEN_STORE", "https://geheim.example"), STORE[1]],
            "AITHER_TOKEN_STORE: must be memory",
        ),
        (
            &[STORE[0], ("AITHER_TOKEN_STORE_KEY", "Z2VoZWlt")],
            "AITHER_TOKEN_STORE_KEY: must be the base64 of 32 random bytes",
        ),
        (
            &[STORE[0], STORE[1], ("AITHER_TOKEN_STORE_PREVIOUS_KEY", "geheim")],
            "AITHER_TOKEN_STORE_PREVIOUS_KEY: must be the base64 of 32 random bytes",
        ),
    ] {
        let error = with(store).unwrap_err();
        assert!(error.to_string().contains(fault), "{error}");
        assert!(!format!("{error} {error:?}").contains("geheim"), "{error:?}");
    }
}

#[test]
fn methods_that_share_no_tokens_do_not_read_the_store_settings() {
    for method in [
        &[("AITHER_AUTH", "service-key"), ("HEMERA_API_KEY", "hk_live_1")][..],
        &[
            ("AITHER_AUTH", "enrolled"),
            ("AITHER_SESSION_FILE", "/nowhere/session.json"),
        ],
    ] {
        let broken = [("AITHER_TOKEN_STORE", "geheim")];
        assert!(load(&[&TICKET, method, &broken].concat()).is_ok(), "{method:?}");
    }
}

#[cfg(feature = "redis")]
#[test]
fn shared_store_of_the_guide_is_valid_and_does_not_print() {
    let guide =
        std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/tokens.md"))
            .unwrap();
    let (_, example) = guide.split_once("```env\n").unwrap();
    let directory = tempfile::TempDir::new().unwrap();
    let here = directory.path().to_str().unwrap();
    let mut values: HashMap<String, String> = TICKET
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    for line in example.split("```").next().unwrap().lines() {
        let (name, file) = line.split_once('=').unwrap();
        let (_, value) = STORE
            .iter()
            .find(|(known, _)| format!("{known}_FILE") == name)
            .unwrap();
        let file = file.replace("/run/secrets", here);
        std::fs::write(&file, value).unwrap();
        values.insert(name.to_owned(), file);
    }
    let builder = HemeraClientBuilder::load_with(|name| values.get(name).map(OsString::from)).unwrap();
    let client = builder.clone().build().unwrap();
    let shown = format!("{builder:?} {client:?} {:?}", client.tokens());
    assert!(shown.contains("redis.example:6379"), "{shown}");
    for secret in ["geheim", STORE[1].1] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[cfg(not(feature = "redis"))]
#[test]
fn program_without_redis_refuses_a_redis_store() {
    let error = load(&[&TICKET[..], &STORE].concat()).unwrap_err();
    assert!(error.to_string().contains("with its feature redis"), "{error}");
}

#[cfg(unix)]
#[test]
fn value_that_is_not_utf8_is_a_fault() {
    use std::os::unix::ffi::OsStringExt as _;
    let error = HemeraClientBuilder::load_with(|name| {
        (name == "HEMERA_API_BASE_URL").then(|| OsString::from_vec(vec![0xff, 0xfe]))
    })
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("HEMERA_API_BASE_URL: is not UTF-8 text"),
        "{error}"
    );
}
