//! What the tests share: a service over a Hemera in memory, and an academy in it.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, SystemTime};

use aither_client::HemeraClient;
use aither_client::freshness::{ManualClock, RecordedSleep, Sleep};
use aither_client::hemera_types::{CourseId, Material, ParticipationId, Timestamp, Topic};
use aither_client::testing::{CourseSeed, InMemoryHemera, InMemoryHemeraBuilder, ParticipationSeed};
use aither_example::{Aither, LocalKey, Settings, serve};
use clap::Parser as _;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// The key of the service.
pub(crate) const KEY: &str = "a-key-that-is-hard-to-guess";
/// 1 March 2026, 09:00 UTC: before the coming courses.
const NOW: Duration = Duration::from_hours(492_321);
/// For what must happen; a test that waits longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running service.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) hemera: InMemoryHemera,
    pub(crate) directory: TempDir,
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

/// Slow answers and waits that last until a test opens the gate.
#[derive(Clone, Debug)]
pub(crate) struct Gate(watch::Sender<bool>);

impl Gate {
    pub(crate) fn closed() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn open(&self) {
        self.0.send_replace(true);
    }
}

impl Sleep for Gate {
    fn sleep(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut state = self.0.subscribe();
        Box::pin(async move {
            let _ = state.wait_for(|is_open| *is_open).await;
        })
    }
}

/// The time of all tests.
pub(crate) fn clock() -> ManualClock {
    ManualClock::at(SystemTime::UNIX_EPOCH + NOW)
}

pub(crate) fn course_id(text: &str) -> CourseId {
    CourseId::parse(text).unwrap()
}

/// Two courses that overlap, one after them, and one that is over. The next one has a material in two topics.
pub(crate) fn academy() -> InMemoryHemeraBuilder {
    let time = |text: &str| Timestamp::parse(text).unwrap();
    let course = |id: &str, from: &str, to: &str| {
        CourseSeed::new(course_id(id), format!("Title of {id}"))
            .starting(time(from))
            .ending(time(to))
    };
    let topic = |id: &str, materials: Vec<Material>| Topic {
        topic_id: id.parse().unwrap(),
        topic_title: format!("Title of {id}"),
        materials,
    };
    let material = |id: &str, sort_order: i32| Material {
        material_id: id.parse().unwrap(),
        identifier: id.to_owned(),
        title: format!("Title of {id}"),
        sort_order,
        html_content: Some("<p>Text</p>".to_owned()),
    };
    let next = course("course_next", "2026-03-15T08:00:00Z", "2026-03-18T16:00:00Z").with_materials([
        topic(
            "topic_1",
            vec![material("material_a", 0), material("material_b", 1)],
        ),
        topic("topic_2", vec![material("material_a", 5)]),
    ]);
    let participant = ParticipationSeed::new(
        ParticipationId::parse("part_anna").unwrap(),
        course_id("course_next"),
    )
    .with_name("Anna Becker")
    .with_preparation_intent("Lead a second team");
    InMemoryHemera::builder()
        .with_courses([
            course("course_over", "2025-09-01T08:00:00Z", "2025-09-05T16:00:00Z"),
            next,
            course("course_later", "2026-03-18T08:00:00Z", "2026-03-20T16:00:00Z"),
        ])
        .with_participation(participant)
        .without_limits()
}

/// A service over the academy. What waits for time moves its clock instead.
pub(crate) async fn service() -> Service {
    let clock = clock();
    let academy = academy().with_sleep(RecordedSleep::advancing(clock.clone()));
    let hemera = academy.with_clock(clock).start().await.unwrap();
    let client = hemera.client();
    service_of(hemera, client)
}

/// A service over the academy, whose slow answers wait for the gate.
pub(crate) async fn service_behind(gate: &Gate) -> Service {
    let hemera = academy()
        .with_clock(clock())
        .with_sleep(gate.clone())
        .start()
        .await
        .unwrap();
    let client = hemera.client();
    service_of(hemera, client)
}

/// A service that calls this Hemera through this client.
pub(crate) fn service_of(hemera: InMemoryHemera, client: HemeraClient) -> Service {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("data");
    let settings = Settings::parse_from(["aither-example", "--directory", target.to_str().unwrap()]);
    let key = LocalKey::new(KEY.to_owned()).unwrap();
    let aither = Aither::with_clock(client, key, &settings, clock());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        serve(listener, &aither, stopped, Duration::ZERO).await
    });
    Service {
        hemera,
        directory,
        address,
        http: http(),
        stop,
        served,
    }
}

/// Waits until Hemera has been asked for the course `course_next` by itself.
pub(crate) async fn until_course_is_read(hemera: &InMemoryHemera) {
    let is_read = || {
        let requests = hemera.requests();
        requests
            .iter()
            .any(|request| request.id.as_deref() == Some("course_next"))
    };
    let read = async {
        while !is_read() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
}

/// A caller of the service.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

impl Service {
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path).header("x-api-key", KEY)).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        answer(self.request(Method::POST, path).header("x-api-key", KEY)).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header("x-api-key", KEY);
        answer(request.json(body)).await
    }

    /// The status of the sync, once none runs.
    pub(crate) async fn sync_ended(&self) -> Value {
        let ended = async {
            loop {
                let status = self.get("/api/sync").await.json();
                if status["running"].is_null() {
                    return status["last"].clone();
                }
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.unwrap()
    }

    /// Stops it, with no time to drain; returns the Hemera and the directory.
    pub(crate) async fn stop(self) -> (InMemoryHemera, TempDir) {
        self.stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, self.served)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        (self.hemera, self.directory)
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The error of a response that must have this status and code.
    #[track_caller]
    pub(crate) fn error(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let error = self.json()["error"].clone();
        assert_eq!(error["code"], code, "{}", self.text);
        error
    }
}
