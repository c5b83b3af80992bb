//! A client that goes by what the answers say is never refused: counted at the real router with its real limiter, on
//! one clock for both.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, ParticipationId, ResultItem, ResultUpdate, ResultUpdates};
use aither_client::{HemeraClient, HemeraClientBuilder, StaticServiceKey};
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use freshness::Clock as _;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use crate::support::{TestApp, Timeline};

/// What the server answered, by status.
type Answered = Arc<Mutex<BTreeMap<u16, usize>>>;

/// A server on a socket, and the time that it shares with its clients.
struct Counted {
    app: TestApp,
    timeline: Timeline,
    address: SocketAddr,
    answered: Answered,
    _serving: AbortOnDropHandle<()>,
}

impl Counted {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let app = TestApp::start_with(settings).await;
        let answered = Answered::default();
        let counter = Arc::clone(&answered);
        let count = move |request: Request, next: Next| {
            let counter = Arc::clone(&counter);
            async move {
                let response: Response = next.run(request).await;
                *counter.lock().entry(response.status().as_u16()).or_default() += 1;
                response
            }
        };
        let router = app.app.router().layer(middleware::from_fn(count));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        Self {
            timeline: Timeline::of(&app.clock),
            app,
            address,
            answered,
            _serving: AbortOnDropHandle::new(serving),
        }
    }

    /// A client of its own, as another process would be: all have the same subject.
    fn client(&self, change: impl FnOnce(HemeraClientBuilder) -> HemeraClientBuilder) -> HemeraClient {
        let source = StaticServiceKey::parse(TestApp::SERVICE_KEY.to_owned()).unwrap();
        let base_url = format!("http://{}", self.address).parse().unwrap();
        let builder = HemeraClient::builder(base_url, source)
            .with_clock(self.app.clock.clone())
            .with_sleep(self.timeline.clone());
        change(builder).build().unwrap()
    }

    /// `callers` of each client, each on a clone of its own, make `calls` calls in all, as fast as they are let. Returns
    /// how long that took on the clock.
    async fn calls(&self, clients: &[&HemeraClient], callers: usize, calls: usize) -> Duration {
        self.mixed_calls(clients, callers, calls, 0).await
    }

    /// The same where every other call writes so many results, unless that is none.
    async fn mixed_calls(
        &self,
        clients: &[&HemeraClient],
        callers: usize,
        calls: usize,
        results: usize,
    ) -> Duration {
        let began = self.app.clock.now().monotonic;
        let left = Arc::new(Mutex::new(calls));
        let mut running = JoinSet::new();
        for client in clients {
            for _ in 0..callers {
                let (client, left) = ((*client).clone(), Arc::clone(&left));
                running.spawn(async move {
                    while let Some(number) = take_one(&left) {
                        if results > 0 && number % 2 == 0 {
                            let updates = updates(results);
                            let written = client.update_service_participation_results(&updates);
                            written.await.unwrap();
                        } else {
                            client.service_courses(&CourseQuery::default()).await.unwrap();
                        }
                    }
                });
            }
        }
        let is_quiet = || clients.iter().all(|client| client.status().in_flight == 0);
        self.timeline.pass_until_done(&mut running, is_quiet).await;
        self.app.clock.now().monotonic.saturating_sub(began)
    }

    /// How many requests were answered with what they asked for, and how many with a 429.
    fn admitted_and_refused(&self) -> (usize, usize) {
        let answered = self.answered.lock();
        let with = |status| answered.get(&status).copied().unwrap_or_default();
        (with(200) + with(304), with(429))
    }
}

/// One of those that are left: its number from the end.
fn take_one(left: &Mutex<usize>) -> Option<usize> {
    let mut left = left.lock();
    let number = *left;
    *left = number.checked_sub(1)?;
    Some(number)
}

/// Updates of participations that are not there: the limit counts them all the same.
fn updates(count: usize) -> ResultUpdates {
    let items = (0..count).map(|number| {
        let id = ParticipationId::parse(format!("none_{number}")).unwrap();
        ResultItem::new(id, ResultUpdate::default().complete())
    });
    ResultUpdates::new(items.collect()).unwrap()
}

/// A thousand calls at 96 a minute take ten minutes and a little.
const THOUSAND_PACED: Duration = Duration::from_secs(626);

#[tokio::test]
async fn a_thousand_calls_of_concurrent_clones_are_never_refused() {
    let server = Counted::start(&[]).await;
    let client = server.client(|builder| builder);
    let took = server.calls(&[&client], 24, 1_000).await;
    assert_eq!(server.admitted_and_refused(), (1_000, 0));
    assert!(took <= THOUSAND_PACED, "{took:?}");
    server.app.finish().await;
}

/// Calls that count as two requests, among others: the client counts them as the server does, by its own pace and by what the
/// answers announce.
#[tokio::test]
async fn calls_that_count_as_two_are_never_refused_either() {
    for without_pace in [false, true] {
        let server = Counted::start(&[]).await;
        let client = server.client(|builder| {
            let builder = builder.with_deadline(Duration::from_mins(10));
            if without_pace {
                builder.without_pace()
            } else {
                builder
            }
        });
        server.calls(&[&client], 1, 1).await;
        let took = server.mixed_calls(&[&client], 12, 99, 51).await;
        assert_eq!(server.admitted_and_refused(), (100, 0), "{without_pace}");
        // 148 requests by the server's count.
        assert!(took > Duration::from_mins(1), "{took:?}");
        server.app.finish().await;
    }
}

#[tokio::test]
async fn with_no_pace_of_its_own_the_announcements_are_enough() {
    let server = Counted::start(&[]).await;
    let client = server.client(HemeraClientBuilder::without_pace);
    // The first answer tells.
    server.calls(&[&client], 1, 1).await;
    let took = server.calls(&[&client], 24, 499).await;
    assert_eq!(server.admitted_and_refused(), (500, 0));
    assert!(took <= THOUSAND_PACED / 2, "{took:?}");
    server.app.finish().await;
}

#[tokio::test]
async fn a_server_that_admits_less_than_the_own_pace_is_obeyed_too() {
    let quotas = [
        ("30", "5", "60s"),
        ("7", "3", "60s"),
        ("200", "2", "2m"),
        ("20", "1", "6s"),
    ];
    for (rate, burst, window) in quotas {
        let settings = [
            ("HEMERA_LIMITS__API_CLIENT_RATE", rate),
            ("HEMERA_LIMITS__API_CLIENT_BURST", burst),
            ("HEMERA_LIMITS__WINDOW", window),
        ];
        let server = Counted::start(&settings).await;
        let client = server.client(|builder| builder.with_deadline(Duration::from_mins(10)));
        server.calls(&[&client], 1, 1).await;
        server.calls(&[&client], 8, 59).await;
        assert_eq!(
            server.admitted_and_refused(),
            (60, 0),
            "{rate} in {window}, {burst} at once"
        );
        server.app.finish().await;
    }
}

/// Two processes know of each other only by what the answers say.
#[tokio::test]
async fn two_clients_of_one_subject_share_its_limit_with_hardly_a_refusal() {
    let server = Counted::start(&[]).await;
    let (one, other) = (server.client(|builder| builder), server.client(|builder| builder));
    server.calls(&[&one, &other], 12, 500).await;
    let (admitted, refused) = server.admitted_and_refused();
    assert_eq!(admitted, 500);
    assert!(refused <= 25, "{refused} besides 500");
    server.app.finish().await;
}
