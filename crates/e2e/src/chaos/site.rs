//! What a scenario happens in: PostgreSQL, a proxy before it, the emulator, servers, and the balancer before them.

use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;

use freshness::{Clock as _, SystemClock};
use reqwest::Method;
use tcp_fixture::Proxy;
use tokio::task::JoinSet;

use crate::chaos::postgres::Postgres;
use crate::chaos::query;
use crate::chaos::served::{Binaries, Served};
use crate::database::Database;

/// How long anything of the surroundings may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The programs that scenarios start.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) hemera_api: PathBuf,
    pub(crate) clerk_emulator: PathBuf,
    /// The folder with `initdb` and `postgres`.
    pub(crate) postgres: PathBuf,
}

/// How a site differs from the usual one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Servers behind the balancer, 1 where 0 is given, where there is a port.
    pub(crate) servers: usize,
    /// Servers at these addresses in their place.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Settings of the servers, beside lifted limits.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// The size of PostgreSQL's disk.
    pub(crate) megabytes: Option<u32>,
}

/// Everything that a scenario needs, running. What is in front of PostgreSQL is [`Served`].
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) postgres: Postgres,
    pub(crate) database: Database,
    /// Between the servers and PostgreSQL.
    pub(crate) proxy: Proxy,
    served: Served,
}

impl Deref for Site {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.served
    }
}

impl DerefMut for Site {
    fn deref_mut(&mut self) -> &mut Served {
        &mut self.served
    }
}

impl Site {
    /// Starts all of it.
    pub(crate) async fn start(tools: &Tools, plan: Plan) -> anyhow::Result<Self> {
        let postgres = Postgres::start(&tools.postgres, plan.megabytes).await?;
        let database = Database::create(&postgres.url()?, &tools.hemera_api).await?;
        let proxy = Proxy::start(postgres.address()).await?;
        let mut through_proxy = database.url().clone();
        let placed = through_proxy.set_port(Some(proxy.address().port()));
        placed.map_err(|()| anyhow::anyhow!("the database's address has no port"))?;
        let programs = Binaries {
            hemera_api: tools.hemera_api.clone(),
            clerk_emulator: tools.clerk_emulator.clone(),
        };
        let servers = if plan.addresses.is_empty() {
            plan.servers.max(1)
        } else {
            0
        };
        let mut served = Served::start(&programs, &database, &through_proxy, servers, plan.settings).await?;
        for address in plan.addresses {
            let one = served.new_server_at(address).await?;
            served.servers.push(one);
        }
        served.lead_to_servers();
        Ok(Self {
            postgres,
            database,
            proxy,
            served,
        })
    }

    /// Makes so many connections of one server's pool open: as many reads wait for a lock together.
    pub(crate) async fn warm(
        &self,
        server: SocketAddr,
        token: &str,
        connections: usize,
    ) -> anyhow::Result<()> {
        let mut lock = self.database.pool().begin().await?;
        sqlx::raw_sql("lock table course_participations in access exclusive mode")
            .execute(&mut *lock)
            .await?;
        let before = query::sessions(self.database.pool()).await?;
        let busy = before.iter().filter(|session| session.waits_for_lock).count();
        let path = format!("participations/{}", self.participation(0).as_str());
        let mut reads = JoinSet::new();
        for _ in 0..connections {
            reads.spawn(self.attempt(Method::GET, server, &path, token).send());
        }
        self.until_waiting(busy + connections).await?;
        lock.rollback().await?;
        while let Some(read) = reads.join_next().await {
            let status = read??.status().as_u16();
            anyhow::ensure!(
                status == 200,
                "a read that waited for a lock was answered with {status}"
            );
        }
        Ok(())
    }

    /// Waits until so many sessions of the servers wait for a lock: until PostgreSQL says so, not for a time.
    pub(crate) async fn until_waiting(&self, sessions: usize) -> anyhow::Result<Vec<query::Session>> {
        let began = SystemClock.now();
        loop {
            let mut waiting = query::sessions(self.database.pool()).await?;
            waiting.retain(|session| session.waits_for_lock);
            if waiting.len() >= sessions {
                return Ok(waiting);
            }
            let waited = SystemClock.now().since(began);
            anyhow::ensure!(
                waited < PATIENCE,
                "{} of {sessions} sessions wait for a lock",
                waiting.len()
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until no session of the servers works on anything, twice in a row.
    pub(crate) async fn until_idle(&self) -> anyhow::Result<()> {
        let began = SystemClock.now();
        let mut idle = 0;
        while idle < 2 {
            let sessions = query::sessions(self.database.pool()).await?;
            let is_idle = sessions.iter().all(|session| session.state == "idle");
            idle = if is_idle { idle + 1 } else { 0 };
            let waited = SystemClock.now().since(began);
            anyhow::ensure!(waited < PATIENCE, "the servers' sessions are never idle");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Stops everything as far as it still runs.
    pub(crate) async fn finish(self) -> anyhow::Result<()> {
        for server in self.served.servers {
            server.child.kill().await?;
        }
        self.served.emulator.kill().await?;
        self.database.pool().close().await;
        self.postgres.finish().await
    }
}

/// Reads a program's folder from the environment.
pub(crate) fn postgres_folder() -> Option<PathBuf> {
    std::env::var_os("HEMERA_POSTGRES_BIN")
        .map(PathBuf::from)
        .filter(|folder| is_whole(folder))
}

fn is_whole(folder: &Path) -> bool {
    ["initdb", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}
