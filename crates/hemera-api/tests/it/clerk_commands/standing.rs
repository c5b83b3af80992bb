//! `clerk disable` and `clerk enable`: the ban, its end, and that both can be repeated.

use clerk_emulator::Seed;

use super::{EMAIL, Operator};

#[tokio::test]
async fn disabling_bans_and_ends_sessions_and_enabling_lets_in_again() {
    let operator = Operator::of_demo().await;
    operator.sign_in().await;
    insta::assert_snapshot!("disable", operator.shows("disable --yes").await);
    assert!(operator.user().await.banned);
    assert_eq!(operator.sessions().await, [""; 0]);

    operator.clerk.clear_journal();
    // Nothing is left to change, so nobody needs to be asked.
    insta::assert_snapshot!("disable_again", operator.shows("disable").await);
    assert_eq!(operator.writes(), [""; 0]);

    insta::assert_snapshot!("enable_without_consent", operator.shows("enable").await);
    assert!(operator.user().await.banned);
    insta::assert_snapshot!("enable", operator.shows("enable --yes").await);
    assert!(!operator.user().await.banned);
    assert_eq!(operator.sessions().await, [""; 0]);
    insta::assert_snapshot!("enable_again", operator.shows("enable").await);
}

/// A session that Clerk's ban did not take along does not outlive the command.
#[tokio::test]
async fn disabling_says_how_soon_the_server_follows() {
    let operator = Operator::of_demo().await;
    let operator = operator
        .with("HEMERA_ROLES__MAX_AGE", "20s")
        .with("HEMERA_ROLES__GRACE", "90s");
    let ran = operator.run("disable --yes").await;
    assert!(
        ran.out.contains("refuses it within 20s") && ran.out.contains("within 1m 30s more"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn machines_can_read_it_too() {
    let operator = Operator::of(Seed::demo()).await;
    for (command, banned, changed) in [
        ("disable --yes --json", true, true),
        ("disable --json", true, false),
        ("enable --yes --json", false, true),
        ("enable --json", false, false),
    ] {
        let ran = operator.run(command).await;
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["userId"], operator.clerk.user_id(EMAIL).unwrap());
        assert_eq!(
            (&report["banned"], &report["changed"]),
            (&banned.into(), &changed.into()),
            "{command}"
        );
    }
}
