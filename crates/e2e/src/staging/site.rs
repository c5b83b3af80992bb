//! What runs on this machine: a database and a server; and the programs of both sides, run as their people run them.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use reqwest::{Client, Response, redirect};
use tokio::process::Command;
use url::Url;

use super::target::Target;
use crate::aither::Aither;
use crate::child::Child;
use crate::database::Database;
use crate::failure::Failure;
use crate::stack::{self, Programs};

/// How old a role may be: a shut-out counts within it.
pub(super) const ROLE_AGE: Duration = Duration::from_secs(2);

/// A database, a server, and the programs.
pub(super) struct StagingSite {
    pub(super) database: Database,
    server: Child,
    hemera_url: Url,
    hemera_api: PathBuf,
    aither: PathBuf,
    /// The operator's settings, which are the server's too.
    environment: Vec<(String, String)>,
    clerk: Vec<(String, String)>,
    pub(super) http: Client,
}

impl StagingSite {
    pub(super) async fn start(programs: &Programs, target: &Target) -> anyhow::Result<Self> {
        let aither = stack::program("AITHER_BIN")?;
        let database = Database::create(&programs.database_server, &programs.hemera_api).await?;
        let clerk = target.settings();
        let mut environment = clerk.clone();
        for (name, value) in [
            ("DATABASE_URL", database.url().to_string()),
            ("HEMERA_HTTP__LISTEN", "127.0.0.1:0".to_owned()),
            ("HEMERA_ROLES__MAX_AGE", format!("{}s", ROLE_AGE.as_secs())),
            ("HEMERA_ROLES__COOL_DOWN", "500ms".to_owned()),
        ] {
            environment.push((name.to_owned(), value));
        }
        let (server, hemera_url) = Child::start(&programs.hemera_api, &["serve"], &environment).await?;
        let http = Client::builder()
            .timeout(Duration::from_secs(10))
            .redirect(redirect::Policy::none());
        Ok(Self {
            database,
            server,
            hemera_url,
            hemera_api: programs.hemera_api.clone(),
            aither,
            environment,
            clerk,
            http: http.build()?,
        })
    }

    /// Aither's command, with the service user of this address.
    pub(super) fn aither(&self, service: &str) -> anyhow::Result<Aither<'_>> {
        let hemera = self.hemera_url.as_str().trim_end_matches('/').to_owned();
        let clerk = self.clerk.iter();
        let mut settings: Vec<(&str, String)> = clerk
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        settings.push(("HEMERA_API_BASE_URL", hemera));
        settings.push(("CLERK_SERVICE_USER_EMAIL", service.to_owned()));
        Aither::with(&self.aither, &settings)
    }

    /// Runs `hemera-api clerk` on the service user of this address, which must succeed.
    pub(super) async fn operate(&self, service: &str, arguments: &str) -> Result<String, Failure> {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(&self.hemera_api)
            .arg("clerk")
            .args(arguments.split_whitespace())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("CLERK_SERVICE_USER_EMAIL", service)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("hemera-api clerk cannot be started")?;
        let printed = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
        if status.success() {
            Ok(printed)
        } else {
            let expected = format!("`clerk {arguments}` to end with exit code 0");
            Err(Failure::new(expected, format!("{status}: {printed}")))
        }
    }

    /// The list of courses with this token.
    pub(super) async fn courses(&self, token: &str) -> Result<Response, Failure> {
        let url = self.hemera_url.join("/api/service/courses");
        let url = url.context("the path of courses")?;
        Ok(self.http.get(url).bearer_auth(token).send().await?)
    }

    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let code = self.server.stop().await?;
        self.database.drop().await?;
        anyhow::ensure!(code == 0, "hemera-api ended with exit code {code}");
        Ok(())
    }
}
