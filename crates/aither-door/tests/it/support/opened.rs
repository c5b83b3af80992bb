//! An open door.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use aither_client::{BaseUrl, HemeraClient, HemeraClientBuilder, SecretString, StaticServiceKey};
use aither_door::{Door, DoorBuilder, LocalKey, ServeError, Stopped};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::caller::{Caller, Reply, within_bound};
use super::hemera::Hemera;

/// The key of every door under test.
pub(crate) const KEY: &str = "6f1d2c3b4a5968778695a4b3c2d1e0ff";

/// The credential of the client behind it.
pub(crate) const SERVICE_KEY: &str = "hk_test_of_the_client_behind_the_door";

/// A door that is served on both listeners until it is dropped.
pub(crate) struct Opened {
    pub(crate) address: SocketAddr,
    pub(crate) socket: PathBuf,
    stop: CancellationToken,
    task: JoinHandle<Result<Stopped, ServeError>>,
    _folder: TempDir,
}

/// A client of the Hemera at this origin, without retries.
pub(crate) fn client(origin: &str) -> HemeraClientBuilder {
    let source = StaticServiceKey::parse(SERVICE_KEY).unwrap();
    HemeraClient::builder(BaseUrl::parse(origin).unwrap(), source)
        .with_max_attempts(1)
        .without_pace()
}

/// A folder that no other user may enter.
pub(crate) fn private_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

impl Opened {
    /// In front of this Hemera, with defaults.
    pub(crate) fn before(hemera: &Hemera) -> Self {
        Self::with(client(&hemera.origin).build().unwrap(), |door| door)
    }

    /// In front of a Hemera that is not there.
    pub(crate) fn before_nothing() -> Self {
        Self::with(client("http://127.0.0.1:1").build().unwrap(), |door| door)
    }

    pub(crate) fn with(client: HemeraClient, configure: impl FnOnce(DoorBuilder) -> DoorBuilder) -> Self {
        let folder = private_folder();
        let socket = folder.path().join("door.sock");
        let key = LocalKey::parse(&SecretString::from(KEY)).unwrap();
        let builder = Door::builder(client)
            .tcp("127.0.0.1:0".parse().unwrap(), key)
            .unix(&socket);
        let door = configure(builder).bind().unwrap();
        let address = door.address().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(door.serve(stop.clone().cancelled_owned()));
        Self {
            address,
            socket,
            stop,
            task,
            _folder: folder,
        }
    }

    pub(crate) async fn caller(&self) -> Caller {
        Caller::on_tcp(self.address).await
    }

    /// The lines that every good request has: its host, its key, and that it is the last on its connection.
    pub(crate) fn head(&self) -> String {
        format!(
            "host: {}\r\nx-api-key: {KEY}\r\nconnection: close\r\n",
            self.address
        )
    }

    /// Sends a good request with further header lines, and reads its response.
    pub(crate) async fn ask(&self, line: &str, more: &str, body: &str) -> Reply {
        let mut caller = self.caller().await;
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("content-length: {}\r\n", body.len())
        };
        caller
            .send(format!(
                "{line} HTTP/1.1\r\n{}{more}{length}\r\n{body}",
                self.head()
            ))
            .await;
        caller.last().await
    }

    /// Sends these lines and no others, and reads the response.
    pub(crate) async fn ask_raw(&self, head: &str) -> Reply {
        let mut caller = self.caller().await;
        caller.send(format!("{head}\r\n")).await;
        caller.last().await
    }

    pub(crate) async fn ask_on_socket(&self, line: &str, more: &str) -> Reply {
        let mut caller = Caller::on_unix(&self.socket).await;
        caller
            .send(format!(
                "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n"
            ))
            .await;
        caller.last().await
    }

    /// Asks it to stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// How it stopped.
    pub(crate) async fn stopped(self) -> Stopped {
        self.stop.cancel();
        self.task.await.unwrap().unwrap()
    }

    /// The figures.
    pub(crate) async fn figures(&self) -> String {
        self.ask("GET /metrics", "", "").await.text().to_owned()
    }

    /// Waits until the figures have this line.
    pub(crate) async fn until_figures_have(&self, line: &str) {
        within_bound(async {
            while !self.figures().await.contains(line) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub(crate) fn socket_path(&self) -> &Path {
        &self.socket
    }
}
