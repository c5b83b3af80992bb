//! The doctor finds faults, says what to do about them, and changes nothing.

use std::ffi::OsString;
use std::time::{Duration, SystemTime};

use aither_client::doctor::{Doctor, Report, Verdict};
use clerk_emulator::{Effect, Fault, IdentifierKind, NewIdentifier, Options, Seed};
use freshness::{Clock as _, ManualClock, SystemClock};
use serde_json::Value;

use crate::support::{Clerk, Reply, SERVICE_USER, Server, failure};

struct Setup {
    clerk: Clerk,
    hemera: Server,
    settings: Vec<(&'static str, String)>,
}

impl Setup {
    async fn healthy() -> Self {
        Self::with(Options::production(), Reply::courses()).await
    }

    async fn seeded(change: impl FnOnce(&mut Seed)) -> Self {
        let mut seed = Seed::demo();
        change(&mut seed);
        let options = Options::production().with_seed(seed);
        Self::with(options, Reply::courses()).await
    }

    async fn with(options: Options, reply: Reply) -> Self {
        let clerk = Clerk::start_with(options).await;
        let hemera = Server::always(reply).await;
        let settings = vec![
            ("HEMERA_API_BASE_URL", hemera.origin().to_owned()),
            ("CLERK_API_URL", clerk.base_url()),
            ("CLERK_ISSUER", clerk.base_url()),
            ("CLERK_SECRET_KEY", clerk.secret_key()),
            ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER.to_owned()),
        ];
        Self {
            clerk,
            hemera,
            settings,
        }
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.into()));
        self
    }

    fn doctor(&self) -> Doctor {
        Doctor::load_with(|name| {
            let mut found = self.settings.iter().filter(|(known, _)| *known == name);
            found.next().map(|(_, value)| OsString::from(value))
        })
    }

    async fn report(&self) -> Report {
        self.doctor().examine().await
    }
}

#[track_caller]
fn fails(report: &Report, name: &str, expected: &str) {
    let check = report
        .check(name)
        .unwrap_or_else(|| panic!("no {name} in\n{report}"));
    let remedy = check.remedy.as_deref().unwrap_or_default();
    let shown = format!("{} → {remedy}", check.found);
    assert_eq!(check.verdict, Verdict::Failed, "{shown}");
    assert!(shown.contains(expected), "{shown}");
    assert!(!remedy.is_empty() && !check.found.contains(remedy), "{shown}");
    assert!(!report.is_healthy());
}

/// Exactly these checks were made, and all passed.
#[track_caller]
fn passes<const N: usize>(report: &Report, names: [&str; N]) {
    let verdicts: Vec<_> = report
        .checks
        .iter()
        .map(|check| (check.name, check.verdict))
        .collect();
    assert_eq!(verdicts, names.map(|name| (name, Verdict::Passed)), "{report}");
}

#[tokio::test]
async fn healthy_setup_passes_all_checks() {
    let setup = Setup::healthy().await;
    let report = setup.report().await;
    assert!(report.is_healthy(), "{report}");
    let names = [
        "settings",
        "network",
        "clerk",
        "native api",
        "template",
        "service user",
        "hemera",
        "clock",
        "token",
        "call",
    ];
    passes(&report, names);
    let text = report.to_string().replace(setup.hemera.origin(), "http://hemera");
    insta::assert_snapshot!("doctor_healthy", text);
    let json: Value = serde_json::to_value(&report).unwrap();
    assert_eq!(json["checks"][0]["verdict"], "passed");
    assert_eq!(json["checks"].as_array().unwrap().len(), names.len());
    let changes = ["PATCH", "PUT", "DELETE"].map(|method| setup.clerk.count(method, "/**"));
    assert_eq!(changes, [0, 0, 0]);
}

#[tokio::test]
async fn faults_of_the_settings_do_not_stop_the_other_checks() {
    let setup = Setup::healthy().await;
    let setup = setup
        .set("CLERK_SECRET_KEY", "pk_live_geheim")
        .set("AITHER_TOKEN", "geheim");
    let report = setup.report().await;
    let faults = report.checks.iter().filter(|check| check.name == "settings");
    assert_eq!(faults.count(), 2, "{report}");
    assert!(!report.to_string().contains("geheim"), "{report}");
    for (name, verdict) in [
        ("clerk", Verdict::Passed),
        ("hemera", Verdict::Passed),
        ("token", Verdict::Skipped),
        ("call", Verdict::Skipped),
    ] {
        assert_eq!(report.check(name).unwrap().verdict, verdict, "{report}");
    }
    assert!(report.check("template").is_none());
}

#[tokio::test]
async fn faults_of_the_template_are_found() {
    type Change = fn(&mut Seed);
    let cases: [(Change, &str); 5] = [
        (|seed| seed.jwt_templates.clear(), "no JWT template hemera-api"),
        (
            |seed| drop(seed.jwt_templates[0].claims.remove("aud")),
            "lacks the claim aud",
        ),
        (
            |seed| drop(seed.jwt_templates[0].claims.remove("role")),
            "lacks the claim role",
        ),
        (
            |seed| {
                seed.jwt_templates[0].claims["role"] = "api-client".into();
            },
            "does not come from user.public_metadata.role",
        ),
        (|seed| seed.jwt_templates[0].lifetime = 7200, "live 7200 s"),
    ];
    for (change, text) in cases {
        let report = Setup::seeded(change).await.report().await;
        fails(&report, "template", text);
        fails(&report, "template", "hemera-api clerk setup");
    }
}

#[tokio::test]
async fn faults_of_the_user_are_found() {
    type Change = fn(&mut Seed);
    let cases: [(Change, &str); 5] = [
        (|seed| drop(seed.users.remove(0)), "no user has the address"),
        (|seed| seed.users[0].banned = true, "is banned"),
        (|seed| seed.users[0].locked = true, "is locked"),
        (|seed| seed.users[0].mfa = true, "has a second factor"),
        (
            |seed| drop(seed.users[0].public_metadata.remove("role")),
            "does not have the role api-client",
        ),
    ];
    for (change, text) in cases {
        let report = Setup::seeded(change).await.report().await;
        fails(&report, "service user", text);
        assert_ne!(
            report.check("token").unwrap().verdict,
            Verdict::Passed,
            "{report}"
        );
    }
}

/// Another user may only claim the address: then it names neither.
#[tokio::test]
async fn an_address_that_is_in_doubt_is_found() {
    let setup = Setup::healthy().await;
    let second = NewIdentifier::new(IdentifierKind::EmailAddress, "second@hemera-academy.com");
    let added = setup.clerk.add_identifier(SERVICE_USER, &second).unwrap();
    let report = setup.report().await;
    fails(&report, "service user", "the user has a further address");
    fails(&report, "token", "a service user has one e-mail address alone");
    setup.clerk.remove_identifier(SERVICE_USER, &added).unwrap();

    let service = setup.clerk.user_id(SERVICE_USER).unwrap();
    let claimed = NewIdentifier::new(IdentifierKind::EmailAddress, SERVICE_USER).unverified();
    setup
        .clerk
        .add_identifier("anneliese.krueger@hemera-academy.com", &claimed)
        .unwrap();
    let report = setup.report().await;
    fails(
        &report,
        "service user",
        "several users have the address of CLERK_SERVICE_USER_EMAIL",
    );
    setup.clerk.delete_user(&service).unwrap();
    let report = setup.report().await;
    fails(&report, "service user", "the user's address is not verified");
}

#[tokio::test]
async fn faults_of_the_instance_are_found() {
    let setup = Setup::healthy().await;
    setup
        .clerk
        .change_settings(|settings| settings.native_api = false);
    fails(&setup.report().await, "native api", "CLERK_SIGN_IN_ORIGIN");
    let setup = setup.set("CLERK_SIGN_IN_ORIGIN", "https://app.hemera-academy.com");
    let report = setup.report().await;
    assert!(report.is_healthy(), "{report}");

    let other = Clerk::start_with(Options::new()).await;
    let setup = setup.set("CLERK_ISSUER", other.base_url());
    fails(&setup.report().await, "clerk", "same instance");

    let setup = Setup::healthy().await;
    let down = Fault::new("/v1/environment", Effect::Status(503));
    setup.clerk.add_fault(down);
    fails(&setup.report().await, "clerk", "try again later");
}

#[tokio::test]
async fn faults_of_hemera_are_found() {
    let refusal = Reply::json(403, failure("FORBIDDEN", "Forbidden"));
    let setup = Setup::with(Options::production(), refusal).await;
    let report = setup.report().await;
    fails(&report, "call", "403");
    let found = &report.check("call").unwrap().found;
    assert!(
        found.contains("(request ") && found.contains(", 1 attempt)"),
        "{found}"
    );
    fails(&report, "call", "ask Hemera's operators");

    let setup = Setup::healthy()
        .await
        .set("HEMERA_API_BASE_URL", "http://127.0.0.1:1");
    let report = setup.report().await;
    fails(&report, "hemera", "cannot be reached");
    fails(&report, "call", "HEMERA_API_BASE_URL");
}

#[tokio::test]
async fn clocks_that_disagree_are_found() {
    let setup = Setup::healthy().await;
    let now = SystemClock.now().wall;
    let wrong = ManualClock::at(now + Duration::from_hours(1));
    let report = setup.doctor().with_clock(wrong).examine().await;
    let check = report.check("clock").unwrap();
    assert_eq!(check.verdict, Verdict::Warned, "{report}");
    assert!(check.found.starts_with("this machine's is 3"), "{report}");
    assert!(report.is_healthy());

    let date = |time: SystemTime| httpdate::fmt_http_date(time);
    let slow = Reply::courses().with_header("date", date(now - Duration::from_mins(10)));
    let setup = Setup::with(Options::production(), slow).await;
    fails(&setup.report().await, "clock", "Hemera's is");
}

#[tokio::test]
async fn methods_without_a_secret_key_skip_its_checks() {
    let setup = Setup::healthy().await;
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("session.json");
    let ticket = setup.clerk.ticket(SERVICE_USER, Duration::from_hours(1)).unwrap();
    let setup = setup
        .set("AITHER_AUTH", "enrolled")
        .set("AITHER_SESSION_FILE", file.to_str().unwrap())
        .set("CLERK_SECRET_KEY", "");
    let report = setup.report().await;
    fails(&report, "token", "hemera-api clerk enroll");
    assert_eq!(report.check("token").unwrap().found, "this host is not enrolled");
    let setup = setup.set("CLERK_SERVICE_USER_SIGNIN_TOKEN", &ticket);
    let report = setup.report().await;
    let names = [
        "settings",
        "network",
        "clerk",
        "native api",
        "hemera",
        "clock",
        "token",
        "call",
    ];
    passes(&report, names);
    assert!(!report.to_string().contains(&ticket));

    let setup = setup
        .set("AITHER_AUTH", "service-key")
        .set("HEMERA_API_KEY", "hk_live_1");
    let report = setup.report().await;
    let names = ["settings", "network", "hemera", "clock", "token", "call"];
    passes(&report, names);
}

/// What the doctor says of the tokens of a machine that live so many minutes.
async fn mints(minutes: &str) -> (Verdict, String, String) {
    let setup = Setup::healthy()
        .await
        .set("AITHER_AUTH", "machine")
        .set("CLERK_MACHINE_SECRET_KEY", "ak_0123456789")
        .set("AITHER_MACHINE_TOKEN_MINUTES", minutes);
    let report = setup.report().await;
    let check = report.check("mints").unwrap();
    (
        check.verdict,
        check.found.clone(),
        check.remedy.clone().unwrap_or_default(),
    )
}

/// A token is renewed two minutes, and at most a fifth of its life, before its end: 30 days ÷ 28 min, ÷ 18 min, ÷ 13 min.
#[tokio::test]
async fn mints_of_a_machine_are_counted_and_more_than_the_free_ones_are_a_warning() {
    for (minutes, expected, verdict) in [
        ("", "1543 a month", Verdict::Passed),
        ("30", "1543 a month", Verdict::Passed),
        ("20", "2400 a month", Verdict::Passed),
        ("19", "2542 a month", Verdict::Warned),
        ("15", "3324 a month", Verdict::Warned),
        ("1", "54000 a month", Verdict::Warned),
        ("60", "745 a month", Verdict::Passed),
    ] {
        let (found_verdict, found, remedy) = mints(minutes).await;
        assert_eq!(found_verdict, verdict, "{minutes}: {found}");
        assert!(
            found.starts_with(expected) && found.ends_with("Clerk gives 2500 free"),
            "{found}"
        );
        assert_eq!(
            remedy.contains("AITHER_MACHINE_TOKEN_MINUTES to 20"),
            verdict == Verdict::Warned
        );
    }
}

#[tokio::test]
async fn mints_are_counted_for_machines_alone() {
    assert!(Setup::healthy().await.report().await.check("mints").is_none());
}
