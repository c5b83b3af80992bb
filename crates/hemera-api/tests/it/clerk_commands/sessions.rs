//! `clerk rotate`: the old sessions are dead, and a new one lives.

use clerk_emulator::{Effect, Fault};

use super::{EMAIL, Operator};

#[tokio::test]
async fn old_sessions_end_and_a_new_one_begins() {
    let operator = Operator::of_demo().await;
    let old = [operator.sign_in().await, operator.sign_in().await];
    insta::assert_snapshot!("rotate", operator.shows("rotate --yes").await);

    let alive = operator.sessions().await;
    assert_eq!(alive.len(), 1);
    let sessions = operator.api();
    let sessions = sessions.sessions();
    for session in &old {
        assert!(!alive.contains(session));
        assert!(
            sessions
                .mint_from_template(session, "hemera-api", None)
                .await
                .is_err()
        );
    }
    assert!(
        sessions
            .mint_from_template(&alive[0], "hemera-api", None)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_end() {
    let operator = Operator::of_demo().await;
    insta::assert_snapshot!("rotate_without_sessions", operator.shows("rotate --yes").await);
}

#[tokio::test]
async fn a_production_instance_is_asked_about_first() {
    let operator = Operator::of_demo().await;
    let session = operator.sign_in().await;
    operator.clerk.clear_journal();
    for command in [
        "setup",
        "rotate",
        "disable",
        "enable",
        "token",
        "enroll",
        "enroll --withdraw sit_1",
    ] {
        let ran = operator.run(command).await;
        assert_eq!(ran.code, 1, "{command}");
        assert!(
            ran.err
                .contains("there is no terminal to ask at; repeat it with --yes to "),
            "{ran:?}"
        );
        assert_eq!(ran.err.lines().count(), 1, "{ran:?}");
    }
    for method in ["POST", "PATCH", "PUT", "DELETE"] {
        assert!(operator.clerk.journal(method, "/**").is_empty(), "{method}");
    }
    assert_eq!(operator.sessions().await, [session]);
    // What only reads has nothing to ask.
    let ran = operator.run("status --yes").await;
    assert!(ran.code == 2 && ran.err.contains("--yes"), "{ran:?}");
}

/// A proof that could not be made is not taken for one.
#[tokio::test]
async fn silence_is_no_proof() {
    let operator = Operator::of_demo().await;
    let session = operator.sign_in().await;
    let path = format!("/v1/sessions/{session}/tokens/hemera-api");
    operator.clerk.add_fault(Fault::new(&path, Effect::Status(503)));
    let ran = operator.run("rotate --yes").await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("try again later"), "{ran:?}");
}

#[tokio::test]
async fn without_the_user_there_is_nothing_to_do() {
    let operator = Operator::of_demo().await;
    operator.clerk.delete_user(EMAIL).unwrap();
    for command in ["rotate", "disable", "enable", "token", "enroll"] {
        let ran = operator.run(command).await;
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains("run `hemera-api clerk setup` first"), "{ran:?}");
    }
}
