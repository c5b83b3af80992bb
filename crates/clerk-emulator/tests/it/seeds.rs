//! Seeds and options.

use clerk_emulator::{ClerkEmulator, Environment, Options, Seed, SeedUser, StartError};
use serde_json::json;

use super::support::{Jwt, start};

#[tokio::test]
async fn keys_show_the_kind_of_instance() {
    let (test, _) = start(Options::new()).await;
    assert_eq!(test.secret_key(), "sk_test_emulator");
    assert!(test.publishable_key().starts_with("pk_test_"));
    let (live, caller) = start(Options::new().with_environment(Environment::Production)).await;
    assert_eq!(live.secret_key(), "sk_live_emulator");
    let key = live.publishable_key();
    let parts: Vec<&str> = key.split('_').collect();
    assert_eq!(parts[..2], ["pk", "live"]);
    assert_eq!(parts.len(), 3);
    assert_eq!(decode(parts[2]), format!("{}$", live.address()));
    caller.get("/v1/users").await.ok();
}

#[tokio::test]
async fn a_public_url_is_the_issuer_and_in_the_key() {
    let url = "https://clerk.hemera.localhost:8443".parse().unwrap();
    let (emulator, caller) = start(Options::new().with_public_url(url)).await;
    assert_eq!(emulator.issuer(), "https://clerk.hemera.localhost:8443");
    assert_eq!(
        decode(&emulator.publishable_key()["pk_test_".len()..]),
        "clerk.hemera.localhost:8443$"
    );
    assert!(emulator.base_url().starts_with("http://127.0.0.1:"));
    let id = emulator.user_id("aither-service@hemera-academy.com").unwrap();
    let session = caller.post("/v1/sessions", json!({"user_id": id})).await.ok();
    let minted = caller
        .poke(&format!(
            "/v1/sessions/{}/tokens",
            session["id"].as_str().unwrap()
        ))
        .await
        .ok();
    assert_eq!(
        Jwt::of(&minted).claims["iss"],
        "https://clerk.hemera.localhost:8443"
    );
    for refused in ["http://localhost:4010", "ftp://a.b", "https://a.b/path"] {
        let options = Options::new().with_public_url(refused.parse().unwrap());
        let error = ClerkEmulator::start(options).await.unwrap_err();
        assert!(matches!(error, StartError::PublicUrl(_)), "{error}");
    }
}

#[tokio::test]
async fn a_seed_can_set_keys_and_users() {
    let text = format!(
        "secret_key = \"sk_test_mine\"\nsigning_key = '''{}'''\n",
        private_key()
    );
    let seed = Seed::parse(&text)
        .unwrap()
        .with_user(SeedUser::new("x@example.com", json!({"role": "user"})));
    let (first, caller) = start(Options::new().with_seed(seed.clone())).await;
    let (second, _) = start(Options::new().with_seed(seed)).await;
    assert_eq!(first.jwt_key().unwrap(), second.jwt_key().unwrap());
    let (without, _) = start(Options::new()).await;
    assert_ne!(first.jwt_key().unwrap(), without.jwt_key().unwrap());
    assert_eq!(first.secret_key(), "sk_test_mine");
    assert_eq!(caller.get("/v1/users/count").await.ok()["total_count"], 1);
    let broken = Seed::parse("signing_key = 'no key'").unwrap();
    let error = ClerkEmulator::start(Options::new().with_seed(broken))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("PKCS#8"), "{error}");
}

#[tokio::test]
async fn a_key_is_shared_only_where_it_is_asked_for() {
    let start = async |options| ClerkEmulator::start(options).await.unwrap();
    let first = start(Options::new().with_shared_key()).await;
    let second = start(Options::new().with_shared_key()).await;
    let own = start(Options::new()).await;
    assert_eq!(first.jwt_key().unwrap(), second.jwt_key().unwrap());
    assert_ne!(first.jwt_key().unwrap(), own.jwt_key().unwrap());
    second.rotate_key(false).unwrap();
    assert_ne!(first.jwt_key().unwrap(), second.jwt_key().unwrap());
}

#[tokio::test]
async fn a_refused_entry_of_a_seed_is_named() {
    let table = [
        ("[[users]]\nemail = 'no address'", "user \"no address\""),
        (
            "[[users]]\nemail = 'a@b.de'\n[[users]]\nemail = 'a@b.de'",
            "taken",
        ),
        (
            "[[jwt_templates]]\nname = 'x'\nclaims = { sub = 'y' }",
            "JWT template \"x\"",
        ),
        (
            "[[machines]]\nname = 'x'\nscoped_machines = ['y']",
            "machine \"x\"",
        ),
    ];
    for (text, expected) in table {
        let options = Options::new().with_seed(Seed::parse(text).unwrap());
        let error = ClerkEmulator::start(options).await.unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains('\n'), "{error}");
    }
}

#[tokio::test]
async fn an_emulator_ends_when_it_is_dropped() {
    // A key of its own, so that another emulator that gets the port next is not taken for it.
    let seed = Seed::parse("secret_key = 'sk_test_of_this_one_alone'").unwrap();
    let (emulator, caller) = start(Options::new().with_seed(seed)).await;
    caller.get("/v1/users").await.ok();
    let taken = ClerkEmulator::start(Options::new().with_listen(emulator.address()))
        .await
        .unwrap_err();
    assert!(matches!(&taken, StartError::Listen { .. }), "{taken}");
    drop(emulator);
    let asked = || caller.request(reqwest::Method::GET, "/v1/users").send();
    while asked().await.is_ok_and(|answer| answer.status() == 200) {
        tokio::task::yield_now().await;
    }
}

fn decode(text: &str) -> String {
    use base64::Engine as _;
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(text).unwrap()).unwrap()
}

/// An RSA key as an operator would bring it.
fn private_key() -> String {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use base64::Engine as _;
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = key.as_der().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}
