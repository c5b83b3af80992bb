//! A served app, and a bare connection to it.

use std::net::SocketAddr;
use std::time::Duration;

use clerk_emulator::{ClerkEmulator, Seed};
use freshness::ManualClock;
use hemera_api::{Ended, Secrets, Stop};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::{Answer, Person, Scrape, TestApp, TestDatabase};

/// Longer than anything here should take; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// An app that answers on a socket.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) stop: Stop,
    pub(crate) secrets: Secrets,
    pub(crate) token: String,
    pub(crate) database: TestDatabase,
    pub(crate) clerk: ClerkEmulator,
    pub(crate) clock: ManualClock,
    /// Where the metrics are read, if the settings say so.
    metrics: Option<SocketAddr>,
    running: JoinHandle<Ended>,
}

impl Served {
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on(Seed::demo(), settings).await
    }

    /// The same over a Clerk of the test's own.
    pub(crate) async fn start_on(seed: Seed, settings: &[(&str, &str)]) -> Self {
        Self::of(TestApp::start_on(seed, settings).await)
    }

    /// An app that was started already.
    pub(crate) fn of(app: TestApp) -> Self {
        let token = app.token(Person::Service);
        let TestApp {
            app,
            clerk,
            database,
            clock,
            ..
        } = app.need_not_finish();
        let (address, metrics, stop) = (app.address(), app.metrics_address(), Stop::new());
        let secrets = app.secrets().clone();
        let asked = stop.clone();
        let running = tokio::spawn(async move { app.run(&asked).await.unwrap() });
        Self {
            address,
            stop,
            secrets,
            token,
            database,
            clerk,
            clock,
            metrics,
            running,
        }
    }

    /// How it ended.
    pub(crate) async fn ended(self) -> (Ended, TestDatabase) {
        let ended = tokio::time::timeout(PATIENCE, self.running)
            .await
            .expect("the server does not end");
        (ended.unwrap(), self.database)
    }

    /// Sends one request as it is and reads the answer, on a connection of its own. The head must ask to close it.
    pub(crate) async fn exchange(&self, request: &[u8]) -> Answer {
        let mut connection = self.connect().await;
        connection.0.write_all(request).await.unwrap();
        Answer::parse(&connection.read_to_end().await)
    }

    /// Moves the server's time and Clerk's.
    pub(crate) fn advance(&self, span: Duration) {
        self.clock.advance(span);
        self.clerk.advance(span);
    }

    /// The metrics as they are now, as Prometheus asks for them, read over a connection of its own.
    pub(crate) async fn scrape(&self) -> Scrape {
        self.scrape_as(
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.2",
        )
        .await
    }

    /// The same, for a reader that accepts these formats.
    pub(crate) async fn scrape_as(&self, accept: &str) -> Scrape {
        let address = self.metrics.expect("the settings name no listener for metrics");
        let mut connection = Connection(TcpStream::connect(address).await.unwrap());
        connection
            .send(&format!(
                "GET /metrics HTTP/1.1\r\nhost: hemera\r\naccept: {accept}\r\nconnection: close\r\n\r\n"
            ))
            .await;
        let answer = Answer::parse(&connection.read_to_end().await);
        answer.assert_status(200);
        Scrape::of(answer)
    }

    /// The first scrape of which this is true. Something under way brings it about.
    pub(crate) async fn scrape_until(&self, is_met: impl Fn(&Scrape) -> bool) -> Scrape {
        let scraping = async {
            loop {
                let scrape = self.scrape().await;
                if is_met(&scrape) {
                    return scrape;
                }
            }
        };
        tokio::time::timeout(PATIENCE, scraping)
            .await
            .expect("the metrics do not become what is expected")
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection(TcpStream::connect(self.address).await.unwrap())
    }

    /// A connection from another address of this machine.
    pub(crate) async fn connect_from(&self, client: [u8; 4]) -> Connection {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((client, 0).into()).unwrap();
        Connection(socket.connect(self.address).await.unwrap())
    }

    /// The head of a write whose body has `length` bytes.
    pub(crate) fn head_of_write(&self, length: usize) -> String {
        format!(
            "PUT /api/service/participations/participation_1001/result HTTP/1.1\r\nhost: hemera\r\n\
             authorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n",
            self.token
        )
    }
}

/// A connection on which a test says every byte itself.
pub(crate) struct Connection(TcpStream);

impl Connection {
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Says bytes that need not be text.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Says that nothing more will come, and goes on listening.
    pub(crate) async fn end_sending(&mut self) {
        self.0.shutdown().await.unwrap();
    }

    /// What comes until the server closes the connection.
    pub(crate) async fn read_to_end(&mut self) -> String {
        String::from_utf8(self.read_bytes().await).unwrap()
    }

    /// The same, text or not.
    pub(crate) async fn read_bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut bytes));
        // A reset is an end too.
        let _ = read.await.expect("the server does not close the connection");
        bytes
    }

    /// What comes until `end` has come.
    pub(crate) async fn read_until(&mut self, end: &str) -> String {
        let mut text = String::new();
        let reading = async {
            while !text.contains(end) {
                let mut chunk = [0; 4096];
                let count = self.0.read(&mut chunk).await.unwrap();
                assert_ne!(count, 0, "the connection ended before {end:?}: {text:?}");
                text.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
            }
        };
        tokio::time::timeout(PATIENCE, reading)
            .await
            .expect("the rest does not come");
        text
    }
}
