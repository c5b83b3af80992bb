//! The doctor checks everything between the settings and a response of Hemera, one by one.

mod at_clerk;
mod clocks;
mod report;

use std::ffi::OsString;
use std::sync::Arc;

use clerk::{BackendApi, FrontendApi, UserRef};
use freshness::{Clock, SystemClock};
use hemera_types::CourseQuery;
use url::Url;

pub use self::report::{Check, Report, Verdict};
use crate::base_url::BaseUrl;
use crate::builder::HemeraClientBuilder;
use crate::client::HemeraClient;
use crate::settings::SettingsError;
use crate::settings::doctor::DoctorSettings;

/// Checks how Aither is set up: settings, Clerk's instance, template and user, the clocks, and Hemera.
///
/// It reads, mints one token and makes one call; it changes nothing. Checks that need the secret key are made only if the
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
    way: &'static str,
    hemera: Option<BaseUrl>,
    issuer: Option<Url>,
    frontend: Option<FrontendApi>,
    backend: Option<BackendApi>,
    user: Option<UserRef>,
    /// Tokens are minted from the template; otherwise they are session tokens.
    from_template: bool,
    has_origin: bool,
    clock: Arc<dyn Clock>,
}

impl Doctor {
    /// A doctor for the settings in the process environment, with the names of [`HemeraClientBuilder::load`].
    pub fn load() -> Self {
        Self::load_with(|name| std::env::var_os(name))
    }

    /// Like [`load`](Self::load), with values from `lookup`.
    pub fn load_with(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let client = HemeraClientBuilder::load_with(&lookup);
        let DoctorSettings {
            way,
            hemera,
            issuer,
            frontend,
            backend,
            user,
            from_template,
            has_origin,
        } = DoctorSettings::load(&lookup);
        Self {
            client,
            way,
            hemera,
            issuer,
            frontend,
            backend,
            user,
            from_template,
            has_origin,
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
        self.instance(&mut report).await;
        self.template(&mut report).await;
        self.service_user(&mut report).await;
        self.clocks(&mut report).await;
        self.token_and_call(&mut report, client).await;
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
                    report.passed("settings", format!("all there; tokens by {}", self.way));
                    Some(client)
                }
                Err(error) => {
                    report.refused("settings", &error.to_string(), "; ");
                    None
                }
            },
        }
    }

    async fn token_and_call(&self, report: &mut Report, client: Option<HemeraClient>) {
        let Some(client) = client else {
            report.skipped("token", "the settings come first");
            report.skipped("call", "the settings come first");
            return;
        };
        match client.tokens().token().await {
            Ok(held) => report.passed("token", describe_lifetime(held.lifetime)),
            Err(unavailable) => {
                let cause = unavailable.failure();
                if let Some(error) = cause.and_then(|error| error.clerk()) {
                    report.refused_by_clerk("token", error);
                } else {
                    let text = cause.map_or_else(|| unavailable.to_string(), ToString::to_string);
                    let separator = if text.contains(": ") { ": " } else { "; " };
                    report.refused("token", &text, separator);
                }
                report.skipped("call", "there is no token to make it with");
                return;
            }
        }
        match client.service_courses(&CourseQuery::default()).await {
            Ok(page) => report.passed(
                "call",
                format!("Hemera answers; courses on its first page: {}", page.items.len()),
            ),
            Err(error) => report.refused("call", &error.to_string(), "; "),
        }
    }
}

fn describe_lifetime(lifetime: Option<std::time::Duration>) -> String {
    match lifetime {
        Some(lifetime) => format!("one that lives {} s", lifetime.as_secs()),
        None => "a key, which does not expire".to_owned(),
    }
}
