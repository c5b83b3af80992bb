//! `hemera-api key list`.

use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::Args;
use freshness::{Clock, SystemClock};
use hemera_types::Timestamp;
use serde::Serialize;
use serde_json::json;
use sqlx::Connection as _;
use time::OffsetDateTime;

use super::query::{self, KeyUse};
use crate::admin::{Console, Failure};
use crate::config::{DatabaseUrl, ServiceKeyConfig};
use crate::database::{DatabaseError, connect};

/// The longest that the query may take. It reads every record of the period.
const DEADLINE: Duration = Duration::from_mins(1);

#[derive(Args, Debug)]
pub(crate) struct ListKeys {
    /// How far back the audit log is read for uses
    #[arg(long, value_name = "SPAN", value_parser = humantime::parse_duration, default_value = "90days")]
    since: Duration,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A key that is configured, or was used.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedKey {
    name: String,
    subject: Option<String>,
    /// Whether the settings have it: its callers are let in.
    configured: bool,
    expires: Option<Timestamp>,
    last_used: Option<Timestamp>,
    requests: i64,
}

pub(crate) async fn run(
    arguments: &ListKeys,
    console: &Console,
    url: &DatabaseUrl,
    configured: &[ServiceKeyConfig],
) -> Result<ExitCode, Failure> {
    let now = SystemClock.now().wall;
    let since = now.checked_sub(arguments.since);
    let since = since.ok_or("--since is too long ago: use a shorter span")?;
    let keys = listed(configured, read(url, since).await?);
    if arguments.json {
        console.print(json!({ "since": Timestamp::from(since), "keys": keys }));
    } else {
        console.print_text(Table {
            keys: &keys,
            since,
            now,
        });
    }
    Ok(ExitCode::SUCCESS)
}

async fn read(url: &DatabaseUrl, since: SystemTime) -> Result<Vec<KeyUse>, Failure> {
    let options = url.options().application_name("hemera-api key list");
    let options = options.options([("statement_timeout", DEADLINE.as_millis().to_string())]);
    let mut connection = connect(url, &options).await?;
    let reading = query::uses(&mut connection, OffsetDateTime::from(since));
    let uses = tokio::time::timeout(DEADLINE + Duration::from_secs(1), reading).await;
    let uses = uses.map_err(|_| "the database did not answer within a minute: give a shorter --since")?;
    let uses = uses.map_err(|error| DatabaseError::checking(url, &error))?;
    // Only a courtesy: the server ends the session anyway.
    let _ = connection.close().await;
    Ok(uses)
}

/// Those of the settings first, then those that are in the audit log alone.
fn listed(configured: &[ServiceKeyConfig], mut uses: Vec<KeyUse>) -> Vec<ListedKey> {
    let mut keys: Vec<ListedKey> = Vec::new();
    for key in configured {
        let of_key =
            |used: &KeyUse| used.name == key.name && used.subject.as_deref() == Some(key.subject.as_str());
        let found = uses.iter().position(of_key).map(|index| uses.remove(index));
        keys.push(ListedKey {
            name: key.name.clone(),
            subject: Some(key.subject.clone()),
            configured: true,
            expires: key.expires.map(Timestamp::from),
            last_used: found.as_ref().map(|used| Timestamp::from(used.last_at)),
            requests: found.map_or(0, |used| used.requests),
        });
    }
    keys.extend(uses.into_iter().map(|used| ListedKey {
        name: used.name,
        subject: used.subject,
        configured: false,
        expires: None,
        last_used: Some(Timestamp::from(used.last_at)),
        requests: used.requests,
    }));
    keys
}

struct Table<'k> {
    keys: &'k [ListedKey],
    since: SystemTime,
    now: SystemTime,
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let since = Timestamp::from(self.since);
        if self.keys.is_empty() {
            return writeln!(f, "no service key is configured, and none was used since {since}");
        }
        writeln!(
            f,
            "{:<16} {:<24} {:<26} {:>9}  last used",
            "name", "subject", "state", "requests"
        )?;
        for key in self.keys {
            let subject = key.subject.as_deref().unwrap_or("-");
            let state = state(key, self.now);
            let last = key
                .last_used
                .as_ref()
                .map_or_else(|| format!("not since {since}"), ToString::to_string);
            writeln!(
                f,
                "{:<16} {subject:<24} {state:<26} {:>9}  {last}",
                key.name, key.requests
            )?;
        }
        Ok(())
    }
}

fn state(key: &ListedKey, now: SystemTime) -> String {
    match key.expires {
        _ if !key.configured => "not configured".to_owned(),
        None => "valid, without an end".to_owned(),
        Some(end) if end <= Timestamp::from(now) => "expired".to_owned(),
        Some(end) => format!("until {}", end.to_string().chars().take(16).collect::<String>()),
    }
}
