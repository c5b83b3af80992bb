//! Two servers over one Redis: the limit holds for both together, and goes on holding while the Redis is lost.

use std::time::Duration;

use anyhow::Context;
use freshness::{Clock, SystemClock};
use redis_fixture::RedisServer;
use reqwest::header::AUTHORIZATION;
use url::Url;

use crate::admissions::Admissions;
use crate::checklist::Checklist;
use crate::child::Child;
use crate::failure::{Failure, equal, holds};
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

/// Short enough to see several, and few enough requests that any machine sends more.
const WINDOW: Duration = Duration::from_secs(2);
const RATE: usize = 10;
const BURST: usize = 4;

/// How long the servers may take to find the store again: their first looks are one, two and two seconds apart.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("Two servers over one Redis");
    let mut redis = RedisServer::start()?;
    let settings = [
        ("HEMERA_LIMITS__STORE", redis.url()),
        ("HEMERA_LIMITS__REPLICAS", "2".to_owned()),
        // A machine that is busy with other things is no lost store.
        ("HEMERA_LIMITS__STORE_TIMEOUT", "5s".to_owned()),
        ("HEMERA_LIMITS__WINDOW", "2s".to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_RATE", RATE.to_string()),
        ("HEMERA_LIMITS__API_CLIENT_BURST", BURST.to_string()),
    ];
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let (second, second_url) = stack.another_server(programs).await?;
    let walk = Walk::new(&stack)?;
    let mut pair = Pair::new(&walk, &second_url).await?;

    walk.step(
        checklist,
        "Together they admit what one alone would",
        pair.together(),
    )
    .await;
    redis.stop();
    walk.step(
        checklist,
        "The Redis is lost: each goes on with its share of the limit",
        pair.across_the_loss(&second),
    )
    .await;
    redis.restart()?;
    walk.step(
        checklist,
        "The Redis is back: both count together again, without a restart",
        pair.across_the_recovery(),
    )
    .await;
    let ended = Box::pin(async {
        equal("the second server's exit code", 0, second.stop().await?)?;
        stopped(stack).await
    });
    checklist
        .step("Everything stops in order, exit code 0", ended)
        .await;
    Ok(())
}

/// A caller of both servers in turn, and when it was admitted.
struct Pair<'a> {
    walk: &'a Walk<'a>,
    servers: [Url; 2],
    bearer: String,
    turn: usize,
    admitted: Admissions,
    /// By each server.
    refused: [usize; 2],
}

impl<'a> Pair<'a> {
    async fn new(walk: &'a Walk<'a>, second: &Url) -> anyhow::Result<Self> {
        let subject = walk.accounts.with_role("api-client").await;
        let subject = subject.map_err(|failure| anyhow::anyhow!("{failure}"))?;
        let token = walk.accounts.token_of(&subject).await;
        let token = token.map_err(|failure| anyhow::anyhow!("{failure}"))?;
        Ok(Self {
            walk,
            servers: [walk.stack.hemera_url.clone(), second.clone()],
            bearer: format!("Bearer {token}"),
            turn: 0,
            admitted: Admissions::default(),
            refused: [0; 2],
        })
    }

    /// One request to the next server. Its role may not do this, so an admitted one is a 403, which costs no query.
    async fn ask(&mut self, server: usize) -> Result<String, Failure> {
        let url = self.servers[server]
            .join("/api/service/usage")
            .context("a path")?;
        let request = self.walk.http.get(url).header(AUTHORIZATION, &self.bearer);
        let sent = SystemClock.now().monotonic;
        let response = request.send().await?;
        let answered = SystemClock.now().monotonic;
        match response.status().as_u16() {
            403 => self.admitted.note(sent, answered),
            429 => self.refused[server] += 1,
            other => return Err(Failure::new("403 or 429", other.to_string())),
        }
        let limit = response.headers().get("x-ratelimit-limit");
        let limit = limit.and_then(|limit| limit.to_str().ok());
        Ok(limit.unwrap_or_default().to_owned())
    }

    /// Asks both in turn as fast as they answer.
    async fn hammer(&mut self, how_long: Duration) -> Result<(), Failure> {
        let begin = SystemClock.now();
        while SystemClock.now().since(begin) < how_long {
            self.turn += 1;
            self.ask(self.turn % 2).await?;
        }
        Ok(())
    }

    fn at_most(&self, bursts: usize) -> Result<(), Failure> {
        let (most, bound) = (self.admitted.most_within(WINDOW), RATE + bursts * BURST);
        holds(
            &format!("at most {bound} requests admitted in any window"),
            most <= bound,
            most,
        )
    }

    async fn together(&mut self) -> Result<(), Failure> {
        self.hammer(WINDOW * 3 / 2).await?;
        self.at_most(1)?;
        holds(
            "the burst, and what comes back",
            self.admitted.count() > BURST,
            self.admitted.count(),
        )?;
        holds(
            "both servers to refuse",
            self.refused.iter().all(|refused| *refused > 0),
            self.refused,
        )?;
        equal("the announced limit", RATE.to_string(), self.ask(0).await?)
    }

    async fn across_the_loss(&mut self, second: &Child) -> Result<(), Failure> {
        // More than a window, so that none sees both the loss and the recovery.
        self.hammer(WINDOW * 3 / 2).await?;
        self.at_most(2)?;
        for server in 0..2 {
            equal(
                "the announced limit",
                (RATE / 2).to_string(),
                self.ask(server).await?,
            )?;
            let readiness = self.readiness(server).await?;
            equal(
                "readiness",
                "ready (rate limits: own share)\n",
                readiness.as_str(),
            )?;
        }
        for log in [self.walk.stack.server_log(), second.lines()] {
            let lines = log.matching(|line| line.contains("shared store of the rate limits is lost"));
            equal("log lines about the loss", 1, lines.len())?;
        }
        Ok(())
    }

    async fn across_the_recovery(&mut self) -> Result<(), Failure> {
        let begin = SystemClock.now();
        self.admitted.clear();
        for server in 0..2 {
            while self.readiness(server).await? != "ready\n" {
                let waited = SystemClock.now().since(begin);
                holds("both servers to find it again", waited < PATIENCE, waited)?;
                // A request has it looked for.
                self.ask(server).await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        self.hammer(WINDOW * 3 / 2).await?;
        self.at_most(2)?;
        equal("the announced limit", RATE.to_string(), self.ask(1).await?)
    }

    async fn readiness(&self, server: usize) -> Result<String, Failure> {
        let url = self.servers[server].join("/readyz").context("a path")?;
        Ok(self.walk.http.get(url).send().await?.text().await?)
    }
}
