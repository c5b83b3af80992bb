//! What the door adds to a call: the same read by the client itself, through the door on TCP, and through its socket, in turn.
//!
//! Hemera is in memory and has a thread of its own, as it has a process of its own in production; the door has a runtime like that of
//! `aither serve`. The caller is a blocking one over one connection, so that what it takes itself is next to nothing.
#![expect(clippy::unwrap_used, reason = "a bench that cannot begin has nothing to say")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::Duration;

use aither_client::hemera_types::CourseId;
use aither_client::testing::{CourseSeed, InMemoryHemera};
use aither_client::{HemeraClient, SecretString};
use aither_door::{Door, LocalKey};
use freshness::{Clock as _, SystemClock};
use tokio::runtime::Builder;

const KEY: &str = "6f1d2c3b4a5968778695a4b3c2d1e0ff";
const COURSE: &str = "course_1";
const WARM_UP: usize = 500;
const ROUNDS: usize = 5_000;

/// What has been measured of one way.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn measure(&mut self, work: impl FnOnce()) {
        let begin = SystemClock.now().monotonic;
        work();
        self.0.push(SystemClock.now().monotonic.saturating_sub(begin));
    }

    /// The value below which `part` of a hundred lie.
    fn percentile(&mut self, part: usize) -> Duration {
        self.0.sort_unstable();
        self.0[self.0.len() * part / 100]
    }
}

/// Starts something on a runtime of its own, which runs until the process ends.
fn apart<T: Send + 'static, F: Future<Output = T>>(
    mut runtime: Builder,
    start: impl FnOnce() -> F + Send + 'static,
) -> T {
    let (started, value) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(async {
            started.send(start().await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    value.recv().unwrap()
}

async fn hemera() -> (InMemoryHemera, HemeraClient, HemeraClient) {
    let course = CourseSeed::new(CourseId::parse(COURSE).unwrap(), "Salary talks");
    let hemera = InMemoryHemera::builder()
        .with_course(course)
        .without_limits()
        .start()
        .await
        .unwrap();
    // Two clients, so that each has its connection where it is used.
    let [direct, behind] = [(); 2].map(|()| hemera.client_builder().build().unwrap());
    (hemera, direct, behind)
}

/// One request over a connection that stays open.
fn ask(connection: &mut (impl Read + Write), request: &[u8], buffer: &mut [u8]) {
    connection.write_all(request).unwrap();
    let mut filled = 0;
    loop {
        filled += connection.read(&mut buffer[filled..]).unwrap();
        let came = &buffer[..filled];
        if let Some(head) = came.windows(4).position(|window| window == b"\r\n\r\n") {
            let text = std::str::from_utf8(&came[..head]).unwrap();
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap();
            if filled >= head + 4 + length.parse::<usize>().unwrap() {
                return;
            }
        }
    }
}

fn main() {
    let (_hemera, direct, behind) = apart(Builder::new_current_thread(), hemera);
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let socket = folder.path().join("door.sock");
    let path = socket.clone();
    let mut two_threads = Builder::new_multi_thread();
    two_threads.worker_threads(2);
    let address = apart(two_threads, move || async move {
        let key = LocalKey::parse(&SecretString::from(KEY)).unwrap();
        let door = Door::builder(behind)
            .tcp("127.0.0.1:0".parse().unwrap(), key)
            .unix(path)
            .bind()
            .unwrap();
        let address = door.address().unwrap();
        tokio::spawn(door.serve(std::future::pending()));
        address
    });

    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let course = CourseId::parse(COURSE).unwrap();
    let mut tcp = TcpStream::connect(address).unwrap();
    tcp.set_nodelay(true).unwrap();
    let mut unix = UnixStream::connect(&socket).unwrap();
    let on_tcp =
        format!("GET /api/service/courses/{COURSE} HTTP/1.1\r\nhost: {address}\r\nx-api-key: {KEY}\r\n\r\n");
    let on_unix = format!("GET /api/service/courses/{COURSE} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let mut buffer = vec![0; 64 * 1024];

    let [mut by_client, mut by_tcp, mut by_unix] = [(); 3].map(|()| Times::default());
    for round in 0..WARM_UP + ROUNDS {
        if round == WARM_UP {
            for times in [&mut by_client, &mut by_tcp, &mut by_unix] {
                times.0.clear();
            }
        }
        by_client.measure(|| drop(runtime.block_on(direct.service_course(&course)).unwrap()));
        by_tcp.measure(|| ask(&mut tcp, on_tcp.as_bytes(), &mut buffer));
        by_unix.measure(|| ask(&mut unix, on_unix.as_bytes(), &mut buffer));
    }
    println!("{ROUNDS} reads of a course each, in turn           p50       p95      added at p50");
    let base = by_client.percentile(50);
    for (way, times) in [
        ("the client", &mut by_client),
        ("the door on TCP", &mut by_tcp),
        ("the door's socket", &mut by_unix),
    ] {
        let (half, most) = (times.percentile(50), times.percentile(95));
        let added = half.as_secs_f64().mul_add(1e6, -base.as_secs_f64() * 1e6);
        println!(
            "  {way:<40} {:>7.1} µs {:>7.1} µs {added:>+8.1} µs",
            half.as_secs_f64() * 1e6,
            most.as_secs_f64() * 1e6
        );
    }
}
