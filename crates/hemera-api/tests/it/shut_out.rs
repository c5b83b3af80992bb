//! How late a shut-out counts at the server, on each plan of Clerk's and for each source of roles.

use std::process::Stdio;
use std::time::Duration;

use clerk_emulator::{Forgery, Plan};
use tokio::process::Command;

use crate::support::{Person, Sender, TestApp};

const COURSES: &str = "/api/service/courses?limit=1";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Runs `hemera-api clerk disable` on the Clerk of a server.
async fn disable(app: &TestApp) {
    let ended = Command::new(env!("CARGO_BIN_EXE_hemera-api"))
        .args(["clerk", "disable", "--yes"])
        .env_clear()
        .env("CLERK_SECRET_KEY", app.clerk.secret_key())
        .env("CLERK_API_URL", app.clerk.base_url())
        .env("CLERK_ISSUER", app.clerk.issuer())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
}

async fn server_on(plan: Plan, settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::start_with(settings).await;
    app.clerk.change_settings(|settings| settings.plan = plan);
    app
}

/// A token that stays good for the hour that a test may last.
fn long_lived(app: &TestApp) -> Sender {
    let now = app.clerk.now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let forgery =
        Forgery::template(Person::Service.email(), "hemera-api").with_claim("exp", now.as_secs() + 3600);
    app.anonymous().with_token(&app.clerk.forge(&forgery).unwrap())
}

/// The bound of a shut-out where the role is looked up: a minute, however long the token lives.
#[tokio::test]
async fn a_shut_out_counts_within_a_minute_on_every_plan() {
    for (plan, status, code) in [(Plan::Pro, 401, "UNAUTHORIZED"), (Plan::Hobby, 403, "FORBIDDEN")] {
        let app = server_on(plan, &[]).await;
        let service = long_lived(&app);
        service.get(COURSES).await.assert_status(200);
        disable(&app).await;
        app.advance(seconds(60));
        service.get(COURSES).await.assert_error(status, code);
        app.finish().await;
    }
}

/// The bound where the token's role is believed: the token's life and the leeway. A token that is minted later carries no
/// role.
#[tokio::test]
async fn where_roles_are_believed_a_shut_out_counts_when_the_token_has_expired() {
    for plan in [Plan::Pro, Plan::Hobby] {
        let app = server_on(plan, &[("HEMERA_ROLES__SOURCE", "claim")]).await;
        let service = app.service();
        disable(&app).await;
        app.advance(seconds(904));
        service.get(COURSES).await.assert_status(200);
        app.advance(seconds(1));
        service.get(COURSES).await.assert_error(401, "UNAUTHORIZED");
        let later = app.anonymous().with_token(&app.token(Person::Service));
        later.get(COURSES).await.assert_error(403, "FORBIDDEN");
        app.finish().await;
    }
}
