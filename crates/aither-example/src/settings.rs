//! What an operator sets.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use aither_flows::sync::Scope;
use clap::CommandFactory as _;

use crate::key;

/// What the names of this service's variables begin with.
const PREFIX: &str = "AITHER_EXAMPLE_";

/// The longest time to stop.
const LONGEST_DRAIN: Duration = Duration::from_mins(10);

const MORE: &str = "\
Required in the environment:
  AITHER_EXAMPLE_KEY    the key that callers send in X-API-Key, 16 to 256 characters: openssl rand -hex 32
  HEMERA_API_BASE_URL   the address of Hemera, and with it a credential: AITHER_AUTH and the names that
                        it needs, see docs/tokens.md in the repository

Routes:
  POST /api/sync          start a sync: 202, or 409 while one runs
  GET  /api/sync          how far it is, and how the last one ended
  GET  /api/slides        the deck of the next course, or of ?course=ID
  POST /api/recordings    the course of {\"assetId\":…, \"playbackUrl\":…, \"recordedAt\":…}
  GET  /metrics           figures for Prometheus, without the key

Example:
  export AITHER_EXAMPLE_KEY=$(openssl rand -hex 32)
  aither-example --directory /var/lib/aither &
  curl -X POST -H \"X-API-Key: $AITHER_EXAMPLE_KEY\" http://127.0.0.1:8090/api/sync

Log lines are JSON on standard error; RUST_LOG=debug shows more. SIGTERM stops the service in order.
Exit codes: 0 stopped, 1 failed, 2 usage, 3 settings that are missing or wrong.";

/// A small Aither: reads courses from Hemera, and shows how a service links the client.
#[derive(Clone, Debug, clap::Parser)]
#[command(version, after_help = MORE)]
pub struct Settings {
    /// Where to listen: an address of this machine. Port 0 takes a free one
    #[arg(long, env = "AITHER_EXAMPLE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8090", value_parser = loopback)]
    pub listen: SocketAddr,

    /// The directory that a sync writes to; made if it is missing
    #[arg(
        long,
        env = "AITHER_EXAMPLE_DIRECTORY",
        value_name = "DIR",
        default_value = "aither-data"
    )]
    pub directory: PathBuf,

    /// What a sync reads
    #[arg(long, env = "AITHER_EXAMPLE_SCOPE", value_enum, default_value = "next-course")]
    pub scope: ScopeName,

    /// Keep names and pictures of participants out of the directory
    #[arg(long, env = "AITHER_EXAMPLE_PSEUDONYMOUS", value_name = "BOOL", default_value = "false", default_missing_value = "true", num_args = 0..=1, require_equals = true)]
    pub pseudonymous: bool,

    /// How long open requests and a running sync may take after SIGTERM; at most 10min
    #[arg(long, env = "AITHER_EXAMPLE_DRAIN", value_name = "TIME", default_value = "20s", value_parser = drain)]
    pub drain: Duration,
}

/// A variable that begins like the settings of this service, and is none of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a setting of this service: correct its name, or remove it; --help lists the settings")]
pub struct UnknownSetting(String);

impl Settings {
    /// Checks the names of all variables of the environment: a misspelt setting would otherwise be left out in silence.
    ///
    /// # Errors
    /// [`UnknownSetting`], for the first one.
    pub fn check_names(names: impl Iterator<Item = OsString>) -> Result<(), UnknownSetting> {
        let command = Self::command();
        let is_known = |name: &OsString| {
            let mut known = command.get_arguments().filter_map(clap::Arg::get_env);
            name == key::NAME || known.any(|known| known == name)
        };
        let mut unknown = names.filter(|name| name.to_string_lossy().starts_with(PREFIX) && !is_known(name));
        unknown.next().map_or(Ok(()), |name| {
            Err(UnknownSetting(name.to_string_lossy().into_owned()))
        })
    }
}

/// What a sync reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ScopeName {
    /// The next course that starts
    NextCourse,
    /// All that changed since the last sync
    Changed,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::NextCourse => Self::NextCourse,
            ScopeName::Changed => Self::Changed,
        }
    }
}

/// The service speaks plain HTTP and shows names of people, so other machines reach it through a proxy only.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| "give an address with its port, such as 127.0.0.1:8090".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("give 127.0.0.1 or [::1], and put a proxy with TLS in front for other machines".to_owned())
    }
}

fn drain(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|_| "give a time such as 20s or 1min".to_owned())?;
    if time <= LONGEST_DRAIN {
        Ok(time)
    } else {
        Err("give at most 10min".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    const README: &str = include_str!("../README.md");

    #[test]
    fn readme_lists_all_settings_with_their_defaults() {
        let rows: Vec<&str> = README
            .lines()
            .filter(|line| line.starts_with("| `AITHER_EXAMPLE_"))
            .collect();
        let mut expected = vec!["| `AITHER_EXAMPLE_KEY` | – |".to_owned()];
        for argument in Settings::command().get_arguments() {
            let Some(name) = argument.get_env() else { continue };
            let name = name.to_str().unwrap();
            let default = argument.get_default_values().first().unwrap().to_str().unwrap();
            let long = argument.get_long().unwrap();
            expected.push(format!("| `{name}` | `--{long}` | `{default}` |"));
        }
        assert_eq!(rows.len(), expected.len(), "{rows:?}");
        for row in expected {
            assert!(rows.iter().any(|line| line.starts_with(&row)), "{row}");
        }
    }

    #[test]
    fn addresses_of_other_machines_and_long_drains_are_refused() {
        let refusal = |arguments: [&str; 2]| {
            let arguments = ["aither-example"].into_iter().chain(arguments);
            Settings::try_parse_from(arguments).unwrap_err().to_string()
        };
        for address in ["0.0.0.0:80", "192.0.2.1:80", "[::]:80"] {
            let refusal = refusal(["--listen", address]);
            assert!(refusal.contains("proxy with TLS"), "{refusal}");
        }
        assert!(refusal(["--listen", "localhost"]).contains("such as 127.0.0.1:8090"));
        assert!(refusal(["--drain", "11min"]).contains("at most 10min"));
        assert!(refusal(["--drain", "soon"]).contains("such as 20s"));
    }
}
