//! The checks whether Hemera responds, and whether the clocks of Clerk, Hemera and this machine agree.

use std::time::{Duration, SystemTime};

use http::header::DATE;
use network::{ConnectFault, Network};
use url::Url;

use super::{Doctor, Report};
use crate::base_url::BaseUrl;
use crate::send;

/// Hemera's leeway for the times in a token.
const LEEWAY: Duration = Duration::from_secs(5);

const TIMEOUT: Duration = Duration::from_secs(10);

impl Doctor {
    pub(super) async fn clocks(&self, report: &mut Report) {
        let (Some(hemera), Some(network)) = (&self.settings.hemera, &self.settings.network) else {
            return report.skipped("hemera", "the settings come first");
        };
        let hemera_time = match date_at(hemera, "/livez", network).await {
            Ok(time) => {
                report.passed("hemera", format!("{hemera} answers"));
                time
            }
            Err(NoDate { found, fault }) => {
                let usual = "check HEMERA_API_BASE_URL, the network, and that Hemera runs";
                report.failed("hemera", found, fault.map_or(usual, ConnectFault::remedy));
                None
            }
        };
        let clerk_time = match &self.settings.issuer {
            Some(issuer) => clerk_time(issuer, network).await,
            None => None,
        };
        self.compare(report, hemera_time, clerk_time);
    }

    fn compare(&self, report: &mut Report, hemera: Option<SystemTime>, clerk: Option<SystemTime>) {
        const NAME: &str = "clock";
        if hemera.is_none() && clerk.is_none() {
            return report.skipped(NAME, "no server sent its time");
        }
        if let (Some(hemera), Some(clerk)) = (hemera, clerk)
            && distance(hemera, clerk) > LEEWAY
        {
            let found = format!(
                "Hemera's is {} s off Clerk's, and its leeway is {} s",
                distance(hemera, clerk).as_secs(),
                LEEWAY.as_secs()
            );
            return report.failed(
                NAME,
                found,
                "have Hemera's operators set that machine's clock (NTP)",
            );
        }
        let now = self.clock.now().wall;
        let times = [hemera, clerk].into_iter().flatten();
        let off = times.map(|time| distance(time, now)).max().unwrap_or_default();
        if off > LEEWAY {
            let found = format!("this machine's is {} s off the others'", off.as_secs());
            return report.warned(
                NAME,
                found,
                "set it (NTP): logs and the end of an enrolment depend on it",
            );
        }
        report.passed(NAME, format!("all agree within {} s", LEEWAY.as_secs()));
    }
}

/// From the key set, which is public, small, and available on every instance.
async fn clerk_time(issuer: &Url, network: &Network) -> Option<SystemTime> {
    let base = BaseUrl::parse(issuer.as_str()).ok()?;
    date_at(&base, "/.well-known/jwks.json", network)
        .await
        .ok()
        .flatten()
}

/// Why no response came.
struct NoDate {
    found: String,
    /// If a proxy or a certificate is the reason.
    fault: Option<ConnectFault>,
}

/// The `Date` of a response with any status. Sends no credential.
async fn date_at(base: &BaseUrl, path: &str, network: &Network) -> Result<Option<SystemTime>, NoDate> {
    let http = send::connections(base, network).map_err(|error| NoDate {
        found: error.to_string(),
        fault: None,
    })?;
    let answer = http.get(base.join(path)).timeout(TIMEOUT).send().await;
    let answer = answer.map_err(|error| {
        let fault = ConnectFault::of(&error);
        let found = match fault {
            Some(fault) => format!("{base} cannot be reached, because {fault}"),
            None if error.is_timeout() => format!("{base} does not answer in time"),
            None => format!("{base} cannot be reached"),
        };
        NoDate { found, fault }
    })?;
    let date = answer.headers().get(DATE).and_then(|value| value.to_str().ok());
    Ok(date.and_then(|text| httpdate::parse_http_date(text).ok()))
}

fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other).unwrap_or_else(|error| error.duration())
}
