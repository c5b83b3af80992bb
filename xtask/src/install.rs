//! What may be missing on a machine, and the line that installs it.
//!
//! Packages only: no service is started by an installation of ours.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::unistd::Uid;

use crate::guard::Guard;
use crate::process::capture_within;
use crate::programs::on_path;
use crate::screen::heading;

/// A thing that a task cannot do without, and how each package manager installs it.
#[derive(Debug)]
pub(crate) struct Need {
    /// The packages' names for apt.
    apt: &'static str,
    /// What is run in place of a plain installation, where Debian's package would start a service.
    apt_script: Option<&'static str>,
    /// The packages' names for dnf.
    dnf: &'static str,
    /// The whole command line.
    brew: &'static str,
    /// What to get where there is none of these package managers.
    elsewhere: &'static str,
    /// Another way out, after "or".
    alternative: Option<&'static str>,
}

/// How long sudo may take to say whether it would ask for a password.
const SUDO: Duration = Duration::from_secs(5);

const A_SERVER_ELSEWHERE: &str = "set DATABASE_URL to a server in which you may create databases.";

impl Need {
    /// PostgreSQL's server, with its client.
    pub(crate) const POSTGRES_SERVER: Self = Self {
        apt: "postgresql",
        apt_script: Some(APT_POSTGRES),
        dnf: "postgresql-server postgresql",
        brew: "brew install postgresql@17",
        elsewhere: "PostgreSQL 13 or newer, with your system's package manager",
        alternative: Some(A_SERVER_ELSEWHERE),
    };
    /// `psql` alone, for a server elsewhere.
    pub(crate) const POSTGRES_CLIENT: Self = Self {
        apt: "postgresql-client",
        apt_script: None,
        dnf: "postgresql",
        brew: "brew install libpq && brew link --force libpq",
        elsewhere: "PostgreSQL 13 or newer, with your system's package manager",
        alternative: Some(A_SERVER_ELSEWHERE),
    };
    /// Node.js with npm.
    pub(crate) const NODE: Self = Self {
        apt: "nodejs npm",
        apt_script: None,
        dnf: "nodejs npm",
        brew: "brew install node",
        elsewhere: "Node.js with npm, from https://nodejs.org",
        alternative: None,
    };
    /// Python with what makes environments of packages.
    pub(crate) const PYTHON: Self = Self {
        apt: "python3 python3-venv",
        apt_script: None,
        dnf: "python3",
        brew: "brew install python",
        elsewhere: "Python 3.11 or newer, from https://python.org",
        alternative: None,
    };
    /// The Redis that tests start for themselves.
    pub(crate) const REDIS_SERVER: Self = Self {
        apt: "redis-server",
        apt_script: Some(APT_REDIS),
        dnf: "redis",
        brew: "brew install redis",
        elsewhere: "Redis 5 or newer, with your system's package manager",
        alternative: None,
    };
    /// Prometheus with its promtool, for the rules and the dashboard.
    pub(crate) const PROMETHEUS: Self = Self {
        apt: "prometheus",
        apt_script: Some(APT_PROMETHEUS),
        dnf: "golang-github-prometheus",
        brew: "brew install prometheus",
        elsewhere: "Prometheus 2.42 or newer, from https://prometheus.io/download/, with its folder on PATH",
        alternative: None,
    };
    /// HAProxy, with the program that makes it a certificate.
    pub(crate) const HAPROXY: Self = Self {
        apt: "haproxy openssl",
        apt_script: Some(APT_HAPROXY),
        dnf: "haproxy openssl",
        brew: "brew install haproxy openssl",
        elsewhere: "HAProxy 2.6 or newer and OpenSSL, with your system's package manager",
        alternative: None,
    };
    /// etcd, in which Patroni keeps which member is the primary.
    pub(crate) const ETCD: Self = Self {
        apt: "etcd-server",
        apt_script: Some(APT_ETCD),
        dnf: "etcd",
        brew: "brew install etcd",
        elsewhere: "etcd 3.4 or newer, from https://github.com/etcd-io/etcd/releases, with its folder on PATH",
        alternative: None,
    };
    /// Patroni, which makes a PostgreSQL fail over.
    pub(crate) const PATRONI: Self = Self {
        apt: "patroni",
        apt_script: Some(APT_PATRONI),
        dnf: "patroni patroni-etcd",
        brew: "pipx install 'patroni[etcd3,psycopg3]'",
        elsewhere: "Patroni 3.0 or newer: pipx install 'patroni[etcd3,psycopg3]'",
        alternative: None,
    };
    /// What makes and reads images without an engine.
    pub(crate) const OCI: Self = Self {
        apt: "umoci skopeo",
        apt_script: None,
        dnf: "umoci skopeo",
        brew: "brew install umoci skopeo",
        elsewhere: "umoci and skopeo, with your system's package manager",
        alternative: None,
    };
    /// What signs releases, and checks their signatures.
    pub(crate) const MINISIGN: Self = Self {
        apt: "minisign",
        apt_script: None,
        dnf: "minisign",
        brew: "brew install minisign",
        elsewhere: "minisign, with your system's package manager",
        alternative: None,
    };
    /// What makes certificates, and serves with them.
    pub(crate) const OPENSSL: Self = Self {
        apt: "openssl",
        apt_script: None,
        dnf: "openssl",
        brew: "brew install openssl",
        elsewhere: "OpenSSL, with your system's package manager",
        alternative: None,
    };
    /// A browser without a window.
    pub(crate) const CHROMIUM: Self = Self {
        apt: "chromium",
        apt_script: None,
        dnf: "chromium",
        brew: "brew install --cask google-chrome",
        elsewhere: "Chromium or Chrome, from https://www.chromium.org",
        alternative: None,
    };
    /// The program of the command lines in the documents.
    pub(crate) const CURL: Self = Self {
        apt: "curl",
        apt_script: None,
        dnf: "curl",
        brew: "brew install curl",
        elsewhere: "curl 7.84 or newer, with your system's package manager",
        alternative: None,
    };
}

/// Debian's server package creates a cluster and starts it, unless a setting forbids that during the installation.
/// The setting that was there before comes back.
const APT_POSTGRES: &str = r#"set -e
apt-get update
apt-get install --yes --no-install-recommends postgresql-common
settings=/etc/postgresql-common/createcluster.conf
cp -p "$settings" "$settings.before"
trap 'mv -f "$settings.before" "$settings"' EXIT
pg_conftool "$settings" set create_main_cluster off
apt-get install --yes --no-install-recommends postgresql postgresql-client"#;

/// A script that installs a Debian package whose service would start, now and at every boot: a policy forbids the first,
/// and the second is taken back. The policy that was there before comes back.
macro_rules! without_start {
    ($packages:literal, $service:literal) => {
        concat!(
            r#"set -e
apt-get update
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ]; then cp -p "$policy" "$policy.before"; fi
trap 'if [ -e "$policy.before" ]; then mv -f "$policy.before" "$policy"; else rm -f "$policy"; fi' EXIT
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"
apt-get install --yes --no-install-recommends "#,
            $packages,
            "\nif command -v systemctl >/dev/null; then systemctl disable ",
            $service,
            " >/dev/null 2>&1 || true; fi"
        )
    };
}

const APT_REDIS: &str = without_start!("redis-server", "redis-server");

const APT_HAPROXY: &str = without_start!("haproxy openssl", "haproxy");

const APT_ETCD: &str = without_start!("etcd-server", "etcd");

const APT_PATRONI: &str = without_start!("patroni", "patroni");

const APT_PROMETHEUS: &str = without_start!("prometheus", "prometheus");

/// A package manager of which we know the packages' names.
#[derive(Clone, Copy, Debug)]
enum Manager {
    Apt,
    Dnf,
    Brew,
}

impl Manager {
    fn find() -> Option<Self> {
        [Self::Apt, Self::Dnf, Self::Brew]
            .into_iter()
            .find(|manager| on_path(manager.program()).is_some())
    }

    fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Dnf => "dnf",
            Self::Brew => "brew",
        }
    }

    fn needs_root(self) -> bool {
        !matches!(self, Self::Brew)
    }

    /// What `--install` runs, without a question.
    fn script(self, need: &Need) -> String {
        match (self, need.apt_script) {
            (Self::Apt, Some(script)) => script.to_owned(),
            (Self::Apt, None) => format!(
                "set -e\napt-get update\napt-get install --yes --no-install-recommends {}",
                need.apt
            ),
            (Self::Dnf, _) => format!("dnf install --assumeyes {}", need.dnf),
            (Self::Brew, _) => need.brew.to_owned(),
        }
    }

    /// What a person types.
    fn by_hand(self, need: &Need) -> String {
        match self {
            Self::Apt => format!("sudo apt-get install {}", need.apt),
            Self::Dnf => format!("sudo dnf install {}", need.dnf),
            Self::Brew => need.brew.to_owned(),
        }
    }
}

/// What to do about it, for a person.
pub(crate) fn hint(need: &Need) -> String {
    let line = Manager::find().map_or_else(|| need.elsewhere.to_owned(), |manager| manager.by_hand(need));
    let alternative = need
        .alternative
        .map(|alternative| format!("\nor {alternative}"))
        .unwrap_or_default();
    format!("Run the same command with --install, or install it yourself:\n  {line}{alternative}")
}

/// What is said where [`is_possible`] is false.
pub(crate) const NOT_POSSIBLE: &str = "no package manager can be used here (there is none, or it needs root and sudo asks for a \
                                       password)";

/// Whether [`install`] may work: there is a package manager, and it may be used without a question.
pub(crate) fn is_possible(guard: &Guard) -> bool {
    Manager::find().is_some_and(|manager| {
        !manager.needs_root() || Uid::effective().is_root() || sudo_asks_nothing(guard)
    })
}

fn sudo_asks_nothing(guard: &Guard) -> bool {
    let mut command = Command::new("sudo");
    command.args(["--non-interactive", "true"]);
    capture_within(guard, &mut command, SUDO).is_ok_and(|answer| answer.status.success())
}

/// Installs it with the system's package manager, as root or through sudo.
pub(crate) fn install(guard: &Guard, need: &Need) -> Result<()> {
    let Some(manager) = Manager::find().filter(|_| is_possible(guard)) else {
        bail!("{NOT_POSSIBLE}.\n{}", hint(need));
    };
    heading(&format!("installing with {}", manager.program()));
    let mut command = if manager.needs_root() && !Uid::effective().is_root() {
        let mut command = Command::new("sudo");
        // Without a question: the child stands in the background of the terminal, where it could not be answered.
        command.args(["--non-interactive", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.arg("-c").arg(manager.script(need));
    let status = guard.run(command.env("DEBIAN_FRONTEND", "noninteractive"))?;
    if !status.success() {
        bail!("the installation failed ({status}).\n{}", hint(need));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managers_install_the_packages_that_they_name_to_a_person() {
        let python = &Need::PYTHON;
        let script = Manager::Apt.script(python);
        assert!(script.contains("apt-get update"), "{script}");
        assert!(script.ends_with(" python3 python3-venv"), "{script}");
        assert_eq!(
            Manager::Apt.by_hand(python),
            "sudo apt-get install python3 python3-venv"
        );
        assert_eq!(Manager::Dnf.script(python), "dnf install --assumeyes python3");
        assert_eq!(Manager::Dnf.by_hand(python), "sudo dnf install python3");
        assert_eq!(Manager::Brew.script(python), "brew install python");
    }

    #[test]
    fn no_service_is_started_by_an_installation_with_apt() {
        let script = |need: &Need| Manager::Apt.script(need);
        assert!(script(&Need::POSTGRES_SERVER).contains("create_main_cluster off"));
        for (need, packages, service) in [
            (&Need::REDIS_SERVER, "redis-server", "redis-server"),
            (&Need::PROMETHEUS, "prometheus", "prometheus"),
            (&Need::HAPROXY, "haproxy openssl", "haproxy"),
            (&Need::ETCD, "etcd-server", "etcd"),
            (&Need::PATRONI, "patroni", "patroni"),
        ] {
            let script = script(need);
            assert!(script.contains("policy-rc.d"), "{script}");
            assert!(
                script.contains(&format!("--no-install-recommends {packages}\n")),
                "{script}"
            );
            assert!(
                script.contains(&format!("systemctl disable {service} ")),
                "{script}"
            );
        }
    }
}
