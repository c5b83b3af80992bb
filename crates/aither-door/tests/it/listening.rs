//! Where a door listens, and where it does not.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use aither_client::SecretString;
use aither_door::{BindError, Door, DoorBuilder, LocalKey};

use crate::support::{KEY, client, private_folder};

fn builder() -> DoorBuilder {
    Door::builder(client("http://127.0.0.1:1").build().unwrap())
}

fn on_tcp(address: &str) -> Result<Door, BindError> {
    let key = LocalKey::parse(&SecretString::from(KEY)).unwrap();
    builder().tcp(address.parse().unwrap(), key).bind()
}

#[tokio::test]
async fn only_this_host_can_reach_an_address() {
    for address in [
        "0.0.0.0:0",
        "[::]:0",
        "192.0.2.1:0",
        "127.0.0.2:0",
        "[::ffff:127.0.0.1]:0",
    ] {
        let refused = on_tcp(address).unwrap_err();
        assert!(
            matches!(refused, BindError::NotLoopback(_)),
            "{address}: {refused}"
        );
    }
    assert!(
        on_tcp("127.0.0.1:0")
            .unwrap()
            .address()
            .unwrap()
            .ip()
            .is_loopback()
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = on_tcp("127.0.0.1:0").unwrap();
    let address = first.address().unwrap().to_string();
    let said = on_tcp(&address).unwrap_err().to_string();
    assert!(
        said.contains(&address) && said.contains("use another port"),
        "{said}"
    );
}

#[tokio::test]
async fn a_door_needs_a_listener() {
    assert!(matches!(builder().bind(), Err(BindError::NoListener)));
}

#[tokio::test]
async fn no_number_of_connections_is_too_many_for_a_door() {
    let folder = private_folder();
    let path = folder.path().join("door.sock");
    let door = builder()
        .with_max_connections(usize::MAX)
        .unix(path)
        .bind()
        .unwrap();
    assert_eq!(door.serve(std::future::ready(())).await.unwrap().cut, 0);
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).unwrap().mode() & 0o777
}

#[tokio::test]
async fn a_socket_is_the_users_own() {
    let folder = private_folder();
    let path = folder.path().join("door.sock");
    let door = builder().unix(&path).bind().unwrap();
    assert_eq!(door.socket(), Some(path.as_path()));
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&folder.path().join("door.sock.lock")), 0o600);
    drop(door);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_directory_that_others_may_enter_is_refused() {
    let folder = private_folder();
    for open in [0o755, 0o710, 0o701, 0o777, 0o1777] {
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(open)).unwrap();
        let refused = builder()
            .unix(folder.path().join("door.sock"))
            .bind()
            .unwrap_err();
        assert!(
            matches!(refused, BindError::OpenDirectory { mode, .. } if mode == open),
            "{refused}"
        );
        assert!(refused.to_string().contains("mode 0700"), "{refused}");
    }
}

#[tokio::test]
async fn a_directory_that_is_missing_is_named() {
    let folder = private_folder();
    let refused = builder()
        .unix(folder.path().join("none/door.sock"))
        .bind()
        .unwrap_err();
    assert!(matches!(refused, BindError::NoDirectory { .. }), "{refused}");
}

#[tokio::test]
async fn the_socket_of_a_door_that_was_killed_is_replaced() {
    let folder = private_folder();
    let path = folder.path().join("door.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    assert!(builder().unix(&path).bind().is_ok());
}

#[tokio::test]
async fn the_socket_of_a_running_door_is_not_taken_away() {
    let folder = private_folder();
    let path = folder.path().join("door.sock");
    let running = builder().unix(&path).bind().unwrap();
    let inode = std::fs::symlink_metadata(&path).unwrap().ino();
    let refused = builder().unix(&path).bind().unwrap_err();
    assert!(matches!(refused, BindError::SocketInUse(_)), "{refused}");
    assert_eq!(std::fs::symlink_metadata(&path).unwrap().ino(), inode);
    drop(running);
}

#[tokio::test]
async fn what_is_no_socket_is_not_replaced() {
    let folder = private_folder();
    let path = folder.path().join("door.sock");
    std::fs::write(&path, "a file of another program").unwrap();
    let refused = builder().unix(&path).bind().unwrap_err();
    assert!(matches!(refused, BindError::NotASocket(_)), "{refused}");
    assert!(path.exists());
}
