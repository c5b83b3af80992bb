//! The Redis of two servers is killed, stopped and emptied: the limit holds, and no call waits.

use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use redis_fixture::RedisServer;
use reqwest::Method;

use crate::admissions::Admissions;
use crate::chaos::load::Tally;
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

/// Short enough to see several.
const WINDOW: Duration = Duration::from_secs(1);
const RATE: usize = 20;
const BURST: usize = 4;
/// Above the default, because a machine that is busy with a whole stack is no lost store.
const STORE_TIMEOUT: Duration = Duration::from_millis(250);
/// What a request may take besides.
const SLACK: Duration = Duration::from_millis(500);
/// Looks for the store are at most one window apart.
const FOUND_WITHIN: Duration = Duration::from_secs(15);

/// What happens to the Redis.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Killed,
    Stopped,
    Flushed,
}

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let redis = RedisServer::start();
    let mut redis = match redis {
        Ok(redis) => redis,
        Err(error) => {
            outcome.not_run = Some(format!("no Redis can be started: {error}"));
            return Ok(());
        }
    };
    let plan = Plan {
        servers: 2,
        settings: vec![
            ("HEMERA_LIMITS__STORE", redis.url()),
            (
                "HEMERA_LIMITS__STORE_TIMEOUT",
                format!("{}ms", STORE_TIMEOUT.as_millis()),
            ),
            ("HEMERA_LIMITS__REPLICAS", "2".to_owned()),
            ("HEMERA_LIMITS__WINDOW", format!("{}s", WINDOW.as_secs())),
            ("HEMERA_LIMITS__API_CLIENT_RATE", RATE.to_string()),
            ("HEMERA_LIMITS__API_CLIENT_BURST", BURST.to_string()),
        ],
        ..Plan::default()
    };
    let site = Site::start(run.tools, plan).await?;
    let mut hammer = Hammer {
        site: &site,
        token: site.service_token().await?,
        turn: 0,
        admitted: Admissions::default(),
        tally: Tally::default(),
    };
    for fault in [Fault::Killed, Fault::Stopped, Fault::Flushed] {
        hammer.through(run, &mut redis, fault, outcome).await?;
    }
    let tally = hammer.tally;
    outcome.count(&tally);
    outcome.hold(
        Promise::StoreMakesNoCallWait,
        tally.failures() == 0 && tally.longest() <= STORE_TIMEOUT + SLACK,
        format!("{}; longest {} ms", tally.sentence(), tally.longest().as_millis()),
    );
    site.finish().await?;
    Ok(())
}

/// Requests to both servers in turn, as fast as they are answered.
struct Hammer<'a> {
    site: &'a Site,
    token: String,
    turn: usize,
    admitted: Admissions,
    tally: Tally,
}

impl Hammer<'_> {
    async fn through(
        &mut self,
        run: &Run<'_>,
        redis: &mut RedisServer,
        fault: Fault,
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        run.step(&format!("Redis is {}", format!("{fault:?}").to_lowercase()));
        self.admitted.clear();
        let noted = self.changes();
        self.go_on(WINDOW).await?;
        match fault {
            Fault::Killed => redis.stop(),
            Fault::Stopped => redis.freeze()?,
            Fault::Flushed => redis.flush()?,
        }
        self.go_on(WINDOW * run.pick(3, 1)).await?;
        match fault {
            Fault::Killed => redis.restart()?,
            Fault::Stopped => redis.thaw()?,
            Fault::Flushed => {}
        }
        let began = SystemClock.now();
        let mut found = false;
        while !found && SystemClock.now().since(began) < FOUND_WITHIN {
            self.go_on(Duration::from_millis(100)).await?;
            found = self.both_count_together().await?;
        }
        let after = SystemClock.now().since(began);
        outcome.recovered(after);
        outcome.hold(
            Promise::StoreIsFoundAgain,
            found,
            format!("{fault:?}: after {:.1} s", after.as_secs_f64()),
        );
        self.go_on(WINDOW).await?;
        // Lost and back; what the servers noted beyond that counts too.
        let changes = (self.changes() - noted).max(2);
        let (most, bound) = (self.admitted.most_within(WINDOW), RATE + (1 + changes) * BURST);
        outcome.hold(
            Promise::LimitHoldsWithoutStore,
            most <= bound && most >= RATE / 2,
            format!("{fault:?}: at most {most} in a window, {bound} allowed ({changes} losses and returns)"),
        );
        Ok(())
    }

    async fn go_on(&mut self, how_long: Duration) -> anyhow::Result<()> {
        let began = SystemClock.now();
        while SystemClock.now().since(began) < how_long {
            self.turn += 1;
            let server = self.site.servers[self.turn % 2].address;
            let sent = SystemClock.now();
            // The role may not do this, so an admitted request costs no query.
            let request = self.site.attempt(Method::GET, server, "usage", &self.token);
            let status = request.send().await?.status().as_u16();
            let answered = SystemClock.now();
            let failure = (!matches!(status, 403 | 429)).then(|| format!("status {status}"));
            self.tally.note(answered.since(sent), failure);
            if status == 403 {
                self.admitted.note(sent.monotonic, answered.monotonic);
            }
        }
        Ok(())
    }

    /// How often one of the servers, the one with more, has said that it lost the store or found it again.
    fn changes(&self) -> usize {
        let of = |server: &crate::chaos::served::Server| {
            let says = |line: &str| line.contains("shared store of the rate limits");
            server.child.lines().matching(says).len()
        };
        self.site.servers.iter().map(of).max().unwrap_or_default()
    }

    async fn both_count_together(&self) -> anyhow::Result<bool> {
        for server in &self.site.servers {
            let url = format!("http://{}/readyz", server.address);
            if self.site.http.get(url).send().await?.text().await? != "ready\n" {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
