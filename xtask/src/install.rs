//! What may be missing on a machine, and the line that installs it.
//!
//! Packages only: no service is started by an installation of ours.

use std::process::Command;

use anyhow::{Result, bail};
use nix::unistd::Uid;

use crate::guard::Guard;
use crate::programs::on_path;
use crate::screen::heading;

/// A thing that a task cannot do without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Need {
    PostgresServer,
    PostgresClient,
    /// Node.js with npm.
    Node,
    /// Python with what makes environments of packages.
    Python,
    RedisServer,
    /// The program of the command lines in the documents.
    Curl,
}

/// Debian's server package creates a cluster and starts it, unless it is told not to while it is being installed.
/// The setting that was there before comes back.
const APT_SERVER: &str = r#"set -e
apt-get update
apt-get install --yes --no-install-recommends postgresql-common
settings=/etc/postgresql-common/createcluster.conf
cp -p "$settings" "$settings.before"
trap 'mv -f "$settings.before" "$settings"' EXIT
pg_conftool "$settings" set create_main_cluster off
apt-get install --yes --no-install-recommends postgresql postgresql-client"#;

const APT_CLIENT: &str =
    "set -e\napt-get update\napt-get install --yes --no-install-recommends postgresql-client";

const APT_NODE: &str = "set -e\napt-get update\napt-get install --yes --no-install-recommends nodejs npm";

const APT_PYTHON: &str =
    "set -e\napt-get update\napt-get install --yes --no-install-recommends python3 python3-venv";

/// Debian's package starts a Redis on the usual port, now and at every boot, unless a policy forbids the first and the
/// second is taken back. The policy that was there before comes back.
const APT_REDIS: &str = r#"set -e
apt-get update
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then cp -p "$policy" "$policy.before"; fi
trap 'if [ -e "$policy.before" ]; then mv -f "$policy.before" "$policy"; else rm -f "$policy"; fi' EXIT
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"
apt-get install --yes --no-install-recommends redis-server
if command -v systemctl >/dev/null; then systemctl disable redis-server >/dev/null 2>&1 || true; fi"#;

const APT_CURL: &str = "set -e\napt-get update\napt-get install --yes --no-install-recommends curl";

/// A package manager of which we know the packages' names.
struct Manager {
    program: &'static str,
    /// Whether it wants to be root.
    as_root: bool,
    server: &'static str,
    client: &'static str,
    node: &'static str,
    python: &'static str,
    redis: &'static str,
    curl: &'static str,
}

const MANAGERS: [Manager; 3] = [
    Manager {
        program: "apt-get",
        as_root: true,
        server: APT_SERVER,
        client: APT_CLIENT,
        node: APT_NODE,
        python: APT_PYTHON,
        redis: APT_REDIS,
        curl: APT_CURL,
    },
    Manager {
        program: "dnf",
        as_root: true,
        server: "dnf install --assumeyes postgresql-server postgresql",
        client: "dnf install --assumeyes postgresql",
        node: "dnf install --assumeyes nodejs npm",
        python: "dnf install --assumeyes python3",
        redis: "dnf install --assumeyes redis",
        curl: "dnf install --assumeyes curl",
    },
    Manager {
        program: "brew",
        as_root: false,
        server: "brew install postgresql@17",
        client: "brew install libpq && brew link --force libpq",
        node: "brew install node",
        python: "brew install python",
        redis: "brew install redis",
        curl: "brew install curl",
    },
];

impl Manager {
    fn find() -> Option<&'static Self> {
        MANAGERS.iter().find(|manager| on_path(manager.program).is_some())
    }

    fn script(&self, need: Need) -> &'static str {
        match need {
            Need::PostgresServer => self.server,
            Need::PostgresClient => self.client,
            Need::Node => self.node,
            Need::Python => self.python,
            Need::RedisServer => self.redis,
            Need::Curl => self.curl,
        }
    }
}

/// What to do about it, for a person.
pub(crate) fn hint(need: Need) -> String {
    let otherwise = match need {
        Need::PostgresServer | Need::PostgresClient => {
            "\nor set DATABASE_URL to a server in which you may create databases."
        }
        Need::Node | Need::Python | Need::RedisServer | Need::Curl => "",
    };
    let line = by_hand(need).unwrap_or(match need {
        Need::PostgresServer | Need::PostgresClient => {
            "PostgreSQL 15 or newer, with your system's package manager"
        }
        Need::Node => "Node.js with npm, from https://nodejs.org",
        Need::Python => "Python 3.11 or newer, from https://python.org",
        Need::RedisServer => "Redis 5 or newer, with your system's package manager",
        Need::Curl => "curl 7.84 or newer, with your system's package manager",
    });
    format!("Run the same command with --install, or install it yourself:\n  {line}{otherwise}")
}

/// The line that installs it on this machine, if we know its package manager.
fn by_hand(need: Need) -> Option<&'static str> {
    let lines = match Manager::find()?.program {
        "apt-get" => [
            "sudo apt-get install postgresql",
            "sudo apt-get install postgresql-client",
            "sudo apt-get install nodejs npm",
            "sudo apt-get install python3 python3-venv",
            "sudo apt-get install redis-server",
            "sudo apt-get install curl",
        ],
        "dnf" => [
            "sudo dnf install postgresql-server postgresql",
            "sudo dnf install postgresql",
            "sudo dnf install nodejs npm",
            "sudo dnf install python3",
            "sudo dnf install redis",
            "sudo dnf install curl",
        ],
        _ => [
            "brew install postgresql@17",
            "brew install libpq && brew link --force libpq",
            "brew install node",
            "brew install python",
            "brew install redis",
            "brew install curl",
        ],
    };
    let [server, client, node, python, redis, curl] = lines;
    Some(match need {
        Need::PostgresServer => server,
        Need::PostgresClient => client,
        Need::Node => node,
        Need::Python => python,
        Need::RedisServer => redis,
        Need::Curl => curl,
    })
}

/// Installs it with the system's package manager, as root or through sudo.
pub(crate) fn install(guard: &Guard, need: Need) -> Result<()> {
    let Some(manager) = Manager::find() else {
        bail!(
            "there is no apt-get, dnf or brew here to install it with.\n{}",
            hint(need)
        );
    };
    let script = manager.script(need);
    heading(&format!("installing with {}", manager.program));
    let mut command = if manager.as_root && !Uid::effective().is_root() {
        let mut command = Command::new("sudo");
        // Without a question: the child stands in the background of the terminal, where it could not be answered.
        command.args(["--non-interactive", "sh", "-c", script]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    };
    let status = guard.run(command.env("DEBIAN_FRONTEND", "noninteractive"))?;
    if !status.success() {
        bail!("the installation failed ({status}).\n{}", hint(need));
    }
    Ok(())
}
