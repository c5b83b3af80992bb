//! "Clerk does not answer" (docs/runbook.md, `HemeraClerkOutOfReach` and `HemeraRolesUnavailable`).

use freshness::{Clock as _, Moment, SystemClock};

use super::person;
use super::promise::Promise;
use super::server::WantedAnswer;
use super::stage::{Stage, Token};
use super::undo::{Changed, Undo};
use crate::admin::Failure;
use crate::config::RoleSource;

/// How much longer than its setting a cool-down is at most: servers must not all ask at once.
const JITTER: u32 = 5;

pub(super) async fn run(stage: &Stage<'_>) -> Result<(), Failure> {
    let roles = &stage.clerk.roles;
    if roles.source == RoleSource::Claim {
        return Err(
            "with HEMERA_ROLES__SOURCE=claim the server asks Clerk for no roles: there is nothing to try"
                .into(),
        );
    }
    let user = stage.user().await?;
    let token = stage
        .report
        .step("the service user's token is let in: its role is known", async {
            let token = stage.fresh_token(&user).await?;
            stage
                .server
                .admits(&token.credential, "the service user's token")
                .await?;
            Ok(token)
        })
        .await?;
    let longest = roles.max_age + roles.grace;
    if stage.accepted_for(&token) < longest * 2 {
        return Err(format!(
            "a token lives shorter than twice roles.max_age and roles.grace ({}): its own end would be taken for theirs",
            humantime::format_duration(longest * 2)
        )
        .into());
    }

    let (change, noted) = stage.clerk_goes_down().await?;
    let title = "with Clerk down the caller is served on, and then is not";
    let settled = stage
        .measures(
            title,
            &token.credential,
            WantedAnswer::Unavailable,
            change,
            longest,
        )
        .await?;
    stage.report.promise(Promise::at_least(
        "while Clerk is down a known caller is served",
        "roles.grace",
        roles.grace,
        settled.first,
    ));
    stage.report.promise(Promise::at_most(
        "after that it is answered with 503, because its role is too old",
        "roles.max_age + roles.grace",
        longest,
        settled.last_other,
    ));

    serves_again(stage, &token, noted).await
}

async fn serves_again(stage: &Stage<'_>, token: &Token, noted: Changed) -> Result<(), Failure> {
    let roles = &stage.clerk.roles;
    let change = stage.clerk_comes_back(noted).await?;
    let bound = roles.cool_down + roles.cool_down / JITTER + stage.clerk.config.timeout;
    let title = "with Clerk back the caller is served again, without a restart";
    let settled = stage
        .measures(title, &token.credential, WantedAnswer::Admitted, change, bound)
        .await?;
    stage.report.promise(Promise::at_most(
        "when Clerk is back the caller is served again",
        "roles.cool_down + clerk.timeout",
        bound,
        settled.last_other,
    ));
    Ok(())
}

impl Stage<'_> {
    /// Returns a time before it.
    async fn clerk_goes_down(&self) -> Result<(Moment, Changed), Failure> {
        let Ok(emulator) = self.emulator() else {
            person::is_there()?;
            let noted = self.undos.note(Undo::Network);
            let cut = "cut the server's host off from CLERK_API_URL, for example in its firewall";
            return Ok((self.asks_person(cut).await?, noted));
        };
        if emulator.has_faults().await? {
            return Err(
                "the local Clerk has faults already, which this drill would end: remove them first".into(),
            );
        }
        let noted = self.undos.note(Undo::ClerkIsDown);
        let change = SystemClock.now();
        self.report
            .step("Clerk answers nothing but 503", emulator.take_down())
            .await?;
        Ok((change, noted))
    }

    /// Returns a time before it.
    async fn clerk_comes_back(&self, noted: Changed) -> Result<Moment, Failure> {
        let change = if let Ok(emulator) = self.emulator() {
            let change = SystemClock.now();
            self.report
                .step("Clerk answers again", emulator.bring_up())
                .await?;
            change
        } else {
            self.asks_person("let the server's host reach CLERK_API_URL again")
                .await?
        };
        self.undos.is_undone(noted);
        Ok(change)
    }
}
