//! What a scenario happens in: PostgreSQL, a proxy before it, the emulator, servers, and the balancer before them.

use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aither_client::hemera_types::ParticipationId;
use aither_client::{BaseUrl, ClerkServiceUser, HemeraClient, HemeraClientBuilder};
use anyhow::Context as _;
use clerk::UserRef;
use freshness::{Clock as _, SystemClock};
use reqwest::{Client, Method, RequestBuilder, redirect};
use tcp_fixture::Proxy;
use tokio::task::JoinSet;
use url::Url;

use crate::accounts::{Accounts, SERVICE};
use crate::chaos::front::Front;
use crate::chaos::postgres::Postgres;
use crate::chaos::query;
use crate::child::Child;
use crate::clerk_control::ClerkControl;
use crate::database::Database;
use crate::stack::Instance;

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
    /// Servers behind the balancer, 1 where 0 is given.
    pub(crate) servers: usize,
    /// Settings of the servers, beside lifted limits.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// The size of PostgreSQL's disk.
    pub(crate) megabytes: Option<u32>,
}

/// Everything that a scenario needs, running.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) postgres: Postgres,
    pub(crate) database: Database,
    /// Between the servers and PostgreSQL.
    pub(crate) proxy: Proxy,
    /// Between the callers and the servers.
    pub(crate) front: Front,
    pub(crate) servers: Vec<Server>,
    pub(crate) accounts: Accounts,
    pub(crate) clerk: ClerkControl,
    /// The service user's id.
    pub(crate) subject: String,
    pub(crate) participations: Vec<ParticipationId>,
    /// Plain HTTP, for single attempts.
    pub(crate) http: Client,
    hemera_api: PathBuf,
    environment: Vec<(String, String)>,
    emulator: Child,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Site {
    /// Starts all of it.
    pub(crate) async fn start(tools: &Tools, plan: Plan) -> anyhow::Result<Self> {
        let postgres = Postgres::start(&tools.postgres, plan.megabytes).await?;
        let database = Database::create(&postgres.url()?, &tools.hemera_api).await?;
        let proxy = Proxy::start(postgres.address()).await?;
        let arguments = ["--listen", "127.0.0.1:0", "--production"];
        let (emulator, clerk_url) = Child::start(&tools.clerk_emulator, &arguments, &[]).await?;
        let http = Client::builder()
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        let ids = query::participations(database.pool()).await?;
        let participations = ids
            .into_iter()
            .map(ParticipationId::parse)
            .collect::<Result<Vec<_>, _>>()?;
        let accounts = Accounts::at(&clerk_url, Instance::Production.secret_key())?;
        let subject = accounts.with_role("api-client").await;
        let mut site = Self {
            subject: subject.map_err(|failure| anyhow::anyhow!("{failure}"))?,
            environment: environment(database.url(), &proxy, &clerk_url, plan.settings)?,
            accounts,
            clerk: ClerkControl::new(http.clone(), &clerk_url)?,
            front: Front::start().await?,
            servers: Vec::new(),
            hemera_api: tools.hemera_api.clone(),
            postgres,
            database,
            proxy,
            participations,
            http,
            emulator,
        };
        for _ in 0..plan.servers.max(1) {
            let server = site.new_server().await?;
            site.servers.push(server);
        }
        site.lead_to_servers();
        Ok(site)
    }

    /// Starts one more server; nothing leads to it yet.
    pub(crate) async fn new_server(&self) -> anyhow::Result<Server> {
        self.new_server_with(&[]).await
    }

    /// The same, with other settings.
    pub(crate) async fn new_server_with(&self, settings: &[(&str, &str)]) -> anyhow::Result<Server> {
        let mut environment = self.environment.clone();
        environment.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let (child, url) = Child::start(&self.hemera_api, &["serve"], &environment).await?;
        let address = url.socket_addrs(|| None)?.first().copied();
        let address = address.context("the server listens nowhere")?;
        Ok(Server { child, address })
    }

    /// Lets the balancer lead to the servers that there are.
    pub(crate) fn lead_to_servers(&self) {
        self.front
            .lead_to(self.servers.iter().map(|server| server.address).collect());
    }

    /// A client of the service user's through the balancer: its defaults, without its pace.
    pub(crate) fn builder(&self) -> anyhow::Result<HemeraClientBuilder> {
        let user = self.accounts.sign_in(UserRef::EmailAddress(SERVICE.to_owned()));
        let base_url = BaseUrl::parse(&format!("http://{}", self.front.address()))?;
        Ok(HemeraClient::builder(base_url, ClerkServiceUser::new(user)).without_pace())
    }

    /// One of the participations; there are some twenty.
    pub(crate) fn participation(&self, number: usize) -> &ParticipationId {
        &self.participations[number % self.participations.len()]
    }

    /// The built client.
    pub(crate) fn client(&self) -> anyhow::Result<HemeraClient> {
        Ok(self.builder()?.build()?)
    }

    /// A token of the service user.
    pub(crate) async fn service_token(&self) -> anyhow::Result<String> {
        self.token_of(&self.subject).await
    }

    /// A token of any user.
    pub(crate) async fn token_of(&self, user: &str) -> anyhow::Result<String> {
        let token = self.accounts.token_of(user).await;
        token.map_err(|failure| anyhow::anyhow!("{failure}"))
    }

    /// One attempt at a server's participation, past the balancer.
    pub(crate) fn attempt(
        &self,
        method: Method,
        server: SocketAddr,
        path: &str,
        token: &str,
    ) -> RequestBuilder {
        self.http
            .request(method, format!("http://{server}/api/service/{path}"))
            .bearer_auth(token)
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
        for server in self.servers {
            server.child.kill().await?;
        }
        self.emulator.kill().await?;
        self.database.pool().close().await;
        self.postgres.finish().await
    }
}

impl Server {
    /// Whether it still accepts connections.
    pub(crate) fn listens(&self) -> bool {
        TcpStream::connect_timeout(&self.address, PATIENCE).is_ok()
    }
}

/// The servers' environment: limits that no load here reaches, and what the plan says.
fn environment(
    database: &Url,
    proxy: &Proxy,
    clerk: &Url,
    settings: Vec<(&'static str, String)>,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut through_proxy = database.clone();
    let placed = through_proxy.set_port(Some(proxy.address().port()));
    placed.map_err(|()| anyhow::anyhow!("the database's address has no port"))?;
    let origin = clerk.as_str().trim_end_matches('/').to_owned();
    let usual = [
        ("DATABASE_URL", through_proxy.to_string()),
        ("CLERK_SECRET_KEY", Instance::Production.secret_key().to_owned()),
        ("CLERK_API_URL", origin.clone()),
        ("CLERK_ISSUER", origin),
        ("HEMERA_HTTP__LISTEN", "127.0.0.1:0".to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_RATE", "1000000".to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "1000000".to_owned()),
    ];
    let all = usual.into_iter().chain(settings);
    Ok(all.map(|(name, value)| (name.to_owned(), value)).collect())
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
