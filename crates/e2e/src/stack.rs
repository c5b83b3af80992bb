//! The whole stack as processes of its own: the emulator, the server, and the database they need.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use freshness::{Clock, SystemClock};
use url::Url;

use crate::child::{Child, Lines};
use crate::database::Database;

/// The programs under test and the PostgreSQL server they may use.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) hemera_api: PathBuf,
    pub(crate) clerk_emulator: PathBuf,
    pub(crate) database_server: Url,
}

/// Which kind of Clerk instance the emulator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instance {
    /// Sessions cannot be created directly.
    Production,
    /// Sessions can be created, and more is logged.
    Development,
}

impl Instance {
    /// The secret key that the emulator prints for this kind.
    pub(crate) const fn secret_key(self) -> &'static str {
        match self {
            Self::Production => "sk_live_emulator",
            Self::Development => "sk_test_emulator",
        }
    }
}

/// A running stack.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) database: Database,
    pub(crate) instance: Instance,
    /// The emulator's origin: Backend API, Frontend API and control port in one.
    pub(crate) clerk_url: Url,
    /// Where Hemera listens.
    pub(crate) hemera_url: Url,
    /// From the start of the server's process until it said that it listens.
    pub(crate) server_start: Duration,
    emulator: Child,
    server: Child,
    /// The server's environment.
    environment: Vec<(String, String)>,
}

impl Stack {
    /// Starts everything. `settings` are added to the server's environment.
    pub(crate) async fn start(
        programs: &Programs,
        instance: Instance,
        settings: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        Self::start_with(programs, instance, settings, &[]).await
    }

    /// The same, and everything that Clerk answers is recorded in this file, secrets included.
    pub(crate) async fn start_recorded(
        programs: &Programs,
        instance: Instance,
        settings: &[(&str, String)],
        record: &Path,
    ) -> anyhow::Result<Self> {
        let record = record.to_str().context("the record's path is no text")?;
        Self::start_with(programs, instance, settings, &["--record", record]).await
    }

    /// The same, with another world at Clerk than the emulator's own.
    pub(crate) async fn start_seeded(
        programs: &Programs,
        instance: Instance,
        settings: &[(&str, String)],
        seed: &Path,
    ) -> anyhow::Result<Self> {
        let seed = seed.to_str().context("the seed's path is no text")?;
        Self::start_with(programs, instance, settings, &["--seed", seed]).await
    }

    async fn start_with(
        programs: &Programs,
        instance: Instance,
        settings: &[(&str, String)],
        of_emulator: &[&str],
    ) -> anyhow::Result<Self> {
        let database = Database::create(&programs.database_server, &programs.hemera_api).await?;
        let mut arguments = vec!["--listen", "127.0.0.1:0"];
        if instance == Instance::Production {
            arguments.push("--production");
        }
        arguments.extend(of_emulator);
        let (emulator, clerk_url) = Child::start(&programs.clerk_emulator, &arguments, &recording()).await?;
        let origin = clerk_url.as_str().trim_end_matches('/').to_owned();
        let mut environment = vec![
            ("DATABASE_URL".to_owned(), database.url().to_string()),
            ("CLERK_SECRET_KEY".to_owned(), instance.secret_key().to_owned()),
            ("CLERK_API_URL".to_owned(), origin.clone()),
            ("CLERK_ISSUER".to_owned(), origin),
            ("HEMERA_HTTP__LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            (
                "HEMERA_TOKENS__CLASSES".to_owned(),
                "template,session,machine".to_owned(),
            ),
        ];
        environment.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        let began = SystemClock.now();
        let (server, hemera_url) = Child::start(&programs.hemera_api, &["serve"], &environment).await?;
        let server_start = SystemClock.now().since(began);
        Ok(Self {
            database,
            instance,
            clerk_url,
            hemera_url,
            server_start,
            emulator,
            server,
            environment,
        })
    }

    /// One more server over the same database and Clerk, with the same settings. The caller stops it.
    pub(crate) async fn another_server(&self, programs: &Programs) -> anyhow::Result<(Child, Url)> {
        Child::start(&programs.hemera_api, &["serve"], &self.environment).await
    }

    /// The server's settings, as environment variables.
    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// What the server has logged.
    pub(crate) fn server_log(&self) -> &Lines {
        self.server.lines()
    }

    /// The most memory that the server has been resident with so far, in KiB, where the system tells.
    pub(crate) fn server_peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Stops everything as an operator would, and removes the database.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let server = self.server.stop().await?;
        let emulator = self.emulator.stop().await?;
        self.database.drop().await?;
        anyhow::ensure!(server == 0, "hemera-api ended with exit code {server}");
        anyhow::ensure!(emulator == 0, "clerk-emulator ended with exit code {emulator}");
        Ok(())
    }
}

/// Where the emulator is to record its exchanges: the one variable of this process's environment that reaches it.
fn recording() -> Vec<(String, String)> {
    let name = "CLERK_EMULATOR_RECORD";
    let file = std::env::var(name).ok();
    file.map(|file| (name.to_owned(), file)).into_iter().collect()
}

/// Reads a program's path from the environment; the error says which command sets it.
pub(crate) fn program(variable: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os(variable)
        .with_context(|| format!("{variable} is not set: start the walk with `cargo xtask e2e`"))?;
    Ok(PathBuf::from(path))
}
