//! Another login holds the lock of a row: its writers wait in vain, and all others must not notice.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ETAG, IF_MATCH};
use sqlx::{AssertSqlSafe, Postgres, Transaction};
use tokio::task::JoinSet;

use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::query;
use crate::chaos::run::{Run, Scale};
use crate::chaos::site::{Plan, Site};

const WRITERS: usize = 20;
/// Callers that send "old" and hang up, each round.
const HANGING_UP: usize = 5;
/// What a locked row may add to the longest call of others.
const MOST_DELAY: Duration = Duration::from_millis(100);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let mut settings = Vec::new();
    if run.scale == Scale::Short {
        settings.push(("HEMERA_HTTP__HANDLER_TIMEOUT", "3s".to_owned()));
    }
    let plan = Plan {
        servers: 2,
        settings,
        ..Plan::default()
    };
    let site = Site::start(run.tools, plan).await?;
    let token = site.service_token().await?;
    writers_and_others(run, &site, &token, outcome).await?;
    let count = run.pick(200, 20);
    for (servers, promise) in [
        (1, Promise::AnsweredWritesStand),
        (2, Promise::AnsweredWritesStandWithVersions),
    ] {
        run.step(&format!("{count} rounds of given-up writes, {servers} server(s)"));
        let rounds = Rounds {
            site: &site,
            token: &token,
            servers,
        };
        let (overtaken, answered) = rounds.play(run, count).await?;
        outcome.hold(
            promise,
            overtaken == 0 && answered > 0,
            format!("{overtaken} of {answered} answered rounds overtaken"),
        );
    }
    outcome.rows(&ledger::compare(&site, &[]).await?);
    site.finish().await?;
    Ok(())
}

/// Holds the lock that an update of this participation needs.
async fn lock<'a>(site: &Site, id: &str) -> anyhow::Result<Transaction<'a, Postgres>> {
    let mut lock = site.database.pool().begin().await?;
    // The id is one of the demo data: letters, digits and underscores.
    let statement = format!("select from course_participations where id = '{id}' for update");
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut *lock)
        .await?;
    Ok(lock)
}

/// Twenty writers of a locked row, and others beside them.
async fn writers_and_others(
    run: &Run<'_>,
    site: &Site,
    token: &str,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let kind = Kind {
        callers: 4,
        pause: Duration::from_millis(10),
        writes: true,
    };
    let client = site.client()?;
    let (locked, others) = site
        .participations
        .split_first()
        .ok_or_else(|| anyhow::anyhow!("no rows"))?;
    run.step("callers without a lock");
    let load = Load::start(&client, others, kind);
    run.pass(run.pick(Duration::from_secs(5), Duration::from_secs(2)))
        .await;
    let (before, results_before) = load.stop().await?;

    run.step("twenty writers of a locked row, and callers beside them");
    let lock = lock(site, locked.as_str()).await?;
    let load = Load::start(&client, others, kind);
    let refused = write_all(site, locked.as_str(), token).await?;
    let (during, results) = load.stop().await?;
    lock.rollback().await?;
    site.until_idle().await?;
    outcome.count(&during);
    outcome.hold(
        Promise::LockedRowCostsItsWriters,
        refused == WRITERS,
        format!("{refused} of {WRITERS} were answered with 503"),
    );
    outcome.hold(
        Promise::LockedRowCostsNoOther,
        during.failures() == 0 && (!run.is_release || during.longest() <= before.longest() + MOST_DELAY),
        format!(
            "{}; longest {} ms, without the lock {} ms",
            during.sentence(),
            during.longest().as_millis(),
            before.longest().as_millis()
        ),
    );
    let stored = query::notes(site.database.pool()).await?;
    let stored = stored.get(locked.as_str()).cloned().flatten().unwrap_or_default();
    let stayed_away = !stored.starts_with("behind the lock");
    outcome.hold(
        Promise::GivenUpWritesStayAway,
        stayed_away,
        format!("the row holds `{stored}`"),
    );
    outcome.rows(&ledger::compare(site, &[results_before, results]).await?);
    Ok(())
}

/// Twenty writers of one participation at once. Gives how many were answered with 503.
async fn write_all(site: &Site, id: &str, token: &str) -> anyhow::Result<usize> {
    let path = format!("participations/{id}/result");
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let request = site
            .attempt(Method::PUT, site.servers[0].address, &path, token)
            .header(CONTENT_TYPE, "application/json")
            .body(format!(r#"{{"resultNotes":"behind the lock {number}"}}"#));
        writers.spawn(request.send());
    }
    let mut refused = 0;
    while let Some(writer) = writers.join_next().await {
        refused += usize::from(writer??.status() == 503);
    }
    Ok(refused)
}

/// Rounds in which callers send "old" and hang up, "new" is sent, the lock goes, and "new" is answered.
struct Rounds<'a> {
    site: &'a Site,
    token: &'a str,
    /// Over so many servers; over more than one, with `If-Match`.
    servers: usize,
}

impl Rounds<'_> {
    /// Gives in how many rounds something else than "new" is stored, and how many were answered.
    async fn play(&self, run: &Run<'_>, rounds: usize) -> anyhow::Result<(usize, usize)> {
        let id = self.site.participation(1).as_str();
        let (mut overtaken, mut answered) = (0, 0);
        for round in 0..rounds {
            run.part(round, rounds);
            let tag = self.tag(id).await?;
            let lock = lock(self.site, id).await?;
            let old: Vec<_> = (0..HANGING_UP)
                .map(|number| tokio::spawn(self.write(number, &format!("old {round}"), &tag).send()))
                .collect();
            self.site.until_waiting(1).await?;
            for caller in &old {
                caller.abort();
            }
            let new = format!("new {round}");
            let newest = tokio::spawn(self.write(HANGING_UP, &new, &tag).send());
            tokio::task::yield_now().await;
            lock.rollback().await?;
            let mut status = newest.await??.status().as_u16();
            if status == 412 {
                // An old one was carried out before it: read again, and write on the ground of that.
                let tag = self.tag(id).await?;
                status = self.write(HANGING_UP, &new, &tag).send().await?.status().as_u16();
            }
            self.site.until_idle().await?;
            if status == 200 {
                answered += 1;
                let stored = query::notes(self.site.database.pool()).await?;
                overtaken += usize::from(stored.get(id).cloned().flatten() != Some(new));
            }
        }
        Ok((overtaken, answered))
    }

    fn write(&self, number: usize, notes: &str, tag: &str) -> reqwest::RequestBuilder {
        let server = self.site.servers[number % self.servers].address;
        let path = format!("participations/{}/result", self.site.participation(1).as_str());
        let request = self
            .site
            .attempt(Method::PUT, server, &path, self.token)
            .header(CONTENT_TYPE, "application/json")
            .body(format!(r#"{{"resultNotes":"{notes}"}}"#));
        if self.servers > 1 {
            request.header(IF_MATCH, tag)
        } else {
            request
        }
    }

    async fn tag(&self, id: &str) -> anyhow::Result<String> {
        let server = self.site.servers[0].address;
        let path = format!("participations/{id}");
        let read = self
            .site
            .attempt(Method::GET, server, &path, self.token)
            .send()
            .await?;
        let tag = read.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
        Ok(tag.unwrap_or_default().to_owned())
    }
}
