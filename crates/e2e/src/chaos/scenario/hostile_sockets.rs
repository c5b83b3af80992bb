//! Connections that do not do what HTTP expects: the server goes on answering Aither, and gives them nothing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::chaos::hostile::{self, Shape};
use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load};
use crate::chaos::outcome::Outcome;
use crate::chaos::promise::Promise;
use crate::chaos::query;
use crate::chaos::run::Run;
use crate::chaos::site::{Plan, Site};

/// Where slow connections come from, the bytes, and the crowd: each has a share of its own, and Aither another.
const SLOW_ONES: Ipv4Addr = Ipv4Addr::new(127, 6, 6, 6);
const BYTES: Ipv4Addr = Ipv4Addr::new(127, 6, 6, 7);
const CROWD: Ipv4Addr = Ipv4Addr::new(127, 6, 6, 8);
/// As the server has it by default.
const SHARE: usize = 128;
/// A connection that is answered within this time has been let in.
const LET_IN: Duration = Duration::from_secs(1);
/// How long an answer to hostile bytes is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST_CALL: Duration = Duration::from_secs(2);
/// Between two bytes of a slow connection.
const SLOW: Duration = Duration::from_millis(250);

pub(crate) async fn run(run: &Run<'_>, outcome: &mut Outcome) -> anyhow::Result<()> {
    let plan = Plan {
        // The bounds are walked through without waiting for half a minute.
        settings: vec![("HEMERA_HTTP__HEADER_TIMEOUT", "3s".to_owned())],
        ..Plan::default()
    };
    let site = Site::start(run.tools, plan).await?;
    let server = site.servers[0].address;
    let kind = Kind {
        callers: 2,
        pause: Duration::from_millis(20),
        writes: true,
    };
    let load = Load::start(&site.client()?, &site.participations, kind);
    let mut held = JoinSet::new();
    run.step("connections that idle, and are slow to ask, to send and to read");
    let each = run.pick(100, 20);
    for _ in 0..each {
        for slowness in [
            Slowness::HalfOpen,
            Slowness::Head,
            Slowness::Body,
            Slowness::Reader,
        ] {
            held.spawn(slow(server, slowness));
        }
    }
    run.pass(run.pick(Duration::from_secs(15), Duration::from_secs(4)))
        .await;
    run.step("bytes that are no requests, and requests in one another");
    let seen = ask_all(run, server).await?;
    held.abort_all();
    run.step("many connections at once");
    let open = crowd(run, server).await?;
    outcome.hold(
        Promise::AddressHasItsShare,
        (1..=SHARE).contains(&open),
        format!("{open} connections of one address were open together"),
    );
    let (tally, results) = load.stop().await?;
    outcome.count(&tally);
    outcome.hold(
        Promise::HostileSocketsDelayNoCall,
        tally.failures() == 0 && tally.longest() <= LONGEST_CALL,
        format!("{}; longest {} ms", tally.sentence(), tally.longest().as_millis()),
    );
    let admitted = query::admitted_without_caller(site.database.pool()).await?;
    seen.judge(&site, admitted, outcome);
    outcome.rows(&ledger::compare(&site, &[results]).await?);
    site.finish().await?;
    Ok(())
}

/// Sends every shape on a connection of its own.
async fn ask_all(run: &Run<'_>, server: SocketAddr) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    for round in 0..run.pick(5, 1) {
        let mut asked = JoinSet::new();
        for shape in hostile::shapes(round) {
            asked.spawn(async move {
                let statuses = answers_to(server, &shape).await;
                (shape, statuses)
            });
        }
        while let Some(answered) = asked.join_next().await {
            let (shape, statuses) = answered?;
            seen.add(&shape, &statuses);
        }
    }
    Ok(seen)
}

/// What hostile bytes were answered with.
#[derive(Debug, Default)]
struct Seen {
    shapes: usize,
    answers: usize,
    failures: Vec<String>,
    successes: Vec<String>,
}

impl Seen {
    fn add(&mut self, shape: &Shape, statuses: &[u16]) {
        self.shapes += 1;
        self.answers += statuses.len();
        for status in statuses {
            let text = format!("{}: {status}", shape.name);
            match status {
                500..=502 | 504.. => self.failures.push(text),
                200..=399 => self.successes.push(text),
                _ => {}
            }
        }
    }

    fn judge(&self, site: &Site, admitted: i64, outcome: &mut Outcome) {
        let lives = site.servers[0].listens();
        outcome.hold(
            Promise::NothingFailsInside,
            // Answers there must be, or nothing was tried.
            self.failures.is_empty() && lives && self.answers * 2 >= self.shapes,
            format!(
                "{} shapes, {} answers, {} with 500{}",
                self.shapes,
                self.answers,
                self.failures.len(),
                self.failures
                    .first()
                    .map(|first| format!("; {first}"))
                    .unwrap_or_default()
            ),
        );
        outcome.hold(
            Promise::NothingIsAdmitted,
            self.successes.is_empty() && admitted == 0,
            format!(
                "{} successes, {admitted} in the audit log{}",
                self.successes.len(),
                self.successes
                    .first()
                    .map(|first| format!("; {first}"))
                    .unwrap_or_default()
            ),
        );
    }
}

/// How a connection is slow.
#[derive(Clone, Copy, Debug)]
enum Slowness {
    /// It sends nothing.
    HalfOpen,
    /// A byte of the head now and then.
    Head,
    /// A byte of the body now and then.
    Body,
    /// It asks for much, and reads nothing.
    Reader,
}

async fn connect(server: SocketAddr, from: Ipv4Addr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // Where the loopback has one address only, it comes from that.
    let _ = socket.bind(SocketAddr::new(IpAddr::V4(from), 0));
    socket.connect(server).await
}

/// Goes on until the server ends the connection, and then again.
async fn slow(server: SocketAddr, slowness: Slowness) {
    loop {
        // A connection that is refused or ended is what is wanted; the next one follows.
        let _ = slow_once(server, slowness).await;
        tokio::time::sleep(SLOW).await;
    }
}

async fn slow_once(server: SocketAddr, slowness: Slowness) -> std::io::Result<()> {
    let mut stream = connect(server, SLOW_ONES).await?;
    let begin: &[u8] = match slowness {
        Slowness::HalfOpen | Slowness::Reader => b"",
        Slowness::Head => b"GET /api/service/courses HTTP/1.1\r\nhost: a\r\nx-slow: ",
        Slowness::Body => {
            b"PUT /api/service/participations/a/result HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\
              content-length: 60000\r\n\r\n{"
        }
    };
    stream.write_all(begin).await?;
    match slowness {
        Slowness::HalfOpen => {
            stream.read_u8().await?;
        }
        Slowness::Head | Slowness::Body => loop {
            stream.write_all(b"a").await?;
            tokio::time::sleep(SLOW).await;
        },
        Slowness::Reader => loop {
            stream
                .write_all(b"GET /docs/scalar.js HTTP/1.1\r\nhost: a\r\n\r\n")
                .await?;
            tokio::time::sleep(SLOW).await;
        },
    }
    Ok(())
}

/// Opens so many connections at once, and gives how many of them were open together.
async fn crowd(run: &Run<'_>, server: SocketAddr) -> anyhow::Result<usize> {
    let mut connections = JoinSet::new();
    for _ in 0..run.pick(1000, 300) {
        connections.spawn(async move {
            let mut stream = connect(server, CROWD).await.ok()?;
            // An answer tells one that was let in from one that still waits in a queue of the system.
            stream
                .write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
                .await
                .ok()?;
            let mut answer = [0; 1024];
            let read = tokio::time::timeout(LET_IN, stream.read(&mut answer)).await;
            matches!(read, Ok(Ok(1..))).then_some(stream)
        });
    }
    // All are held until the last one is there, and looked at once more: one that came late may have the place of one that
    // the server has ended meanwhile.
    let held = connections.join_all().await;
    Ok(held.iter().flatten().filter(|stream| is_open(stream)).count())
}

/// Whether the server has neither sent anything nor ended the connection.
fn is_open(stream: &TcpStream) -> bool {
    let read = stream.try_read(&mut [0]);
    read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Sends the bytes, and gives the statuses of all that comes back.
async fn answers_to(server: SocketAddr, shape: &Shape) -> Vec<u16> {
    let exchange = async {
        let mut received = Vec::new();
        let mut stream = connect(server, BYTES).await?;
        stream.write_all(&shape.bytes).await?;
        let _ = tokio::time::timeout(PATIENCE / 4, stream.read_to_end(&mut received)).await;
        Ok::<_, std::io::Error>(received)
    };
    let received = tokio::time::timeout(PATIENCE, exchange).await;
    hostile::statuses(&received.ok().and_then(Result::ok).unwrap_or_default())
}
