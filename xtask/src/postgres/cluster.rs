//! A private cluster from a local installation: its own folder, a free loopback port, a random password, and no promise
//! to survive a power cut.

use std::fs::File;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::Signal;
use nix::unistd::{Uid, User};

use super::installation::Installation;
use super::psql::Psql;
use super::url::DatabaseUrl;
use super::{Origin, Server};
use crate::guard::Guard;
use crate::process::{capture, capture_within, each_line};

/// How long the server may take to be ready; two busy cores need about one second.
const READY: Duration = Duration::from_mins(1);
/// A free port may be taken by another process before the server has it.
const TRIES: usize = 3;
const USER: &str = "hemera";

/// Speed over durability: the data is thrown away in any case.
const SETTINGS: [&str; 9] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=64MB",
    "lc_messages=C",
    "timezone=UTC",
];

/// Makes a cluster and starts its server, which ends with the task; so does its folder.
pub(super) fn start(guard: &Guard, installation: Installation) -> Result<Server> {
    let owner = Owner::choose()?;
    let folder = folder(guard, owner.as_ref())?;
    let password = password()?;
    let bin = reachable(guard, &installation, &folder, owner.as_ref())?;
    initialise(guard, &bin, &folder, &password, owner.as_ref())?;

    let mut last_log = String::new();
    for _ in 0..TRIES {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        match serve(guard, &bin, &folder, port, owner.as_ref())? {
            Attempt::Ready => {
                let url = DatabaseUrl::at(&format!("127.0.0.1:{port}"), USER, &password, "postgres");
                let psql = Psql::Local {
                    program: installation.psql,
                };
                return Ok(Server {
                    url,
                    psql,
                    origin: Origin::Ours,
                });
            }
            Attempt::Ended { log } if log.contains("Address already in use") => last_log = log,
            Attempt::Ended { log } => bail!("the private PostgreSQL did not start:\n{log}"),
        }
    }
    bail!("the private PostgreSQL found no free port in {TRIES} tries:\n{last_log}")
}

/// A folder that is removed at the end, and the user that a program runs as which refuses to run as root. Another's password
/// may be written there.
pub(super) fn unprivileged(guard: &Guard, command: &mut Command) -> Result<PathBuf> {
    let owner = Owner::choose()?;
    let folder = folder(guard, owner.as_ref())?;
    Owner::apply(owner.as_ref(), command.current_dir(&folder));
    Ok(folder)
}

/// The user that PostgreSQL runs as if this task runs as root, which PostgreSQL refuses to do.
struct Owner {
    uid: u32,
    gid: u32,
}

impl Owner {
    /// `None` if this task is not root: PostgreSQL then runs as the same user.
    fn choose() -> Result<Option<Self>> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let Some(user) = User::from_name(name)? {
                return Ok(Some(Self {
                    uid: user.uid.as_raw(),
                    gid: user.gid.as_raw(),
                }));
            }
        }
        bail!("PostgreSQL does not run as root, and there is no user postgres or nobody: add one of them")
    }

    fn apply(owner: Option<&Self>, command: &mut Command) {
        if let Some(owner) = owner {
            command.uid(owner.uid).gid(owner.gid);
        }
    }
}

/// A folder that only the server's user can read.
fn folder(guard: &Guard, owner: Option<&Owner>) -> Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix("hemera-postgres-")
        .tempdir()
        .context("no temporary folder can be made")?
        .keep();
    guard.remove_at_end(&folder);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
    if let Some(owner) = owner {
        chown(&folder, Some(owner.uid), Some(owner.gid))?;
    }
    Ok(folder)
}

/// The folder of the programs, or of a copy in the server's own folder: what a tool of ours brought lies in the workspace,
/// perhaps in the home of root, where the server's user may not come.
fn reachable(
    guard: &Guard,
    installation: &Installation,
    folder: &Path,
    owner: Option<&Owner>,
) -> Result<PathBuf> {
    let Some(ours) = installation
        .ours
        .as_ref()
        .filter(|ours| owner.is_some() && is_closed(ours))
    else {
        return Ok(installation.bin.clone());
    };
    let copy = folder.join("programs");
    let answer = capture(guard, Command::new("cp").arg("-R").arg(ours).arg(&copy))?;
    if !answer.status.success() {
        bail!("PostgreSQL's programs could not be copied:\n{}", answer.text());
    }
    let inside = installation.bin.strip_prefix(ours).unwrap_or(Path::new("."));
    Ok(copy.join(inside))
}

/// Whether a folder on the way is closed to other users.
fn is_closed(path: &Path) -> bool {
    path.ancestors()
        .filter_map(|folder| folder.metadata().ok())
        .any(|folder| folder.permissions().mode() & 0o001 == 0)
}

fn password() -> Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("/dev/urandom cannot be read")?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

fn initialise(guard: &Guard, bin: &Path, folder: &Path, password: &str, owner: Option<&Owner>) -> Result<()> {
    let secret = folder.join("password");
    std::fs::write(&secret, password)?;
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600))?;
    if let Some(owner) = owner {
        chown(&secret, Some(owner.uid), Some(owner.gid))?;
    }
    let mut command = Command::new(bin.join("initdb"));
    command
        .current_dir(folder)
        .arg("--pgdata")
        .arg(folder.join("data"))
        .args(["--username", USER, "--encoding", "UTF8", "--locale", "C", "--no-sync"])
        // Plain over loopback: SCRAM's thousand hashes a connection are for networks, and slow in a debug build.
        .arg("--auth=password")
        .arg("--pwfile")
        .arg(&secret);
    Owner::apply(owner, &mut command);
    let answer = capture_within(guard, &mut command, READY)?;
    if !answer.status.success() {
        bail!("initdb failed:\n{}", answer.text());
    }
    std::fs::remove_file(&secret)?;
    Ok(())
}

/// How an attempt to start the server went.
enum Attempt {
    Ready,
    /// It ended, or was not ready in time; what it wrote until then.
    Ended {
        log: String,
    },
}

/// Starts the server and waits until it is ready.
fn serve(guard: &Guard, bin: &Path, folder: &Path, port: u16, owner: Option<&Owner>) -> Result<Attempt> {
    let mut command = Command::new(bin.join("postgres"));
    command
        .current_dir(folder)
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string()]);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    Owner::apply(owner, &mut command);
    // SIGQUIT is PostgreSQL's immediate shutdown: no data in it is kept.
    let mut child = guard.spawn(
        command.stdout(Stdio::null()).stderr(Stdio::piped()),
        Signal::SIGQUIT,
    )?;
    let written = Arc::new(Mutex::new(Vec::new()));
    if await_ready(&mut child, &written) {
        // Waited for, so that the guard sees it go instead of a zombie.
        std::thread::spawn(move || child.wait());
        return Ok(Attempt::Ready);
    }
    child
        .kill()
        .context("a PostgreSQL that does not get ready could not be killed")?;
    guard.wait(&mut child)?;
    let log = written.lock().map(|lines| lines.join("\n")).unwrap_or_default();
    Ok(Attempt::Ended { log })
}

/// Reads the server's log until it says that it is ready. The log goes on being read: a full pipe would stop it.
fn await_ready(child: &mut Child, written: &Arc<Mutex<Vec<String>>>) -> bool {
    let Some(log) = child.stderr.take() else {
        return false;
    };
    let (ready, is_ready) = mpsc::channel();
    let written = Arc::clone(written);
    let mut starting = true;
    each_line(log, move |line| {
        if !starting {
            return;
        }
        if line.contains("database system is ready to accept connections") {
            starting = false;
            // After the time-out there is no receiver.
            let _ = ready.send(());
        } else if let Ok(mut lines) = written.lock() {
            lines.push(line);
        }
    });
    !matches!(
        is_ready.recv_timeout(READY),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_below_one_that_others_cannot_enter_is_closed() {
        let home = tempfile::tempdir().unwrap();
        let tool = home.path().join("target/tools");
        std::fs::create_dir_all(&tool).unwrap();
        let open =
            |mode| std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        open(0o755);
        assert!(!is_closed(&tool));
        open(0o700);
        assert!(is_closed(&tool));
    }
}
