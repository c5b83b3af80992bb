//! What a phase happens in: two servers behind HAProxy, over one PostgreSQL and one Redis.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use aither_client::HemeraClient;
use aither_client::network::RootCertificates;
use freshness::{Clock as _, SystemClock};
use redis_fixture::RedisServer;
use url::Url;

use super::haproxy::{HaProxy, free_address};
use super::limited::{self, Limited};
use crate::chaos::served::Server;
use crate::chaos::site::{Plan, Site, Tools};
use crate::child::Lines;

/// Above the default, because a machine that is busy with a whole stack is no lost store.
const STORE_TIMEOUT: &str = "500ms";

/// All of it, running.
#[derive(Debug)]
pub(super) struct Proxied {
    pub(super) site: Site,
    pub(super) haproxy: HaProxy,
    addresses: [SocketAddr; 2],
    store: RedisServer,
    /// Of every server that has run so far.
    logs: Vec<Lines>,
}

/// How a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// SIGTERM, as an operator asks for it.
    Asked,
    /// SIGKILL.
    Killed,
}

/// What was seen while a server was replaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replacement {
    /// When its end began, on the monotonic clock.
    pub(super) began: Duration,
    /// Where it was asked to end.
    pub(super) exit_code: Option<i32>,
    /// From its end until the proxy had taken it out, if it has.
    pub(super) noticed: Option<Duration>,
    /// From the start of the new one until the proxy took both for ready.
    pub(super) back: Duration,
}

impl Proxied {
    pub(super) async fn start(tools: &Tools, haproxy: &Path) -> anyhow::Result<Self> {
        let store = RedisServer::start()?;
        let addresses = [free_address()?, free_address()?];
        let mut settings = vec![
            ("HEMERA_HTTP__TRUSTED_PROXIES", "1".to_owned()),
            ("HEMERA_LIMITS__STORE", store.url()),
            ("HEMERA_LIMITS__STORE_TIMEOUT", STORE_TIMEOUT.to_owned()),
            ("HEMERA_LIMITS__REPLICAS", "2".to_owned()),
        ];
        settings.extend(limited::settings());
        let plan = Plan {
            addresses: addresses.to_vec(),
            settings,
            ..Plan::default()
        };
        let site = Site::start(tools, plan).await?;
        let logs = site.servers.iter().map(|server| server.child.lines().clone());
        Ok(Self {
            logs: logs.collect(),
            haproxy: HaProxy::start(haproxy, addresses, &site.http).await?,
            addresses,
            store,
            site,
        })
    }

    /// A client of the service user's through the proxy: its defaults, without its pace.
    pub(super) fn client(&self) -> anyhow::Result<HemeraClient> {
        let roots = RootCertificates::parse(self.haproxy.certificate().as_bytes())?;
        let builder = self.site.builder_at(self.haproxy.base_url()?);
        Ok(builder.with_root_certificates(roots).build()?)
    }

    /// An admin through the proxy, who sends more than may be sent.
    pub(super) async fn limited(&self) -> anyhow::Result<Limited> {
        let admin = self.site.accounts.with_role("admin").await;
        let admin = admin.map_err(|failure| anyhow::anyhow!("{failure}"))?;
        let token = self.site.token_of(&admin).await?;
        let base_url = Url::parse(&self.haproxy.base_url()?.to_string())?;
        Limited::start(&base_url, self.haproxy.certificate(), &token)
    }

    /// Ends the server of this place, starts another at its address, and waits until the proxy takes both for ready. The place
    /// of a killed one stays empty until the proxy has noticed.
    pub(super) async fn replace(&mut self, place: usize, end: End) -> anyhow::Result<Replacement> {
        let began = SystemClock.now();
        let Server { child, .. } = self.site.servers.remove(place);
        let exit_code = match end {
            End::Asked => Some(child.stop().await?),
            End::Killed => {
                child.kill().await?;
                self.haproxy.until_down(place, began.monotonic).await?;
                None
            }
        };
        let started = SystemClock.now();
        let fresh = self.site.new_server_at(self.addresses[place]).await?;
        self.logs.push(fresh.child.lines().clone());
        self.site.servers.insert(place, fresh);
        self.haproxy.until_both_are_up(&self.site.http).await?;
        Ok(Replacement {
            began: began.monotonic,
            exit_code,
            noticed: self.haproxy.down_after(place, began.monotonic),
            back: SystemClock.now().since(started),
        })
    }

    /// How often servers have said so far that they lost the store or found it again.
    pub(super) fn store_changes(&self) -> usize {
        let says = |line: &str| line.contains("shared store of the rate limits");
        self.logs.iter().map(|log| log.matching(says).len()).sum()
    }

    /// What counts the limits, with its version.
    pub(super) fn store(&self) -> anyhow::Result<String> {
        Ok(self.store.product()?)
    }

    pub(super) async fn finish(self) -> anyhow::Result<()> {
        self.site.finish().await
    }
}
