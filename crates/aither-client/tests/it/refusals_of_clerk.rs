//! Every refusal of Clerk and every fault of its set-up: each has its own error with a remedy, and none causes a loop.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use aither_client::{ClerkServiceUser, TokenCache};
use clerk::{BackendApi, FrontendApi, SecretKey, ServiceUser};
use clerk_emulator::{Effect, Fault, Options, Seed};
use freshness::Policy;
use serde_json::json;

use crate::support::{Clerk, SERVICE_USER};

struct Case {
    name: &'static str,
    options: Options,
    prepare: fn(&Clerk),
    settings: &'static [(&'static str, &'static str)],
    /// The requests to Clerk until it is clear that there is no token.
    requests: usize,
    transient: bool,
}

fn case(name: &'static str, requests: usize) -> Case {
    Case {
        name,
        options: Options::production(),
        prepare: |_| {},
        settings: &[],
        requests,
        transient: false,
    }
}

fn prepared(name: &'static str, requests: usize, prepare: fn(&Clerk)) -> Case {
    Case {
        prepare,
        ..case(name, requests)
    }
}

fn broken(name: &'static str, prepare: fn(&Clerk)) -> Case {
    Case {
        transient: true,
        ..prepared(name, 2, prepare)
    }
}

fn seeded(name: &'static str, requests: usize, change: fn(&mut Seed)) -> Case {
    let mut seed = Seed::demo();
    change(&mut seed);
    Case {
        options: Options::production().with_seed(seed),
        ..case(name, requests)
    }
}

fn fault(clerk: &Clerk, effect: Effect) {
    clerk.add_fault(Fault::new("/v1/sign_in_tokens", effect));
}

/// The first request looks up the user, the second makes the ticket, the third signs in, the fourth mints.
fn cases() -> Vec<Case> {
    vec![
        Case {
            settings: &[("CLERK_SECRET_KEY", "sk_live_of_another_instance")],
            ..case("a wrong secret key", 1)
        },
        seeded("no such template", 5, |seed| seed.jwt_templates.clear()),
        seeded("a template without an audience", 4, |seed| {
            seed.jwt_templates[0].claims.remove("aud");
        }),
        seeded("a template without the role", 4, |seed| {
            seed.jwt_templates[0].claims.remove("role");
        }),
        seeded("a user without a role", 4, |seed| {
            seed.users[0].public_metadata.remove("role");
        }),
        seeded("a user with a second factor", 3, |seed| seed.users[0].mfa = true),
        prepared("a banned user", 3, |clerk| {
            clerk.set_banned(SERVICE_USER, true).unwrap();
        }),
        prepared("a locked user", 3, |clerk| {
            clerk.set_locked(SERVICE_USER, true).unwrap();
        }),
        prepared("a deleted user", 1, |clerk| {
            clerk.delete_user(SERVICE_USER).unwrap();
        }),
        Case {
            settings: &[("CLERK_SERVICE_USER_ID", "user_2qHmZzzzzzzzzzzzzzzzzzzzzzz")],
            ..case("a user id of nobody", 1)
        },
        prepared("session tasks", 3, |clerk| {
            clerk.change_settings(|settings| settings.session_tasks = vec!["choose-organization".to_owned()]);
        }),
        prepared("the Native API is off and there is no origin", 3, |clerk| {
            clerk.change_settings(|settings| settings.native_api = false);
        }),
        Case {
            settings: &[("CLERK_SIGN_IN_ORIGIN", "https://elsewhere.example")],
            ..prepared("the origin is of another domain", 4, |clerk| {
                clerk.change_settings(|settings| settings.native_api = false);
            })
        },
        broken("429", |clerk| fault(clerk, Effect::RetryAfter(7))),
        broken("503", |clerk| fault(clerk, Effect::Status(503))),
        Case {
            transient: false,
            ..broken("HTML", |clerk| fault(clerk, Effect::Garbage))
        },
        broken("nothing", |clerk| fault(clerk, Effect::Cut)),
    ]
}

#[tokio::test]
async fn each_refusal_has_its_own_error_with_a_remedy_and_causes_no_loop() {
    let mut texts = String::new();
    for case in cases() {
        let clerk = Clerk::start_with(case.options).await;
        (case.prepare)(&clerk);
        let client = clerk.client(case.settings);
        for _ in 0..100 {
            let unavailable = client.tokens().token().await.unwrap_err();
            let error = unavailable.failure().unwrap();
            assert_eq!(error.is_transient(), case.transient, "{}: {error}", case.name);
        }
        assert_eq!(clerk.requests(), case.requests, "{}", case.name);
        let error = client.tokens().token().await.unwrap_err();
        writeln!(
            texts,
            "{}\n    {}",
            case.name,
            stable(&error.failure().unwrap().to_string())
        )
        .unwrap();
    }
    insta::assert_snapshot!("refusals_of_clerk", texts);
}

/// The text without trace ids and the rest of a wait, which differ from run to run.
fn stable(text: &str) -> String {
    let text = match text.split_once("try again in ") {
        Some((before, wait)) if wait.ends_with(" s") => format!("{before}try again in … s"),
        _ => text.to_owned(),
    };
    let mut parts = text.split(", trace ");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        let (id, rest) = part.split_at(part.find(|next: char| !next.is_alphanumeric()).unwrap());
        assert!(!id.is_empty());
        text + ", trace …" + rest
    })
}

#[tokio::test]
async fn fixed_problem_needs_no_restart() {
    let clerk = Clerk::start().await;
    let url: url::Url = clerk.base_url().parse().unwrap();
    let key = SecretKey::parse(clerk.secret_key()).unwrap();
    let backend = BackendApi::builder(key)
        .with_base_url(url.clone())
        .build()
        .unwrap();
    let frontend = FrontendApi::builder(url).build().unwrap();
    let clock = Arc::new(clerk.clock.clone());
    let user = ServiceUser::builder(backend, frontend, SERVICE_USER).with_clock(clock.clone());
    let source = Arc::new(ClerkServiceUser::new(user.build()));
    let tokens = TokenCache::new(source, Policy::default(), clock);
    clerk.set_banned(SERVICE_USER, true).unwrap();
    tokens.token().await.unwrap_err();
    clerk.set_banned(SERVICE_USER, false).unwrap();
    tokens.token().await.unwrap_err();
    clerk.advance(Duration::from_mins(1));
    tokens.token().await.unwrap();
}

#[tokio::test]
async fn removed_role_is_detected_at_the_next_mint() {
    let clerk = Clerk::start().await;
    let client = clerk.client(&[]);
    client.tokens().token().await.unwrap();
    let none = json!({ "role": null });
    clerk
        .merge_public_metadata(SERVICE_USER, none.as_object().unwrap().clone())
        .unwrap();
    clerk.advance(Duration::from_mins(15));
    let error = client.tokens().token().await.unwrap_err();
    let text = error.failure().unwrap().to_string();
    assert!(text.contains("user_lacks_claim, role"), "{text}");
}
