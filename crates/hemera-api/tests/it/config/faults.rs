//! All faults are in one report, by name and without values.

use clerk::TokenClass;
use hemera_api::config::{Config, Inputs, list};

use super::{faults, file, inputs, load};

#[test]
fn every_fault_is_in_one_report_and_no_value_is() {
    let report = faults(&[
        ("DATABASE_URL", "mysql://hemera:swordfish@db.example/hemera"),
        ("CLERK_SECRET_KEY", "pk_test_swordfish"),
        ("CLERK_ISSUER", "http://swordfish.example.com"),
        ("CLERK_API_URL", "https://api.clerk.com/swordfish"),
        ("CLERK_JWT_KEY", "swordfish"),
        ("HEMERA_HTTP__LISTEN", "swordfish"),
        ("HEMERA_HTTP__CONCURRENCY", "0"),
        ("HEMERA_ROLES__MAX_AGE", "60"),
        ("HEMERA_ROLES__MAXAGE", "swordfish"),
        ("HEMERA_LIMITS__ADMIN_RATE", "-5"),
        ("HEMERA_LIMITS__WINDOW", "0s"),
        ("HEMERA_CORS__ORIGINS", "https://a.example/swordfish"),
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "swordfish"),
        ("HEMERA_IDENTITY__PSEUDONYM_KEY", "swordfish"),
        ("HEMERA_LOG__FORMAT", "swordfish"),
        ("HEMERA_TOKENS__REQUIRE_AZP", "yes"),
        ("HEMERA_SERVICE_KEYS__ROLLBACK__SHA256", "swordfish"),
        ("HEMERA_SERVICE_KEYS__ROLLBACK__SUBJECT", "sword fish"),
        ("HEMERA_SERVICE_KEYS__ROLLBACK__ROLE", "swordfish"),
    ]);
    assert!(!report.contains("swordfish"), "{report}");
    insta::assert_snapshot!("config_faults", report);
}

/// While a cool-down lasts, an older value serves: a long one would stretch the age that is promised.
#[test]
fn a_cool_down_that_would_stretch_an_age_is_a_fault() {
    for (age, cool_down) in [
        ("HEMERA_ROLES__MAX_AGE", "HEMERA_ROLES__COOL_DOWN"),
        ("HEMERA_TOKENS__KEYS_MAX_AGE", "HEMERA_TOKENS__KEYS_COOL_DOWN"),
    ] {
        let fault = faults(&[(age, "3s")]);
        assert!(
            fault.contains(&format!("{cool_down}: must be at most half of {age}")),
            "{fault}"
        );
        load(&[(age, "4s")]).unwrap();
        load(&[(age, "3s"), (cool_down, "1500ms")]).unwrap();
    }
}

#[test]
fn what_is_missing_is_named_with_the_remedy() {
    let report = Config::load(&Inputs::default()).unwrap_err().to_string();
    insta::assert_snapshot!("config_missing", report);
    // An empty variable is how a shell says "not set".
    let empty = faults(&[
        ("DATABASE_URL", ""),
        ("CLERK_SECRET_KEY", ""),
        ("CLERK_ISSUER", ""),
    ]);
    assert_eq!(empty, report);
}

#[test]
fn faults_of_the_file_name_the_place_in_it() {
    let (_kept, path) = file("[http]\nlisten = 5\nport = 3\n[roles]\nmax_age = \"swordfish\"\n");
    let mut given = inputs(&[]);
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    assert!(!report.contains("swordfish"), "{report}");
    insta::assert_snapshot!("config_faults_in_file", report);

    let (_kept, path) = file("[clerk]\nsecret_key = sk_test_swordfish\n");
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    assert!(
        report.contains("is not valid TOML at line 2") && !report.contains("swordfish"),
        "{report}"
    );

    given.file = Some("/nowhere/hemera.toml".into());
    assert!(
        Config::load(&given)
            .unwrap_err()
            .to_string()
            .contains("/nowhere/hemera.toml: cannot be read")
    );
}

#[test]
fn pseudonyms_need_a_key() {
    let report = faults(&[("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous")]);
    assert!(
        report.contains("HEMERA_IDENTITY__PSEUDONYM_KEY: is missing"),
        "{report}"
    );
}

/// A section that stops at its first fault would hide the others until that one is mended.
#[test]
fn no_fault_hides_another() {
    let wrong = "a=b=c";
    let settings: Vec<_> = list()
        .into_iter()
        .flat_map(|section| section.settings)
        .filter(|setting| !["text", "list of texts", "path of a file"].contains(&setting.kind.as_str()))
        .map(|setting| setting.name)
        .collect();
    let environment = settings.iter().map(|name| (name.into(), wrong.into()));
    let report = Config::load(&Inputs {
        environment: environment.collect(),
        environment_file: None,
        file: None,
    })
    .unwrap_err();
    let named: Vec<_> = report.iter().map(|fault| fault.name.as_str()).collect();
    for name in &settings {
        assert!(named.contains(&name.as_str()), "{name} is not in {report}");
    }
    assert!(settings.len() > 45, "{settings:?}");
}

/// To these settings, no item means all clients, any origin or any party.
#[test]
fn a_list_without_an_item_is_a_fault() {
    for name in [
        "HEMERA_HTTP__ALLOWED_CLIENTS",
        "HEMERA_CORS__ORIGINS",
        "HEMERA_TOKENS__AUTHORIZED_PARTIES",
    ] {
        for text in [",", " ", " , ,"] {
            let report = faults(&[(name, text)]);
            assert!(
                report.contains(&format!("{name}: is a list without an item")),
                "{report}"
            );
        }
        load(&[(name, "")]).unwrap();
    }
    let (_kept, path) = file("[http]\nallowed_clients = [\"\", \"\"]\n");
    let mut given = inputs(&[]);
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    assert!(
        report.contains("http.allowed_clients (in the file): is a list without an item"),
        "{report}"
    );
}

#[test]
fn a_test_key_beside_a_live_one_is_a_fault() {
    // The base64 of `clerk.example.com$`.
    let live = ("CLERK_PUBLISHABLE_KEY", "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k");
    let test = ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k");
    let secret_live = ("CLERK_SECRET_KEY", "sk_live_swordfish4711");
    let secret_test = ("CLERK_SECRET_KEY", "sk_test_swordfish4711");
    load(&[live, secret_live, ("HEMERA_LIMITS__REPLICAS", "1")]).unwrap();
    load(&[test, secret_test]).unwrap();
    for (keys, problem) in [
        (
            [live, secret_test],
            "is a live key, and CLERK_SECRET_KEY a test one",
        ),
        (
            [test, secret_live],
            "is a test key, and CLERK_SECRET_KEY a live one",
        ),
    ] {
        let report = faults(&keys);
        assert!(
            report.contains(&format!(
                "CLERK_PUBLISHABLE_KEY: {problem}: take both from one instance"
            )),
            "{report}"
        );
        assert!(!report.contains("swordfish"), "{report}");
        // The issuer alone would do, but then one of the three is of another instance.
        let issuer = [keys[0], keys[1], ("CLERK_ISSUER", "https://clerk.example.com")];
        assert!(faults(&issuer).contains(problem));
    }
}

#[test]
fn a_value_in_place_of_a_table_is_a_fault() {
    let (_kept, path) = file("service_keys = 5\nhttp = 5\n[machines]\naither = 5\n");
    let mut given = inputs(&[]);
    given.file = Some(path);
    let report = Config::load(&given).unwrap_err().to_string();
    for name in ["service_keys", "http", "machines.aither"] {
        assert!(
            report.contains(&format!("{name} (in the file): is not a setting of ")),
            "{name}: {report}"
        );
    }
}

#[test]
fn session_tokens_are_not_accepted_unless_asked_for() {
    let tokens = load(&[]).unwrap().clerk.tokens;
    assert!(!tokens.classes.contains(&TokenClass::Session));
    assert!(tokens.classes.contains(&TokenClass::Template));
    assert_eq!(tokens.audience, "hemera-api");
}

#[test]
fn classes_and_audience_that_check_nothing_are_faults() {
    for (name, value) in [
        ("HEMERA_TOKENS__CLASSES", "template,sesion"),
        ("HEMERA_TOKENS__CLASSES", ","),
        ("HEMERA_TOKENS__AUDIENCE", " "),
    ] {
        let report = faults(&[(name, value)]);
        assert!(report.contains(name), "{name}={value}: {report}");
    }
}

/// Any template's token could name a role; a session token's claims are not the operator's alone.
#[test]
fn claimed_roles_need_the_template_class() {
    let claim = ("HEMERA_ROLES__SOURCE", "claim");
    load(&[claim]).unwrap();
    let report = faults(&[claim, ("HEMERA_TOKENS__CLASSES", "session,machine")]);
    assert!(
        report.contains("HEMERA_ROLES__SOURCE") && report.contains("HEMERA_TOKENS__CLASSES"),
        "{report}"
    );
}

/// A link that leads nowhere, or that gives a password away, would be on every error.
#[test]
fn a_documentation_address_that_is_no_page_is_a_fault() {
    for address in [
        "docs.example.com",
        "ftp://docs.example.com/api",
        "https://docs.example.com/api#errors",
        "https://swordfish@docs.example.com/api",
        "https://reader:swordfish@docs.example.com/api",
    ] {
        let report = faults(&[("HEMERA_HTTP__DOCUMENTATION_URL", address)]);
        assert!(
            report.contains("HEMERA_HTTP__DOCUMENTATION_URL: must be the address of a page"),
            "{report}"
        );
        assert!(!report.contains("swordfish"), "{report}");
    }
    for address in ["https://docs.example.com/api?version=1", "http://127.0.0.1/api"] {
        load(&[("HEMERA_HTTP__DOCUMENTATION_URL", address)]).unwrap();
    }
}
