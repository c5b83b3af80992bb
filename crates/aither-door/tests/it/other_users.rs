//! Attempts of another user of this host.
//!
//! Where the tests run as root, a process of another user makes them. Elsewhere the modes are what keeps others out, which
//! `listening` holds, and the check of the peer is tested where it stands.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use nix::unistd::Uid;
use tokio::process::Command;

use crate::support::{Hemera, Opened, Script};

/// The socket that the other user's process is to try. It runs the test of this name.
const TRIES: &str = "AITHER_TEST_TRIES_SOCKET";
const THIS: &str = "other_users::a_socket_answers_its_own_user_alone";
const NOBODY: u32 = 65_534;

#[tokio::test]
async fn a_socket_answers_its_own_user_alone() {
    if let Some(socket) = std::env::var_os(TRIES) {
        return try_socket(Path::new(&socket));
    }
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    assert_eq!(
        door.ask_on_socket("GET /api/service/courses", "").await.status,
        200
    );
    if !Uid::effective().is_root() {
        return;
    }
    // The mode of the directory, then that of the socket, keeps others out.
    assert_eq!(
        tried_by_another_user(door.socket_path()).await,
        "PermissionDenied"
    );
    let folder = door.socket_path().parent().unwrap();
    set_mode(folder, 0o755);
    assert_eq!(
        tried_by_another_user(door.socket_path()).await,
        "PermissionDenied"
    );
    // If both are opened, the door still knows whose connection it is.
    set_mode(door.socket_path(), 0o666);
    assert_eq!(tried_by_another_user(door.socket_path()).await, "closed");
    assert_eq!(hemera.received().len(), 1);
    let refused = "aither_door_connections_refused_total{reason=\"other_user\"} 1";
    assert!(door.figures().await.contains(refused));
    assert_eq!(door.ask_on_socket("GET /livez", "").await.status, 200);
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// What becomes of another user's attempt.
async fn tried_by_another_user(socket: &Path) -> String {
    // A copy, because another user may not be able to reach the folder of the build.
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    let program = folder.path().join("other-user");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    set_mode(&program, 0o755);
    let child = Command::new(&program)
        .args([THIS, "--exact", "--nocapture"])
        .env(TRIES, socket)
        .current_dir("/")
        .uid(NOBODY)
        .gid(NOBODY)
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .output();
    let output = child.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let word = said
        .lines()
        .find_map(|line| line.split_once("tried: "))
        .unwrap()
        .1;
    word.to_owned()
}

/// Runs as the other user.
fn try_socket(socket: &Path) {
    assert_eq!(Uid::effective().as_raw(), NOBODY);
    let outcome = UnixStream::connect(socket).map(|mut connection| {
        let _ = connection
            .write_all(b"GET /api/service/courses HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let mut came = Vec::new();
        let _ = connection.read_to_end(&mut came);
        came
    });
    let word = match outcome {
        Err(refused) => format!("{:?}", refused.kind()),
        Ok(came) if came.is_empty() => "closed".to_owned(),
        Ok(came) => String::from_utf8_lossy(&came).into_owned(),
    };
    println!("\ntried: {word}");
}
