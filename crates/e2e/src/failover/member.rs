//! One member of the cluster: a Patroni and its PostgreSQL.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use url::Url;

use super::patroni;
use super::process::{Process, Workshop};
use super::tools::ClusterTools;

/// The logins of the cluster. It listens on the loopback alone, and its data are thrown away.
pub(super) const SUPERUSER: (&str, &str) = ("hemera", "superuser-of-this-cluster");
const REPLICATION: (&str, &str) = ("replicator", "replicator-of-this-cluster");

/// A member. Its PostgreSQL is not a child of Patroni's; both are ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) port: u16,
    pub(crate) rest_port: u16,
    data: PathBuf,
    patroni: Option<Process>,
}

impl Member {
    /// Nothing runs yet.
    pub(super) fn new(workshop: &Workshop, number: usize) -> anyhow::Result<Self> {
        let name = format!("member-{number}");
        Ok(Self {
            data: workshop.path().join(&name),
            name,
            port: free_port()?,
            rest_port: free_port()?,
            patroni: None,
        })
    }

    /// Starts Patroni, which makes or starts its PostgreSQL as the cluster needs it.
    pub(crate) fn start(
        &mut self,
        workshop: &Workshop,
        tools: &ClusterTools,
        settings: &Path,
        etcd: u16,
    ) -> anyhow::Result<()> {
        let at = |port: u16| format!("127.0.0.1:{port}");
        let text = |path: &Path| path.display().to_string();
        let pgpass = workshop.path().join(format!("{}.pgpass", self.name));
        let environment = [
            ("PATRONI_NAME", self.name.clone()),
            ("PATRONI_RESTAPI_LISTEN", at(self.rest_port)),
            ("PATRONI_RESTAPI_CONNECT_ADDRESS", at(self.rest_port)),
            ("PATRONI_RESTAPI_USERNAME", patroni::LOGIN.0.to_owned()),
            ("PATRONI_RESTAPI_PASSWORD", patroni::LOGIN.1.to_owned()),
            ("PATRONI_POSTGRESQL_LISTEN", at(self.port)),
            ("PATRONI_POSTGRESQL_CONNECT_ADDRESS", at(self.port)),
            ("PATRONI_POSTGRESQL_DATA_DIR", text(&self.data)),
            ("PATRONI_POSTGRESQL_BIN_DIR", text(&tools.postgres)),
            ("PATRONI_POSTGRESQL_PGPASS", text(&pgpass)),
            ("PATRONI_ETCD3_HOSTS", at(etcd)),
            ("PATRONI_SUPERUSER_USERNAME", SUPERUSER.0.to_owned()),
            ("PATRONI_SUPERUSER_PASSWORD", SUPERUSER.1.to_owned()),
            ("PATRONI_REPLICATION_USERNAME", REPLICATION.0.to_owned()),
            ("PATRONI_REPLICATION_PASSWORD", REPLICATION.1.to_owned()),
        ];
        let settings = text(settings);
        let process = workshop.start(&self.name, &tools.patroni, &[&settings], &environment)?;
        self.patroni = Some(process);
        Ok(())
    }

    /// Its database of this name, as the superuser, past the proxy.
    pub(crate) fn url(&self, database: &str) -> anyhow::Result<Url> {
        superuser_url(self.port, database)
    }

    /// Kills Patroni and every process of PostgreSQL at once, as a machine that loses its power does. `backends` are those
    /// that PostgreSQL has started.
    pub(crate) async fn kill(&mut self, backends: &[i32]) -> anyhow::Result<()> {
        // First, so that it does not see PostgreSQL go.
        if let Some(patroni) = self.patroni.take() {
            patroni.kill().await?;
        }
        if let Some(postmaster) = self.postmaster() {
            kill(postmaster, Signal::SIGKILL)?;
        }
        for backend in backends {
            // Some end with the postmaster.
            let _ = kill(Pid::from_raw(*backend), Signal::SIGKILL);
        }
        Ok(())
    }

    /// The last lines of its log, Patroni's and PostgreSQL's.
    pub(crate) fn tail(&self) -> String {
        self.patroni.as_ref().map(Process::tail).unwrap_or_default()
    }

    /// Whether Patroni has taken out commits that the other member does not have, since the beginning.
    pub(crate) fn was_rewound(&self, workshop: &Workshop) -> bool {
        let log = workshop.path().join(format!("{}.log", self.name));
        std::fs::read_to_string(log).is_ok_and(|log| log.contains("running pg_rewind"))
    }

    /// The process of PostgreSQL that started the others, while it runs.
    fn postmaster(&self) -> Option<Pid> {
        let file = std::fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        let pid = file.lines().next()?.trim().parse().ok()?;
        // The file of a killed one stays, and its number may be another's by now.
        command_line(pid)?
            .contains(self.data.to_str()?)
            .then(|| Pid::from_raw(pid))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Patroni first: it would start its PostgreSQL again.
        drop(self.patroni.take());
        if let Some(postmaster) = self.postmaster() {
            let _ = kill(postmaster, Signal::SIGQUIT);
        }
    }
}

/// The command line of a process, if there is one of that number.
fn command_line(pid: i32) -> Option<String> {
    if let Ok(line) = std::fs::read(format!("/proc/{pid}/cmdline")) {
        return Some(String::from_utf8_lossy(&line).into_owned());
    }
    let shown = Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&shown.stdout).into_owned())
}

pub(super) fn superuser_url(port: u16, database: &str) -> anyhow::Result<Url> {
    let (user, password) = SUPERUSER;
    Ok(Url::parse(&format!(
        "postgres://{user}:{password}@127.0.0.1:{port}/{database}"
    ))?)
}

pub(super) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
