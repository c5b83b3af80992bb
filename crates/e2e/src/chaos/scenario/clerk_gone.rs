//! Clerk cuts every connection, answers nothing, or answers 500.

use std::time::Duration;

use aither_client::hemera_types::JWT_TEMPLATE;
use anyhow::anyhow;
use clerk::NewUser;
use freshness::{Clock as _, SystemClock};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

/// A thirtieth of the defaults, so that the whole way is seen: a ban counts after both at the latest.
const MAX_AGE: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(6);
/// Of one question to Clerk.
const TIMEOUT: Duration = Duration::from_secs(1);
const COOL_DOWN: Duration = Duration::from_millis(500);
/// What a request takes besides.
const SLACK: Duration = Duration::from_millis(500);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let seconds = |span: Duration| format!("{}ms", span.as_millis());
    let plan = Plan {
        settings: vec![
            ("HEMERA_ROLES__MAX_AGE", seconds(MAX_AGE)),
            ("HEMERA_ROLES__GRACE", seconds(GRACE)),
            ("HEMERA_ROLES__COOL_DOWN", seconds(COOL_DOWN)),
            ("HEMERA_CLERK__TIMEOUT", seconds(TIMEOUT)),
            ("HEMERA_TOKENS__KEYS_MAX_AGE", seconds(MAX_AGE)),
            ("HEMERA_TOKENS__KEYS_COOL_DOWN", seconds(COOL_DOWN)),
        ],
        ..Plan::default()
    };
    let site = Site::start(run.tools, plan).await?;
    let all = [
        ("refuses", json!("cut")),
        ("answers nothing", json!("hold")),
        ("answers 500", json!({"status": 500})),
    ];
    let short = [all[1].clone()];
    for (number, (what, effect)) in run.pick(&all[..], &short[..]).iter().enumerate() {
        run.step(&format!("Clerk {what}"));
        let banned = new_caller(&site, number).await?;
        Gone {
            run,
            site: &site,
            what,
            banned,
        }
        .walk(effect, outcome)
        .await?;
    }
    outcome.rows(&ledger::compare(&site, &[]).await?);
    site.finish().await?;
    Ok(())
}

/// A caller who is going to be banned.
struct Banned {
    id: String,
    token: String,
}

async fn new_caller(site: &Site, number: usize) -> anyhow::Result<Banned> {
    let metadata = Map::from_iter([("role".to_owned(), Value::from("api-client"))]);
    let user = NewUser::without_password(format!("banned-{number}@hemera-academy.com"));
    let user = user.with_public_metadata(metadata);
    let id = site.accounts.backend().users().create(user).await?.id;
    let token = site.token_of(&id).await?;
    Ok(Banned { id, token })
}

struct Gone<'a> {
    run: &'a Run<'a>,
    site: &'a Site,
    what: &'a str,
    banned: Banned,
}

impl Gone<'_> {
    async fn walk(&self, effect: &Value, outcome: &mut Outcome) -> anyhow::Result<()> {
        let site = self.site;
        let forged = site
            .clerk
            .forge(&site.subject, JWT_TEMPLATE)
            .await
            .map_err(|failure| anyhow!("{failure}"))?;
        anyhow::ensure!(
            self.status(&self.banned.token).await? == 200,
            "the new caller is not served"
        );
        let client = site.client()?;
        client.service_participation(site.participation(0)).await?;

        site.accounts.backend().users().ban(&self.banned.id).await?;
        let began = SystemClock.now();
        site.clerk
            .break_with(effect)
            .await
            .map_err(|failure| anyhow!("{failure}"))?;
        let kind = Kind {
            callers: 2,
            pause: Duration::from_millis(20),
            writes: true,
        };
        let load = Load::start(&client, &site.participations, kind);
        let forged = self.status(&forged).await?;
        outcome.hold(
            Promise::TokensAreVerifiedWithoutClerk,
            forged == 401,
            format!("Clerk {}: a forged token was answered with {forged}", self.what),
        );
        let mut last_served = Duration::ZERO;
        let mut load = Some(load);
        // Past the bound by as much as one question to Clerk takes.
        while SystemClock.now().since(began) < MAX_AGE + GRACE + TIMEOUT + SLACK * 2 {
            let sent = SystemClock.now().since(began);
            if self.status(&self.banned.token).await? == 200 {
                last_served = sent;
            }
            // A call that waits for keys and for a role ends within the grace.
            if sent > GRACE / 2
                && let Some(load) = load.take()
            {
                self.known_callers(load, outcome).await?;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        outcome.hold(
            Promise::BanCountsWithoutClerk,
            last_served <= MAX_AGE + GRACE + SLACK,
            format!(
                "Clerk {}: last served {:.1} s after the ban",
                self.what,
                last_served.as_secs_f64()
            ),
        );
        self.back(outcome).await
    }

    /// Before the grace of a role that was looked up a maximum age before the fault has passed, they are served.
    async fn known_callers(&self, load: Load, outcome: &mut Outcome) -> anyhow::Result<()> {
        let (tally, results) = load.stop().await?;
        outcome.count(&tally);
        outcome.no_failures(Promise::KnownCallersOutliveClerk, &tally);
        outcome.rows(&ledger::compare(self.site, &[results]).await?);
        Ok(())
    }

    async fn back(&self, outcome: &mut Outcome) -> anyhow::Result<()> {
        let site = self.site;
        site.clerk
            .set_down(false)
            .await
            .map_err(|failure| anyhow!("{failure}"))?;
        let began = SystemClock.now();
        let token = site.service_token().await?;
        let mut statuses = (0, 0);
        while statuses != (200, 401) && SystemClock.now().since(began) < MAX_AGE * 4 {
            statuses = (self.status(&token).await?, self.status(&self.banned.token).await?);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let after = SystemClock.now().since(began);
        outcome.recovered(after);
        outcome.hold(
            Promise::ClerkIsFoundAgain,
            statuses == (200, 401),
            format!(
                "Clerk {}: {statuses:?} after {:.1} s",
                self.what,
                after.as_secs_f64()
            ),
        );
        self.run.pass(Duration::from_millis(100)).await;
        Ok(())
    }

    async fn status(&self, token: &str) -> anyhow::Result<u16> {
        let server = self.site.servers[0].address;
        let path = format!("participations/{}", self.site.participation(0).as_str());
        let answer = self
            .site
            .attempt(Method::GET, server, &path, token)
            .send()
            .await?;
        Ok(answer.status().as_u16())
    }
}
