//! Tokens of a machine: minted with its own key, without the instance's secret key.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clerk_emulator::{Options, Seed, SeedMachine};
use serde_json::Value;

use crate::support::{Clerk, Reply, Server, list};

const KEY: &str = "ak_0123456789abcdefghijklmnop";
const MINTS: &str = "/m2m_tokens";

async fn clerk() -> Clerk {
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
        Some(Duration::from_mins(15))
    );
    let bearer = hemera.received()[0].bearer().to_owned();
    let payload = URL_SAFE_NO_PAD.decode(bearer.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert!(claims["sub"].as_str().unwrap().starts_with("mch_"), "{claims}");
    clerk.advance(Duration::from_mins(15));
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
