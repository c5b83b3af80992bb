//! Tokens of a machine: minted with its own key, without the instance's secret key.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_emulator::{Options, Seed, SeedMachine};
use serde_json::Value;

use crate::support::{Clerk, Reply, Server, list};

pub(crate) const KEY: &str = "ak_0123456789abcdefghijklmnop";
const MINTS: &str = "/m2m_tokens";

pub(crate) async fn clerk() -> Clerk {
    let mut seed = Seed::demo();
    let hemera = SeedMachine {
        name: "hemera".to_owned(),
        ..SeedMachine::default()
    };
    let aither = SeedMachine {
        name: "aither".to_owned(),
        secret_key: Some(KEY.to_owned()),
        scoped_machines: vec!["hemera".to_owned()],
        ..SeedMachine::default()
    };
    seed.machines = vec![hemera, aither];
    Clerk::start_with(Options::production().with_seed(seed)).await
}

#[tokio::test]
async fn machine_mints_one_token_per_lifetime_without_a_user() {
    let (clerk, hemera) = (clerk().await, Server::always(Reply::courses()).await);
    let settings = [
        ("HEMERA_API_BASE_URL", hemera.origin()),
        ("AITHER_AUTH", "machine"),
        ("CLERK_MACHINE_SECRET_KEY", KEY),
        ("CLERK_SECRET_KEY", ""),
        ("CLERK_ISSUER", ""),
        ("CLERK_SERVICE_USER_EMAIL", ""),
    ];
    let client = clerk.client(&settings);
    for _ in 0..3 {
        list(&client).await.unwrap();
    }
    assert_eq!((clerk.count("POST", MINTS), clerk.requests()), (1, 1));
    assert_eq!(
        client.tokens().peek().unwrap().lifetime,
        Some(Duration::from_mins(30))
    );
    let bearer = hemera.received()[0].bearer().to_owned();
    let payload = URL_SAFE_NO_PAD.decode(bearer.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert!(claims["sub"].as_str().unwrap().starts_with("mch_"), "{claims}");
    clerk.advance(Duration::from_mins(30));
    list(&client).await.unwrap();
    assert_eq!(clerk.count("POST", MINTS), 2);
}

#[tokio::test]
async fn unknown_machine_key_is_an_error_with_a_remedy_and_not_sent_again() {
    let clerk = clerk().await;
    let settings = [
        ("AITHER_AUTH", "machine"),
        ("CLERK_MACHINE_SECRET_KEY", "ak_of_another_instance"),
    ];
    let client = clerk.client(&settings);
    for _ in 0..10 {
        let error = client.tokens().token().await.unwrap_err();
        let text = error.failure().unwrap().to_string();
        assert!(text.contains("CLERK_MACHINE_SECRET_KEY"), "{text}");
        assert!(!text.contains("another_instance"), "{text}");
    }
    assert_eq!(clerk.requests(), 1);
}

/// The settings of a client with tokens of the machine.
pub(crate) const SETTINGS: [(&str, &str); 2] =
    [("AITHER_AUTH", "machine"), ("CLERK_MACHINE_SECRET_KEY", KEY)];

#[tokio::test]
async fn lifetime_of_its_tokens_can_be_set() {
    let clerk = clerk().await;
    for minutes in [1, 20, 60] {
        let set = minutes.to_string();
        let client = clerk.client(&[&SETTINGS[..], &[("AITHER_MACHINE_TOKEN_MINUTES", &set)]].concat());
        let held = client.tokens().token().await.unwrap();
        assert_eq!(held.lifetime, Some(Duration::from_mins(minutes)));
    }
}

#[tokio::test]
async fn lifetime_beyond_its_bounds_is_a_fault_without_the_value() {
    let clerk = clerk().await;
    for wrong in ["0", "61", "-1", "1.5", "30m", "1h", "99999999999999999999"] {
        let set = [("AITHER_MACHINE_TOKEN_MINUTES", wrong)];
        let error = clerk
            .builder(&[&SETTINGS[..], &set].concat())
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("AITHER_MACHINE_TOKEN_MINUTES: must be"),
            "{error}"
        );
        assert!(error.contains("from 1 to 60"), "{error}");
    }
}

/// As many as the doctor says, for a process that calls all the time: one mint before each token's end.
#[tokio::test]
async fn process_that_calls_all_the_time_mints_as_often_as_the_doctor_says() {
    let (clerk, hemera) = (clerk().await, Server::always(Reply::courses()).await);
    let settings = [&SETTINGS[..], &[("HEMERA_API_BASE_URL", hemera.origin())]].concat();
    let builder = clerk.builder(&settings).unwrap();
    let policy = aither_client::freshness::Policy::default().with_jitter(0.0);
    let client = builder.with_token_policy(policy).without_pace().build().unwrap();
    // Ten half-hours and a bit in steps of a minute: 300 min ÷ 28 min.
    for _ in 0..300 {
        list(&client).await.unwrap();
        let held = client.tokens().peek().unwrap();
        let is_due = held.age >= Duration::from_mins(28);
        while is_due && client.tokens().peek().unwrap().generation == held.generation {
            tokio::task::yield_now().await;
        }
        clerk.advance(Duration::from_mins(1));
    }
    assert_eq!(clerk.count("POST", MINTS), 11);
}
