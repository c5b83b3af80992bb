//! The exit codes that docs/operations.md lists for `hemera-api` are those that commands end with.

use super::run;

#[tokio::test]
async fn each_code_is_what_a_command_ends_with() {
    assert_eq!(run(&["config", "list"], &[]).await.0, 0);
    for failing in [
        &["config", "check"][..],
        &["serve"],
        &["migrate"],
        &["healthcheck"],
        &["clerk", "status"],
        &["audit", "list"],
    ] {
        let (code, _, err) = run(failing, &[("HEMERA_NO_SETTING", "1")]).await;
        assert_eq!(code, 1, "{failing:?}: {err}");
    }
    for wrong in [
        &["serv"][..],
        &["serve", "--port", "1"],
        &["config", "check", "--yaml"],
        &["key", "new"],
    ] {
        assert_eq!(run(wrong, &[]).await.0, 2, "{wrong:?}");
    }
}
