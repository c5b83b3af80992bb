//! What a running server says of itself: its metrics.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use url::Url;

use crate::admin::own_origin::reachable;

/// How long a server may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// More than all metrics of a server.
const MOST_BYTES: usize = 4 << 20;

/// The metrics of one server, or why there are none.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scraped {
    pub(super) url: String,
    /// Why it could not be read.
    pub(super) error: Option<String>,
    /// Sums since the server began, by name and label.
    pub(super) samples: BTreeMap<String, f64>,
}

impl Scraped {
    /// The samples of one metric, by what stands between its braces.
    pub(super) fn of<'s>(&'s self, metric: &'s str) -> impl Iterator<Item = (&'s str, f64)> {
        self.samples.iter().filter_map(move |(name, value)| {
            let labels = name.strip_prefix(metric)?.strip_prefix('{')?;
            Some((labels.trim_end_matches('}'), *value))
        })
    }

    /// A metric without labels.
    pub(super) fn value(&self, metric: &str) -> Option<f64> {
        self.samples.get(metric).copied()
    }
}

/// The metrics that the report uses.
const USED: [&str; 8] = [
    "hemera_build_info",
    "process_start_time_seconds",
    "hemera_auth_accepted_total",
    "hemera_role_uses_total",
    "hemera_role_lookups_total",
    "hemera_key_set_fetches_total",
    "hemera_key_set_age_seconds",
    "hemera_rate_limit_decisions_total",
];

/// Where a server with this setting is read from its own machine. Port 0 is any.
pub(super) fn url_of(listen: SocketAddr) -> Option<Url> {
    if listen.port() == 0 {
        return None;
    }
    Url::parse(&format!("http://{}/metrics", reachable(listen))).ok()
}

/// Reads the metrics of one server. That it cannot be read is part of the report, and ends nothing.
pub(super) async fn read(url: &Url) -> Scraped {
    let (samples, error) = match ask(url).await {
        Ok(text) => {
            let samples = parsed(&text);
            let error = samples
                .is_empty()
                .then(|| "what is there are not the metrics of hemera-api".to_owned());
            (samples, error)
        }
        Err(error) => (BTreeMap::new(), Some(error)),
    };
    Scraped {
        url: url.to_string(),
        error,
        samples,
    }
}

async fn ask(url: &Url) -> Result<String, String> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| error.without_url().to_string())?;
    let sent = client.get(url.clone()).send().await;
    let mut answer = sent.map_err(|error| {
        if error.is_timeout() {
            format!("no answer within {} s", TIMEOUT.as_secs())
        } else {
            "no connection could be made".to_owned()
        }
    })?;
    if !answer.status().is_success() {
        return Err(format!("it answers {}", answer.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| "it breaks off".to_owned())? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            return Err("it answers with more than 4 MiB".to_owned());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The samples that the report uses, of Prometheus's text format: our own server writes it, so no value of a label holds a
/// blank.
fn parsed(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (name, value) = (words.next()?, words.next()?);
            let metric = name.split('{').next()?;
            USED.contains(&metric).then_some(())?;
            Some((name.to_owned(), value.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_found_by_name_and_label() {
        let text = "# HELP hemera_role_lookups_total x\nhemera_role_lookups_total{result=\"found\"} 12\n\
                    hemera_key_set_age_seconds 3.5\nhemera_role_lookups_total_other{a=\"b\"} 1\nnoise\n";
        let scraped = Scraped {
            url: String::new(),
            error: None,
            samples: parsed(text),
        };
        let found: Vec<_> = scraped.of("hemera_role_lookups_total").collect();
        assert_eq!(found, [("result=\"found\"", 12.0)]);
        assert_eq!(scraped.value("hemera_key_set_age_seconds"), Some(3.5));
        assert_eq!(scraped.samples.len(), 2);
    }

    #[test]
    fn a_server_that_listens_everywhere_is_read_at_the_loopback() {
        let url = |listen: &str| url_of(listen.parse().unwrap()).map(String::from);
        assert_eq!(
            url("0.0.0.0:9464").as_deref(),
            Some("http://127.0.0.1:9464/metrics")
        );
        assert_eq!(url("[::1]:9464").as_deref(), Some("http://[::1]:9464/metrics"));
        assert_eq!(url("127.0.0.1:0"), None);
    }
}
