//! What the commands need, and what they say where it is wrong: one line each, with what to do.

use clerk_emulator::{Effect, Fault};

use super::Operator;

#[tokio::test]
async fn only_the_settings_of_clerk_are_asked_for() {
    let mut operator = Operator::of_demo().await;
    operator.settings.clear();
    insta::assert_snapshot!("clerk_settings_missing", operator.shows("status").await);
}

#[tokio::test]
async fn wrong_settings_are_one_line_with_the_remedy() {
    let wrong_key = Operator::of_demo()
        .await
        .with("CLERK_SECRET_KEY", "sk_live_anothers");
    let ran = wrong_key.run("status").await;
    assert!(
        ran.err.contains("(401, clerk_key_invalid") && ran.err.contains("set CLERK_SECRET_KEY"),
        "{ran:?}"
    );

    let no_address = Operator::of_demo()
        .await
        .with("CLERK_SERVICE_USER_EMAIL", "aither");
    let no_origin = Operator::of_demo().await.with("CLERK_SIGN_IN_ORIGIN", "hemera");
    for (operator, name) in [
        (no_address, "CLERK_SERVICE_USER_EMAIL"),
        (no_origin, "CLERK_SIGN_IN_ORIGIN"),
    ] {
        let ran = operator.run("status").await;
        assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{ran:?}");
        assert!(ran.err.contains(name), "{ran:?}");
    }
}

/// The server would not accept these tokens, and setup finds out before Aither does.
#[tokio::test]
async fn an_issuer_that_is_not_clerks_is_found_out() {
    let operator = Operator::of_demo().await;
    let other_name = operator.clerk.base_url().replace("127.0.0.1", "localhost");
    let operator = operator.with("CLERK_ISSUER", &other_name);
    let ran = operator.run("setup --yes").await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("the server would not accept the token") && ran.err.contains("wrong_issuer"),
        "{ran:?}"
    );
    assert_eq!(operator.sessions().await, [""; 0], "nothing is left behind");
}

#[tokio::test]
async fn a_clerk_that_is_down_is_one_line() {
    let operator = Operator::of_demo().await;
    for effect in [
        Effect::Status(503),
        Effect::RetryAfter(7),
        Effect::Garbage,
        Effect::Cut,
    ] {
        operator.clerk.clear_faults();
        operator.clerk.add_fault(Fault::new("/v1/**", effect));
        let ran = operator.run("setup --yes").await;
        assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{ran:?}");
    }
}
