//! The programs that the cluster is made of.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

use crate::chaos::postgres_folder;
use crate::chaos::served::Binaries;
use crate::stack;

/// Programs, and the committed files that they are started with.
#[derive(Debug)]
pub(crate) struct ClusterTools {
    pub(crate) ours: Binaries,
    /// The folder with `initdb` and `postgres`.
    pub(crate) postgres: PathBuf,
    pub(crate) etcd: PathBuf,
    pub(crate) patroni: PathBuf,
    pub(crate) haproxy: PathBuf,
    /// The folder `deploy`.
    pub(crate) deploy: PathBuf,
}

impl ClusterTools {
    /// As the environment names them.
    pub(crate) fn from_environment() -> anyhow::Result<Self> {
        let program = |variable| stack::program(variable).context("start this with `cargo xtask failover`");
        Ok(Self {
            ours: Binaries {
                hemera_api: program("HEMERA_API_BIN")?,
                clerk_emulator: program("CLERK_EMULATOR_BIN")?,
            },
            postgres: postgres_folder().context(
                "HEMERA_POSTGRES_BIN names no folder with initdb and postgres: start this with `cargo xtask failover`",
            )?,
            etcd: program("ETCD_BIN")?,
            patroni: program("PATRONI_BIN")?,
            haproxy: program("HAPROXY_BIN")?,
            deploy: program("HEMERA_DEPLOY")?,
        })
    }

    /// How long a primary may be silent before another member takes its place, and how often members look: what the committed
    /// settings of Patroni say.
    pub(crate) fn time_to_live(&self) -> anyhow::Result<Duration> {
        let file = self.deploy.join("patroni/patroni.yml");
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let value = |name: &str| {
            let mut lines = text
                .lines()
                .filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
            lines.next().and_then(|seconds| seconds.trim().parse().ok())
        };
        let (ttl, wait): (Option<u64>, Option<u64>) = (value("ttl"), value("loop_wait"));
        let both = ttl
            .zip(wait)
            .with_context(|| format!("{} sets no ttl and loop_wait", file.display()))?;
        Ok(Duration::from_secs(both.0 + both.1))
    }
}
