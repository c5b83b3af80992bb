//! A machine whose PostgreSQL and Docker are scripts that write down what is asked of them.

use std::fs::{File, Permissions, read_to_string, set_permissions, write};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use tempfile::TempDir;

/// Makes the folder of a cluster and nothing in it.
const INITDB: &str = "#!/bin/sh\nmkdir -p \"$2\"\n";

/// Says that it is ready, and starts a process of its own. Both hold the pipe `alive` open for as long as they live, and
/// write into it if they are left to live.
const POSTGRES: &str = r#"#!/bin/sh
pwd > "$NOTES/folder"
exec > "$NOTES/alive"
(sleep 60; echo "the grandchild survived") &
echo "LOG:  database system is ready to accept connections" >&2
sleep 60
echo "the child survived"
"#;

const PSQL: &str = "#!/bin/sh\necho \"psql $*\" >> \"$NOTES/asked\"\necho '16.4 (Debian)'\n";

const NOTHING: &str = "#!/bin/sh\nexit 1\n";

/// The programs and what they noted.
pub(crate) struct Machine {
    folder: TempDir,
}

impl Machine {
    /// PostgreSQL is installed; Docker has no engine.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The server runs as an unprivileged user where the tests run as root.
        set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        mkfifo(&folder.path().join("alive"), Mode::from_bits_truncate(0o666)).unwrap();
        set_permissions(folder.path().join("alive"), Permissions::from_mode(0o666)).unwrap();
        let machine = Self { folder };
        for (name, script) in [
            ("initdb", INITDB),
            ("postgres", POSTGRES),
            ("psql", PSQL),
            ("pg_config", NOTHING),
            ("docker", NOTHING),
        ] {
            machine.install(name, script);
        }
        machine
    }

    /// Puts a script where a program is looked for.
    pub(crate) fn install(&self, name: &str, script: &str) {
        write(self.path(name), script).unwrap();
        set_permissions(self.path(name), Permissions::from_mode(0o755)).unwrap();
    }

    /// The task, ready to be given its surroundings.
    pub(crate) fn xtask(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().display()))
            .env("NOTES", self.folder.path())
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The pipe that is open while the server or what it started lives; blocks until the server opens it.
    pub(crate) fn alive(&self) -> File {
        File::open(self.path("alive")).unwrap()
    }

    /// The folder in which the server ran.
    pub(crate) fn cluster(&self) -> PathBuf {
        PathBuf::from(self.notes("folder").trim())
    }

    /// What a script noted under this name; empty where it did not.
    pub(crate) fn notes(&self, name: &str) -> String {
        read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Where a file of this machine lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A task that runs until it is ended.
pub(crate) struct Running {
    pub(crate) child: Child,
    /// The first line that it printed.
    pub(crate) said: String,
}

impl Running {
    /// Starts it and waits for its first line.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut said)
            .unwrap();
        Self {
            child,
            said: said.trim().to_owned(),
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that has failed half-way leaves nothing behind either.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a pipe until its other end is closed in every process.
pub(crate) fn to_the_end(mut pipe: File) -> String {
    let mut text = String::new();
    pipe.read_to_string(&mut text).unwrap();
    text
}

/// Whether the path names nothing any more.
pub(crate) fn is_gone(path: &Path) -> bool {
    path.is_absolute() && !path.exists()
}
