//! The steps with an instance of Clerk for development.

use std::time::Duration;

use anyhow::Context as _;
use freshness::{Clock as _, SystemClock};
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::site::{ROLE_AGE, StagingSite};
use super::target::Target;
use super::users::StagingUsers;
use crate::aither::Aither;
use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::stack::Programs;
use crate::walk::answered;

/// How long a change at Clerk may take beyond the age of a role: the look-up crosses the internet.
const ON_THE_WAY: Duration = Duration::from_secs(15);

/// Walks all of it, and removes what it has made at Clerk whatever came of the steps.
pub(crate) async fn walk(
    programs: &Programs,
    target: Target,
    checklist: &mut Checklist,
) -> anyhow::Result<()> {
    checklist.scenario("With an instance of Clerk for development, as on staging");
    let users = StagingUsers::prepare(&target).await?;
    let site = StagingSite::start(programs, &target).await?;
    let aither = site.aither(&users.service)?;
    let walk = Walk {
        site: &site,
        users: &users,
        aither: &aither,
    };
    let step = "clerk setup makes the service user and its template, and status sees no drift";
    checklist.step(step, walk.set_up()).await;
    let step = "aither smoke: no promise is broken; a result is written and put back";
    checklist.step(step, walk.smoke()).await;
    let step = "Another role is refused: 403";
    checklist.step(step, walk.another_role()).await;
    let step = "clerk rotate ends Aither's session, and Aither signs in anew";
    checklist.step(step, walk.rotate()).await;
    let step = "clerk disable: a token that was good is refused; enable lets in again";
    checklist.step(step, walk.shut_out()).await;
    let step = "The audit log shows who did what, and who was refused";
    checklist.step(step, walk.is_audited()).await;
    let step = "What was made at Clerk is removed";
    checklist.step(step, users.remove(&site.http)).await;
    drop(aither);
    let stopped = async {
        let stopped = site.stop().await.map_err(|error| format!("{error:#}"));
        equal("the end", Ok(()), stopped)
    };
    checklist
        .step("Everything stops in order, exit code 0", stopped)
        .await;
    Ok(())
}

struct Walk<'a> {
    site: &'a StagingSite,
    users: &'a StagingUsers<'a>,
    aither: &'a Aither<'a>,
}

impl Walk<'_> {
    async fn operate(&self, arguments: &str) -> Result<String, Failure> {
        self.site.operate(&self.users.service, arguments).await
    }

    async fn set_up(&self) -> Result<(), Failure> {
        self.operate("setup --yes").await?;
        self.operate("status").await.map(drop)
    }

    async fn smoke(&self) -> Result<(), Failure> {
        let participation = self.participation().await?;
        let command = ["smoke", "--for", "1s", "--write", &participation];
        let smoked = self.aither.json(&command).await?;
        let steps = smoked["steps"].as_array().cloned().unwrap_or_default();
        // There is no TLS on this machine, and no token has run out yet.
        let may_be_skipped = ["tls", "in clear", "expired token"];
        let skipped = steps.iter().filter(|step| step["verdict"] != "kept");
        let skipped: Vec<&Value> = skipped.map(|step| &step["name"]).collect();
        holds(
            "every other promise to be tried",
            skipped
                .iter()
                .all(|name| may_be_skipped.iter().any(|may| *name == may)),
            &smoked,
        )
    }

    async fn participation(&self) -> Result<String, Failure> {
        let listed = self.aither.json(&["courses"]).await?;
        for course in listed["courses"].as_array().into_iter().flatten() {
            let Some(id) = course["id"].as_str() else { continue };
            let shown = self.aither.json(&["course", id]).await?;
            let participants = shown["course"]["participants"].as_array();
            let mut ids = participants.into_iter().flatten();
            if let Some(id) = ids.find_map(|each| each["participationId"].as_str()) {
                return Ok(id.to_owned());
            }
        }
        Err(Failure::new("a participation in the demo data", "none"))
    }

    async fn another_role(&self) -> Result<(), Failure> {
        let token = self.users.token_of_another_role().await?;
        let response = self.site.courses(&token).await?;
        answered(403, &response)?;
        let body: Value = response.json().await?;
        equal("the code", Some("FORBIDDEN"), body["error"]["code"].as_str())
    }

    async fn rotate(&self) -> Result<(), Failure> {
        self.operate("rotate --yes").await?;
        self.aither.json(&["courses"]).await.map(drop)
    }

    async fn shut_out(&self) -> Result<(), Failure> {
        let user = self.users.service_user()?;
        let minted = user.mint().await.map_err(anyhow::Error::from)?;
        let token = minted.jwt.expose_secret();
        answered(200, &self.site.courses(token).await?)?;
        self.operate("disable --yes").await?;
        let shut_out = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        self.until(token, &shut_out).await?;
        self.operate("enable --yes").await?;
        self.until(token, &[StatusCode::OK]).await?;
        self.aither.json(&["courses"]).await.map(drop)
    }

    /// Sends requests until one is answered with one of these.
    async fn until(&self, token: &str, expected: &[StatusCode]) -> Result<(), Failure> {
        let began = SystemClock.now();
        loop {
            let status = self.site.courses(token).await?.status();
            if expected.contains(&status) {
                return Ok(());
            }
            if SystemClock.now().since(began) > ROLE_AGE + ON_THE_WAY {
                return Err(Failure::new(
                    format!("one of {expected:?} in time"),
                    status.to_string(),
                ));
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn is_audited(&self) -> Result<(), Failure> {
        let subject = self.users.service_id().await?;
        let pool = self.site.database.pool();
        let began = SystemClock.now();
        loop {
            let records = query::audit_records(pool, &subject).await?;
            let has_written = records
                .iter()
                .any(|record| record.changed_fields.is_some() && record.status == 200);
            let was_refused = records.iter().any(|record| record.status == 403);
            if has_written && was_refused {
                return Ok(());
            }
            // Records of reads and refusals are written in the background.
            if SystemClock.now().since(began) > ON_THE_WAY {
                let context = "the records of a write and of a refusal";
                return Err(anyhow::anyhow!("{} records", records.len()))
                    .context(context)
                    .map_err(Failure::from);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
