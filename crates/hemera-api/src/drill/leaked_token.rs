//! "A token of Aither's has leaked" (docs/security.md).

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use tokio::time::sleep;

use super::promise::Promise;
use super::stage::Stage;
use crate::admin::Failure;
use crate::config::{Inputs, RoleSource, load_database};

/// What the steps between shut-out and the end of the token take.
const STEPS: Duration = Duration::from_secs(1);

/// How often the token is tried once more in the end.
const TRIES: u32 = 3;

pub(super) async fn run(stage: &Stage<'_>, inputs: &Inputs) -> Result<(), Failure> {
    let database = load_database(inputs)?;
    let user = stage.user().await?;
    let began = SystemClock.now();
    let needed = match stage.clerk.roles.source {
        RoleSource::Lookup => stage.clerk.roles.max_age + STEPS,
        RoleSource::Claim => STEPS,
    };
    let leaked = stage
        .report
        .step(
            "a token of the service user, as a thief would have it, is let in",
            async {
                let token = stage.short_token(&user, needed).await?;
                stage
                    .server
                    .admits(&token.credential, "the service user's token")
                    .await?;
                Ok(token)
            },
        )
        .await?;

    let (change, noted) = stage.shuts_out(&user).await?;
    stage.token_ends(&leaked, change, None).await?;
    stage.no_new_token(&user).await?;
    stage
        .investigates(
            &database,
            "the leaked token",
            &leaked.id,
            &leaked.credential,
            began,
        )
        .await?;

    // Let in before, the user would give the token its rights back.
    let left = stage.accepted_for(&leaked);
    if !left.is_zero() {
        stage
            .report
            .waits("waits until the leaked token has run out", left);
        sleep(left + Duration::from_millis(100)).await;
    }
    stage.lets_in(&user, noted).await?;
    let before = leaked.credential.admitted();
    let mut last = None;
    for _ in 0..TRIES {
        last = Some(stage.server.ask(&leaked.credential).await);
    }
    let opened = leaked.credential.admitted() - before;
    stage.report.promise(Promise::holds(
        "the leaked token is let in after `clerk enable`",
        "never",
        last.map_or_else(String::new, |answer| format!("the server answers {answer}")),
        opened == 0,
    ));
    Ok(())
}
