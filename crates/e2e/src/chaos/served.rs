//! Servers over a database, with a local Clerk, behind a balancer that notes every answer.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use aither_client::hemera_types::ParticipationId;
use aither_client::{BaseUrl, ClerkServiceUser, HemeraClient, HemeraClientBuilder};
use anyhow::Context as _;
use clerk::UserRef;
use reqwest::{Client, Method, RequestBuilder, redirect};
use url::Url;

use crate::accounts::{Accounts, SERVICE};
use crate::chaos::front::Front;
use crate::chaos::query;
use crate::child::Child;
use crate::clerk_control::ClerkControl;
use crate::database::Database;
use crate::stack::Instance;

/// How long a single request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The programs that are started.
#[derive(Clone, Debug)]
pub(crate) struct Binaries {
    pub(crate) hemera_api: PathBuf,
    pub(crate) clerk_emulator: PathBuf,
}

/// Servers over one database, and all that they are driven with.
#[derive(Debug)]
pub(crate) struct Served {
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
    pub(crate) emulator: Child,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Served {
    /// Starts Clerk and so many servers, which find the database at `database_url`. `settings` are added to their
    /// environment.
    pub(crate) async fn start(
        programs: &Binaries,
        database: &Database,
        database_url: &Url,
        servers: usize,
        settings: Vec<(&'static str, String)>,
    ) -> anyhow::Result<Self> {
        let arguments = ["--listen", "127.0.0.1:0", "--production"];
        let (emulator, clerk_url) = Child::start(&programs.clerk_emulator, &arguments, &[]).await?;
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
        let mut served = Self {
            subject: subject.map_err(|failure| anyhow::anyhow!("{failure}"))?,
            environment: environment_of(database_url, &clerk_url, settings),
            accounts,
            clerk: ClerkControl::new(http.clone(), &clerk_url)?,
            front: Front::start().await?,
            servers: Vec::new(),
            hemera_api: programs.hemera_api.clone(),
            participations,
            http,
            emulator,
        };
        for _ in 0..servers {
            let one = served.new_server().await?;
            served.servers.push(one);
        }
        served.lead_to_servers();
        Ok(served)
    }

    /// Starts one more server; nothing leads to it yet.
    pub(crate) async fn new_server(&self) -> anyhow::Result<Server> {
        self.new_server_with(&[]).await
    }

    /// The same, where one listened before, or will.
    pub(crate) async fn new_server_at(&self, address: SocketAddr) -> anyhow::Result<Server> {
        self.new_server_with(&[("HEMERA_HTTP__LISTEN", &address.to_string())])
            .await
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

    /// The servers' environment.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Lets the balancer lead to the servers that there are.
    pub(crate) fn lead_to_servers(&self) {
        self.front
            .lead_to(self.servers.iter().map(|server| server.address).collect());
    }

    /// A client of the service user's through the balancer: its defaults, without its pace.
    pub(crate) fn builder(&self) -> anyhow::Result<HemeraClientBuilder> {
        let base_url = BaseUrl::parse(&format!("http://{}", self.front.address()))?;
        Ok(self.builder_at(base_url))
    }

    /// The same through something else.
    pub(crate) fn builder_at(&self, base_url: BaseUrl) -> HemeraClientBuilder {
        let user = self.accounts.sign_in(UserRef::EmailAddress(SERVICE.to_owned()));
        HemeraClient::builder(base_url, ClerkServiceUser::new(user)).without_pace()
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
}

impl Server {
    /// Whether it still accepts connections.
    pub(crate) fn listens(&self) -> bool {
        TcpStream::connect_timeout(&self.address, PATIENCE).is_ok()
    }
}

/// The servers' environment: limits that no load here reaches, and what the plan says.
fn environment_of(
    database: &Url,
    clerk: &Url,
    settings: Vec<(&'static str, String)>,
) -> Vec<(String, String)> {
    let origin = clerk.as_str().trim_end_matches('/').to_owned();
    let usual = [
        ("DATABASE_URL", database.to_string()),
        ("CLERK_SECRET_KEY", Instance::Production.secret_key().to_owned()),
        ("CLERK_API_URL", origin.clone()),
        ("CLERK_ISSUER", origin),
        ("HEMERA_HTTP__LISTEN", "127.0.0.1:0".to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_RATE", "1000000".to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_BURST", "1000000".to_owned()),
    ];
    let all = usual.into_iter().chain(settings);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}
