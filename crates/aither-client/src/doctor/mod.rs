//! The doctor checks everything between the settings and a response of Hemera, one by one.

mod at_clerk;
mod clocks;
mod mints;
mod report;

use std::ffi::OsString;
use std::sync::Arc;

use freshness::{Clock, SystemClock};
use hemera_types::CourseQuery;

pub use self::report::{Check, Report, Verdict};
use crate::auth_method::AuthMethod;
use crate::builder::HemeraClientBuilder;
use crate::client::HemeraClient;
use crate::settings::SettingsError;
use crate::settings::doctor::DoctorSettings;

/// Checks how Aither is set up: settings, Clerk's instance, template and user, the clocks, and Hemera.
///
/// It reads, mints one token, makes one call and signs out again, unless the session is kept for the next process; it changes
/// nothing else. Checks that need the secret key are made only if the
/// settings contain it.
///
/// ```no_run
/// # async fn example() {
/// use aither_client::doctor::Doctor;
///
/// let report = Doctor::load().examine().await;
/// print!("{report}");
/// assert!(report.is_healthy());
/// # }
/// ```
#[derive(Debug)]
pub struct Doctor {
    client: Result<HemeraClientBuilder, SettingsError>,
    settings: DoctorSettings,
    clock: Arc<dyn Clock>,
}

impl Doctor {
    /// A doctor for the settings in the process environment, with the names of [`HemeraClientBuilder::load`].
    pub fn load() -> Self {
        Self::load_with(|name| std::env::var_os(name))
    }

    /// Like [`load`](Self::load), with values from `lookup`.
    pub fn load_with(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        Self {
            client: HemeraClientBuilder::load_with(&lookup),
            settings: DoctorSettings::load(&lookup),
            clock: Arc::new(SystemClock),
        }
    }

    /// Another clock than the system's, for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Makes all checks. Failures are in the report; the examination itself does not fail.
    pub async fn examine(&self) -> Report {
        let mut report = Report::default();
        let client = self.settings(&mut report);
        self.network(&mut report);
        self.instance(&mut report).await;
        self.template(&mut report).await;
        self.service_user(&mut report).await;
        self.mints(&mut report);
        self.clocks(&mut report).await;
        self.token_and_call(&mut report, client.as_ref()).await;
        if let Some(client) = client
            && let Err(error) = client.close().await
        {
            report.warned("sign-out", error.summary(), error.advice());
        }
        report
    }

    fn settings(&self, report: &mut Report) -> Option<HemeraClient> {
        match &self.client {
            Err(faults) => {
                for fault in faults.faults() {
                    report.failed("settings", fault.to_string(), "set it, see docs/tokens.md");
                }
                None
            }
            Ok(builder) => match builder.clone().build() {
                Ok(client) => {
                    let method = self.settings.method.map_or("none", AuthMethod::name);
                    report.passed("settings", format!("all there; tokens by {method}"));
                    Some(client)
                }
                Err(error) => {
                    report.failed_with("settings", &error);
                    None
                }
            },
        }
    }

    /// Whether it works is shown by the checks that send something.
    fn network(&self, report: &mut Report) {
        match &self.settings.network {
            Some(network) => report.passed("network", network.to_string()),
            None => report.skipped("network", "the settings come first"),
        }
    }

    async fn token_and_call(&self, report: &mut Report, client: Option<&HemeraClient>) {
        let Some(client) = client else {
            report.skipped("token", "the settings come first");
            report.skipped("call", "the settings come first");
            return;
        };
        match client.tokens().token().await {
            Ok(held) => report.passed("token", describe_lifetime(held.lifetime)),
            Err(unavailable) => {
                report.failed_without_token("token", &unavailable);
                report.skipped("call", "there is no token to make it with");
                return;
            }
        }
        match client.service_courses(&CourseQuery::default()).await {
            Ok(page) => report.passed(
                "call",
                format!("Hemera answers; courses on its first page: {}", page.items.len()),
            ),
            Err(error) => report.failed_with("call", &error),
        }
    }
}

fn describe_lifetime(lifetime: Option<std::time::Duration>) -> String {
    match lifetime {
        Some(lifetime) => format!("one that lives {} s", lifetime.as_secs()),
        None => "a key, which does not expire".to_owned(),
    }
}
