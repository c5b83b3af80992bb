//! etcd, two members and the proxy in front of them, as the files in `deploy/` say.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use freshness::{Clock as _, SystemClock};
use reqwest::Client;
use url::Url;

use super::member::{Member, free_port, superuser_url};
use super::patroni::{self, Seen};
use super::process::{Process, Workshop};
use super::tools::ClusterTools;

/// How long the cluster may take to be whole.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running cluster. All of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Cluster<'t> {
    tools: &'t ClusterTools,
    // Dropped in this order: members before what they need, the folder last.
    pub(crate) members: [Member; 2],
    proxy: Process,
    etcd: Process,
    etcd_port: u16,
    proxy_port: u16,
    settings: PathBuf,
    http: Client,
    pub(crate) workshop: Workshop,
}

/// Which member is what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roles {
    pub(crate) primary: usize,
    pub(crate) standby: usize,
}

impl<'t> Cluster<'t> {
    /// Starts all of it, and waits until there is a primary with a synchronous standby.
    pub(crate) async fn start(tools: &'t ClusterTools) -> anyhow::Result<Self> {
        let workshop = Workshop::new()?;
        let settings = workshop.copy(&tools.deploy.join("patroni/patroni.yml"))?;
        let (etcd, etcd_port) = start_etcd(&workshop, tools)?;
        let mut members = [Member::new(&workshop, 1)?, Member::new(&workshop, 2)?];
        for member in &mut members {
            member.start(&workshop, tools, &settings, etcd_port)?;
        }
        let (proxy, proxy_port) = start_proxy(&workshop, tools, &members)?;
        let cluster = Self {
            tools,
            members,
            proxy,
            etcd,
            etcd_port,
            proxy_port,
            settings,
            http: Client::builder()
                .timeout(Duration::from_secs(30))
                .no_proxy()
                .build()?,
            workshop,
        };
        cluster.until_whole().await?;
        Ok(cluster)
    }

    /// The administrative database through the proxy, as the superuser.
    pub(crate) fn url(&self) -> anyhow::Result<Url> {
        superuser_url(self.proxy_port, "postgres")
    }

    /// Waits until one member is the primary and the other its synchronous standby, and says which.
    pub(crate) async fn until_whole(&self) -> anyhow::Result<Roles> {
        let began = SystemClock.now();
        loop {
            if let Some(roles) = self.whole().await {
                return Ok(roles);
            }
            if SystemClock.now().since(began) > PATIENCE {
                bail!("the cluster does not get whole:\n{}", self.logs());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn whole(&self) -> Option<Roles> {
        for member in &self.members {
            let Ok(seen) = patroni::members(&self.http, member.rest_port).await else {
                continue;
            };
            let number = |seen: &Seen| self.members.iter().position(|member| member.name == seen.name);
            let primary = seen.iter().find(|seen| seen.is_primary());
            let standby =
                primary.and_then(|primary| seen.iter().find(|seen| seen.is_synchronous_standby(primary)));
            if let (Some(primary), Some(standby)) = (primary.and_then(number), standby.and_then(number)) {
                return Some(Roles { primary, standby });
            }
        }
        None
    }

    /// Starts a member again after it was killed.
    pub(crate) fn start_member(&mut self, number: usize) -> anyhow::Result<()> {
        self.members[number].start(&self.workshop, self.tools, &self.settings, self.etcd_port)
    }

    /// Makes the standby the primary, as an operator does before work on the primary's machine.
    pub(crate) async fn switch_over(&self, roles: Roles) -> anyhow::Result<()> {
        let (from, to) = (&self.members[roles.primary], &self.members[roles.standby]);
        patroni::switch_over(&self.http, from.rest_port, &from.name, &to.name).await
    }

    /// The last lines of all logs.
    fn logs(&self) -> String {
        let [one, other] = self.members.each_ref().map(Member::tail);
        format!("{one}\n{other}\n{}\n{}", self.proxy.tail(), self.etcd.tail())
    }
}

fn start_etcd(workshop: &Workshop, tools: &ClusterTools) -> anyhow::Result<(Process, u16)> {
    let (port, peer) = (free_port()?, free_port()?);
    let (client, peer) = (
        format!("http://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{peer}"),
    );
    let members = format!("etcd-1={peer}");
    let data = workshop.path().join("etcd").display().to_string();
    let arguments = [
        "--name",
        "etcd-1",
        "--data-dir",
        &data,
        "--listen-client-urls",
        &client,
        "--advertise-client-urls",
        &client,
        "--listen-peer-urls",
        &peer,
        "--initial-advertise-peer-urls",
        &peer,
        "--initial-cluster",
        &members,
    ];
    Ok((workshop.start("etcd", &tools.etcd, &arguments, &[])?, port))
}

fn start_proxy(
    workshop: &Workshop,
    tools: &ClusterTools,
    members: &[Member; 2],
) -> anyhow::Result<(Process, u16)> {
    let port = free_port()?;
    let configuration = workshop.copy(&tools.deploy.join("haproxy/postgres.cfg"))?;
    let configuration = configuration
        .to_str()
        .context("the temporary folder is no text")?;
    let [one, other] = members;
    let environment = [
        ("LISTEN", format!("127.0.0.1:{port}")),
        ("MEMBER_1", format!("127.0.0.1:{}", one.port)),
        ("MEMBER_2", format!("127.0.0.1:{}", other.port)),
        ("MEMBER_1_CHECK", one.rest_port.to_string()),
        ("MEMBER_2_CHECK", other.rest_port.to_string()),
    ];
    let proxy = workshop.start(
        "haproxy",
        &tools.haproxy,
        &["-db", "-f", configuration],
        &environment,
    )?;
    Ok((proxy, port))
}
