//! The units of `hemera-api` in `deploy/systemd`. What systemd itself says to them is a step of `cargo xtask check`.

use std::collections::BTreeSet;
use std::time::Duration;

use super::process::Process;
use super::{AUDIT_QUEUES, path, text};

const PROGRAM: &str = "/usr/bin/hemera-api ";

/// A unit: names and values in their order.
struct Unit {
    name: String,
    lines: Vec<(String, String)>,
}

impl Unit {
    fn read(name: &str) -> Self {
        let text = text(&format!("deploy/systemd/{name}"));
        let lines = text.lines().filter(|line| !line.starts_with(['#', '[']));
        Self {
            name: name.to_owned(),
            lines: lines
                .filter_map(|line| line.split_once('='))
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    fn all<'u>(&'u self, key: &str) -> impl Iterator<Item = &'u str> {
        let wanted = key.to_owned();
        let lines = self.lines.iter().filter(move |(key, _)| *key == wanted);
        lines.map(|(_, value)| value.as_str())
    }

    #[track_caller]
    fn one(&self, key: &str) -> &str {
        let [only] = self.all(key).collect::<Vec<_>>()[..] else {
            panic!("{}: not one {key}", self.name)
        };
        only
    }

    /// What it runs, with the settings that docs/deploy.md shows.
    fn process(&self) -> Process {
        assert_eq!(self.one("EnvironmentFile"), "/etc/hemera/hemera.env");
        let guide = text("docs/deploy.md");
        let (_, rest) = guide
            .split_once("```ini\n# /etc/hemera/hemera.env\n")
            .expect("docs/deploy.md shows the file");
        let (file, _) = rest.split_once("```").unwrap();
        let settings = file.lines().chain(self.all("Environment"));
        let pairs = settings
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='));
        Process {
            name: self.name.clone(),
            arguments: self
                .one("ExecStart")
                .strip_prefix(PROGRAM)
                .unwrap()
                .split(' ')
                .map(str::to_owned)
                .collect(),
            environment: pairs
                .map(|(name, value)| (name.to_owned(), value.replace("%S", "/var/lib")))
                .collect(),
        }
    }
}

fn units() -> Vec<Unit> {
    let listed = std::fs::read_dir(path("deploy/systemd")).unwrap();
    let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let units: Vec<Unit> = names
        .filter(|name| name.starts_with("hemera-") && name.ends_with(".service"))
        .map(|name| Unit::read(&name))
        .collect();
    assert_eq!(units.len(), 2);
    units
}

#[test]
fn each_command_finds_its_settings_and_its_secrets() {
    for unit in units() {
        let process = unit.process();
        process.assert_accepted();
        let loaded: BTreeSet<_> = unit
            .all("LoadCredential")
            .map(|credential| credential.split_once(':').unwrap())
            .inspect(|(name, file)| assert_eq!(*file, format!("/etc/hemera/credentials/{name}")))
            .map(|(name, _)| name.to_owned())
            .collect();
        let used = process.environment.values();
        let used: BTreeSet<_> = used
            .filter_map(|value| value.strip_prefix("%d/"))
            .map(str::to_owned)
            .collect();
        assert_eq!(loaded, used, "{}", unit.name);
    }
}

#[test]
fn a_server_has_the_time_and_the_files_that_it_needs() {
    let unit = Unit::read("hemera-api.service");
    let config = unit.process().server();
    let stop = humantime::parse_duration(unit.one("TimeoutStopSec")).unwrap();
    assert!(stop >= config.http.drain_timeout + AUDIT_QUEUES);
    let files: usize = unit.one("LimitNOFILE").parse().unwrap();
    let pool = usize::try_from(config.database.max_connections).unwrap();
    assert!(files > config.http.max_connections + config.http.concurrency + pool + 64);
    assert!(config.http.listen.ip().is_loopback(), "a proxy is in front");
}

/// By default systemd gives up a unit at its sixth start within 10 s, and a start without PostgreSQL fails at once.
#[test]
fn a_server_is_started_until_postgresql_is_there() {
    let unit = Unit::read("hemera-api.service");
    let pause = humantime::parse_duration(unit.one("RestartSec")).unwrap();
    assert!(pause * 5 > Duration::from_secs(10), "{pause:?}");
    for own in ["StartLimitIntervalSec", "StartLimitBurst"] {
        assert_eq!(unit.all(own).count(), 0, "{own}");
    }
}

#[test]
fn the_timer_starts_the_migration() {
    assert!(path("deploy/systemd/hemera-migrate.service").is_file());
    let timer = Unit::read("hemera-migrate.timer");
    assert_eq!(timer.one("Persistent"), "yes");
    assert_eq!(timer.all("Unit").count(), 0, "the service of its own name");
}

/// The server reads its secrets again on SIGHUP, and on no other signal.
#[test]
fn a_reload_is_a_sighup() {
    let unit = Unit::read("hemera-api.service");
    assert_eq!(unit.one("ExecReload"), "/bin/kill -HUP $MAINPID");
}
