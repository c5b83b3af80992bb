//! A PostgreSQL of a scenario's own, which may be restarted, stopped in parts and filled up.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use freshness::{Clock as _, SystemClock};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use url::Url;
use uuid::Uuid;

use crate::chaos::disk::SmallDisk;
use crate::chaos::owner::Owner;

/// How long it may take to start, recovery after a crash included, or to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// Nothing here cuts the power, so nothing has to reach the disk; everything else is as PostgreSQL has it.
const SETTINGS: [&str; 7] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "max_connections=120",
    "shared_buffers=64MB",
    "lc_messages=C",
    "timezone=UTC",
];

/// A cluster with its server. Both are gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    bin: PathBuf,
    /// Has the data in it, unless a small disk has.
    folder: TempDir,
    disk: Option<SmallDisk>,
    owner: Option<Owner>,
    port: u16,
    password: String,
    process: Option<Child>,
    /// Beside those that every one has, each as `name=value`.
    settings: Vec<String>,
    /// Backends that were stopped and have to go on before they can end.
    stopped: Mutex<Vec<i32>>,
}

impl Postgres {
    /// Makes a cluster with the programs in `bin`, on a disk of so many megabytes if that is given, and starts it.
    pub(crate) async fn start(bin: &Path, megabytes: Option<u32>) -> anyhow::Result<Self> {
        Self::start_with(bin, megabytes, Vec::new()).await
    }

    /// The same with settings of its own, each as `name=value`.
    pub(crate) async fn start_with(
        bin: &Path,
        megabytes: Option<u32>,
        settings: Vec<String>,
    ) -> anyhow::Result<Self> {
        let owner = Owner::choose()?;
        let folder = private_folder(owner)?;
        let disk = match megabytes {
            Some(megabytes) => Some(SmallDisk::mount(folder.path(), megabytes).await?),
            None => None,
        };
        let mut postgres = Self {
            bin: bin.to_owned(),
            folder,
            disk,
            owner,
            port: TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port(),
            password: Uuid::new_v4().simple().to_string(),
            process: None,
            settings,
            stopped: Mutex::default(),
        };
        postgres.initialise().await?;
        postgres.start_again().await?;
        Ok(postgres)
    }

    /// Makes a base backup of it, into a folder that is not there yet.
    pub(crate) async fn back_up(&self, folder: &Path) -> anyhow::Result<()> {
        let url = self.url()?;
        let mut command = self.command("pg_basebackup");
        command
            .args(["--checkpoint", "fast", "--dbname", url.as_str(), "--pgdata"])
            .arg(folder)
            .stderr(Stdio::piped());
        let made = command
            .output()
            .await
            .context("pg_basebackup cannot be started")?;
        let said = String::from_utf8_lossy(&made.stderr);
        anyhow::ensure!(made.status.success(), "pg_basebackup failed: {said}");
        Ok(())
    }

    /// Another one in the place of this one, which has ended: from a base backup, recovered as `settings` say. Callers find it
    /// at the same address.
    pub(crate) async fn restored(mut self, backup: &Path, settings: Vec<String>) -> anyhow::Result<Self> {
        self.end(Signal::SIGQUIT).await?;
        let folder = private_folder(self.owner)?;
        let mut postgres = Self {
            bin: self.bin.clone(),
            folder,
            disk: None,
            owner: self.owner,
            port: self.port,
            password: self.password.clone(),
            process: None,
            settings,
            stopped: Mutex::default(),
        };
        let mut command = postgres.command("cp");
        let copied = command.arg("-Rp").arg(backup).arg(postgres.data()).status();
        anyhow::ensure!(copied.await?.success(), "the base backup cannot be copied");
        let mut command = postgres.command("touch");
        let marked = command.arg(postgres.data().join("recovery.signal")).status();
        anyhow::ensure!(marked.await?.success(), "recovery.signal cannot be made");
        postgres.start_again().await?;
        Ok(postgres)
    }

    /// Gives a folder to the user that it runs as.
    pub(crate) fn hand_over(&self, folder: &Path) -> anyhow::Result<()> {
        if let Some(owner) = self.owner {
            chown(folder, Some(owner.uid), Some(owner.gid))?;
        }
        Ok(())
    }

    /// Its administrative database, as its superuser.
    pub(crate) fn url(&self) -> anyhow::Result<Url> {
        let text = format!(
            "postgres://hemera:{}@127.0.0.1:{}/postgres",
            self.password, self.port
        );
        Url::parse(&text).context("the address of a private PostgreSQL")
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The small disk that the data is on.
    pub(crate) fn disk(&self) -> Option<&SmallDisk> {
        self.disk.as_ref()
    }

    /// Ends it as `pg_ctl restart` does, in the mode `fast`, and starts it again. Gives how long it was away.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<Duration> {
        let began = SystemClock.now();
        self.end(Signal::SIGINT).await?;
        self.start_again().await?;
        Ok(SystemClock.now().since(began))
    }

    /// Whether its server runs.
    pub(crate) fn runs(&mut self) -> anyhow::Result<bool> {
        match &mut self.process {
            Some(process) => Ok(process.try_wait()?.is_none()),
            None => Ok(false),
        }
    }

    /// Stops one of its processes in the middle of what it does.
    pub(crate) fn stop_backend(&self, pid: i32) -> anyhow::Result<()> {
        self.stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(pid);
        kill(Pid::from_raw(pid), Signal::SIGSTOP).context("a backend cannot be stopped")
    }

    /// Lets every stopped process go on.
    pub(crate) fn let_backends_go_on(&self) {
        for pid in self
            .stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            // One that has ended meanwhile needs nothing more.
            let _ = kill(Pid::from_raw(pid), Signal::SIGCONT);
        }
    }

    /// Starts the server, and waits until it lets a session begin.
    pub(crate) async fn start_again(&mut self) -> anyhow::Result<()> {
        let log = std::fs::File::create(self.folder.path().join("log"))?;
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()]);
        for setting in SETTINGS
            .into_iter()
            .chain(self.settings.iter().map(String::as_str))
        {
            command.args(["-c", setting]);
        }
        if self.disk.is_some() {
            // A small disk cannot hold the usual size of the log.
            command.args([
                "-c",
                "min_wal_size=2MB",
                "-c",
                "max_wal_size=8MB",
                "-c",
                "wal_recycle=off",
            ]);
        }
        let process = command
            .stderr(log)
            .spawn()
            .context("postgres cannot be started")?;
        self.process = Some(process);
        let began = SystemClock.now();
        while let Err(error) = self.answers().await {
            if !self.runs()? || SystemClock.now().since(began) > PATIENCE {
                bail!("a private PostgreSQL did not start ({error}):\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Asks the server to end with this signal, and waits for it.
    async fn end(&mut self, signal: Signal) -> anyhow::Result<()> {
        self.let_backends_go_on();
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        if let Some(id) = process.id() {
            kill(Pid::from_raw(i32::try_from(id)?), signal)?;
        }
        tokio::time::timeout(PATIENCE, process.wait())
            .await
            .context("a private PostgreSQL does not end")??;
        Ok(())
    }

    /// Ends it without any care for its data.
    pub(crate) async fn finish(mut self) -> anyhow::Result<()> {
        self.end(Signal::SIGQUIT).await
    }

    async fn answers(&self) -> anyhow::Result<()> {
        let options: PgConnectOptions = self.url()?.as_str().parse()?;
        options.connect().await?.close().await?;
        Ok(())
    }

    async fn initialise(&self) -> anyhow::Result<()> {
        let secret = self.folder.path().join("password");
        std::fs::write(&secret, &self.password)?;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600))?;
        if let Some(owner) = self.owner {
            chown(&secret, Some(owner.uid), Some(owner.gid))?;
        }
        let mut command = self.command("initdb");
        command
            .arg("--pgdata")
            .arg(self.data())
            .args([
                "--username",
                "hemera",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--no-sync",
            ])
            .args(["--auth=password", "--wal-segsize=1"])
            .arg("--pwfile")
            .arg(&secret)
            .stderr(Stdio::piped());
        let made = command.output().await.context("initdb cannot be started")?;
        let said = String::from_utf8_lossy(&made.stderr);
        anyhow::ensure!(made.status.success(), "initdb failed: {said}");
        Ok(())
    }

    /// One of its programs, or of the system's: as its user, and where its disk is.
    fn command(&self, program: &str) -> Command {
        let own = self.bin.join(program);
        let program = if own.is_file() {
            own
        } else {
            PathBuf::from(program)
        };
        let mut command = match (&self.disk, self.owner) {
            (Some(disk), Some(owner)) => disk.command(&program, owner),
            (None, Some(owner)) => {
                let mut command = Command::new(program);
                command.uid(owner.uid).gid(owner.gid);
                command
            }
            (_, None) => Command::new(program),
        };
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn data(&self) -> PathBuf {
        match &self.disk {
            Some(disk) => disk.folder().join("data"),
            None => self.folder.path().join("data"),
        }
    }

    fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let mut last = String::new();
        for line in log.lines().rev().take(10) {
            // Writing into a text cannot fail.
            let _ = writeln!(last, "{line}");
        }
        last
    }
}

/// A folder of which only the server's user sees anything.
fn private_folder(owner: Option<Owner>) -> anyhow::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("hemera-chaos-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700))?;
    if let Some(owner) = owner {
        chown(folder.path(), Some(owner.uid), Some(owner.gid))?;
    }
    Ok(folder)
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.let_backends_go_on();
    }
}
