//! `cargo xtask failover`: a PostgreSQL that fails over under load.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::Verdict;
use crate::build::build;
use crate::guard::Guard;
use crate::install::Need;
use crate::packaged;
use crate::postgres;
use crate::screen::{Mark, Step};
use crate::workspace::{Workspace, root};

/// Kill the primary of a PostgreSQL cluster under load, and see whether the server keeps its promises.
///
/// etcd, two members under Patroni (synchronous), HAProxy in front of them, two servers and a local Clerk, all of them
/// unprivileged processes on the loopback, with the files of `deploy/haproxy` and `deploy/patroni`. Aither's client reads and
/// writes while the primary is killed, comes back as a standby, and gets its place back by a planned switch-over. Prints each
/// promise with its bound and what was measured; takes some two minutes.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xtask failover --install           what is missing is installed first; no service is started
  cargo xtask failover --json | jq .promises

Exit codes: 0 every promise was kept · 1 one was broken, or the cluster did not get whole · 3 it could not be run,
because something is missing. docs/failover.md says what to do in production.")]
pub(crate) struct Failover {
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    /// Install what is missing, from the system's packages; no service is started
    #[arg(long)]
    install: bool,
}

impl Failover {
    pub(crate) fn run(&self, guard: &Guard) -> Result<Verdict> {
        let bin = postgres::programs(guard, self.install)?;
        let need = |program: &str, need: &Need| {
            let step = Step::start(program);
            let found = step.aside(|| packaged::require(guard, program, need, self.install));
            match &found {
                Ok(file) => step.end(Mark::Good, &file.display().to_string()),
                Err(_) => step.end(Mark::Bad, "none found"),
            }
            found
        };
        let etcd = need("etcd", &Need::ETCD)?;
        let patroni = need("patroni", &Need::PATRONI)?;
        let haproxy = need("haproxy", &Need::HAPROXY)?;
        build(guard, &["hemera-api", "clerk-emulator"])?;
        build(guard, &["e2e"])?;
        let workspace = Workspace::load(guard)?;
        let folder = postgres::folder_for_servers(guard, "hemera-failover-")?;
        // Patroni gives its PostgreSQL a session of its own, in which the guard does not see it.
        guard.run_at_end(&ending_of(&folder));
        let mut command = Command::new(workspace.binary("e2e"));
        command
            .current_dir(root())
            .arg("failover")
            .args(self.json.then_some("--json"))
            .env("TMPDIR", &folder)
            .env("HEMERA_POSTGRES_BIN", bin)
            .env("HEMERA_API_BIN", workspace.binary("hemera-api"))
            .env("CLERK_EMULATOR_BIN", workspace.binary("clerk-emulator"))
            .env("ETCD_BIN", etcd)
            .env("PATRONI_BIN", patroni)
            .env("HAPROXY_BIN", haproxy)
            .env("HEMERA_DEPLOY", root().join("deploy"));
        let status = guard.run(&mut command)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(Verdict::Bad, Verdict::Code))
    }
}

/// Ends every PostgreSQL whose data are below the folder. The file of a killed one stays, so its number counts only where the
/// process has these data.
fn ending_of(folder: &Path) -> Vec<String> {
    const SCRIPT: &str = r#"for file in "$1"/*/*/postmaster.pid; do
[ -f "$file" ] || continue
pid=$(head -n 1 "$file")
line=$(tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null || ps -o command= -p "$pid")
case "$line" in *"$(dirname "$file")"*) kill -QUIT "$pid" ;; esac
done
sleep 1"#;
    ["sh", "-c", SCRIPT, "sh", &folder.display().to_string()]
        .map(str::to_owned)
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_with_these_data_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("cluster/member-1");
        std::fs::create_dir_all(&data).unwrap();
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        // The number of a process that has nothing to do with it.
        std::fs::write(data.join("postmaster.pid"), format!("{}\n", other.id())).unwrap();
        let ending = ending_of(folder.path());
        assert!(
            Command::new(&ending[0])
                .args(&ending[1..])
                .status()
                .unwrap()
                .success()
        );
        assert!(other.try_wait().unwrap().is_none(), "another process was ended");

        let mut own = Command::new("sh")
            .arg("-c")
            .arg("while :; do sleep 1; done")
            .arg(data.to_str().unwrap())
            .spawn()
            .unwrap();
        std::fs::write(data.join("postmaster.pid"), format!("{}\n", own.id())).unwrap();
        Command::new(&ending[0]).args(&ending[1..]).status().unwrap();
        assert!(!own.wait().unwrap().success(), "it goes on");
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
