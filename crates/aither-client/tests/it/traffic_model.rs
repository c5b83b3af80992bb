//! Gate, circuit and retry budget under random schedules, each compared with a model of its own.
//!
//! The schedules go through a real client and a real socket: what is compared is what the server receives and what callers
//! get. The test moves the clock and releases each response, so a schedule always runs in the same way. Each request is a
//! real one, therefore the number of schedules is small; the pure parts behind them have tests of their own.

mod circuit_model;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aither_client::{
    CircuitPolicy, CircuitState, Error, HemeraClient, HemeraClientBuilder, RetryBudget, StaticServiceKey,
};
use freshness::{Clock as _, ManualClock, RecordedSleep};
use parking_lot::Mutex;
use proptest::prelude::*;
use proptest::sample::Index;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use self::circuit_model::{CircuitModel, FIRST_PAUSE, LONGEST_PAUSE};
use crate::support::{EndlessSleep, Reply, Server, client_of, list, started_at};

const CASES: u32 = 24;

/// A call whose response is held back.
struct InFlight {
    task: JoinHandle<Result<(), Error>>,
    release: Arc<Notify>,
}

/// What became of a new call.
enum Arrival {
    /// It was sent, and its response is held back.
    Sent(InFlight),
    /// It waits at the gate, or ended without being sent.
    NotSent(JoinHandle<Result<(), Error>>),
}

/// A client without a pace of its own, and a server that holds back each response until it is released.
struct Traffic {
    _server: Server,
    client: HemeraClient,
    clock: ManualClock,
    releases: Arc<Mutex<Vec<Arc<Notify>>>>,
}

impl Traffic {
    async fn new(
        mut respond: impl FnMut(&ManualClock) -> Reply + Send + 'static,
        configure: impl FnOnce(HemeraClientBuilder) -> HemeraClientBuilder,
    ) -> Self {
        let clock = ManualClock::at(started_at());
        let releases = Arc::new(Mutex::new(Vec::new()));
        let (server_clock, held_back) = (clock.clone(), Arc::clone(&releases));
        let server = Server::by(move |_| {
            let release = Arc::new(Notify::new());
            held_back.lock().push(Arc::clone(&release));
            Reply::After(release, Box::new(respond(&server_clock)))
        })
        .await;
        let key = StaticServiceKey::parse("hk_live_1").unwrap();
        let builder = client_of(&server, key, &clock, &RecordedSleep::new())
            .with_sleep(EndlessSleep)
            .with_deadline(Duration::from_hours(1_000))
            .without_pace()
            .without_retry_budget()
            .without_response_cache()
            .with_max_attempts(1);
        let client = configure(builder).build().unwrap();
        client.tokens().warm().await.unwrap();
        Self {
            _server: server,
            client,
            clock,
            releases,
        }
    }

    /// Starts a call and waits until it is sent, waits at the gate, or has ended.
    async fn arrive(&self) -> Arrival {
        let before = self.releases.lock().len();
        let client = self.client.clone();
        let task = tokio::spawn(async move { list(&client).await.map(drop) });
        loop {
            tokio::task::yield_now().await;
            if let Some(release) = self.releases.lock().get(before) {
                let release = Arc::clone(release);
                return Arrival::Sent(InFlight { task, release });
            }
            if task.is_finished() || self.client.status().waiting > 0 {
                return Arrival::NotSent(task);
            }
        }
    }

    /// Starts a call. If it waits at the gate, it is cancelled.
    async fn send(&self) -> Option<InFlight> {
        match self.arrive().await {
            Arrival::Sent(in_flight) => Some(in_flight),
            Arrival::NotSent(task) => {
                cancel(task).await;
                None
            }
        }
    }

    fn now(&self) -> Duration {
        self.clock.now().monotonic
    }
}

impl InFlight {
    /// Releases the response and returns the result of the call.
    async fn finish(self) -> Result<(), Error> {
        self.release.notify_one();
        self.task.await.unwrap()
    }
}

async fn cancel(task: JoinHandle<Result<(), Error>>) {
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test)
}

/// The limiter of the server, written independently: GCRA in whole nanoseconds.
struct Limiter {
    interval: Duration,
    burst: u32,
    arrival: Duration,
}

impl Limiter {
    /// What remains after a request at `now`; `None` if it is refused.
    fn admit(&mut self, now: Duration) -> Option<u32> {
        let arrival = self.arrival.max(now) + self.interval;
        let room = self.interval * self.burst;
        let left = room.checked_sub(arrival.saturating_sub(now))?;
        self.arrival = arrival;
        u32::try_from(left.as_nanos() / self.interval.as_nanos()).ok()
    }
}

/// A success that announces the limiter.
fn announcing(limit: u32, burst: u32, remaining: u32) -> Reply {
    Reply::courses()
        .with_header("x-ratelimit-limit", limit.to_string())
        .with_header("x-ratelimit-remaining", remaining.to_string())
        .with_header("x-ratelimit-reset", "1773576000")
        .with_header(
            "ratelimit-policy",
            format!("\"minute\";q={limit};w=60, \"burst\";q={burst};w=1"),
        )
        .with_header("ratelimit", format!("\"burst\";r={remaining};t=1"))
}

/// Hundredths of an interval between two events: mostly none, so that bursts are used up.
fn advance() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0), 1 => 0_u32..300]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    /// Responses arrive late and in any order.
    #[test]
    fn client_that_follows_the_announced_limit_is_never_refused(
        limit in 12_u32..6_000,
        burst in 1_u32..40,
        events in prop::collection::vec((advance(), 0_u8..3, any::<Index>()), 1..120),
    ) {
        run(async {
            let interval = Duration::from_mins(1) / limit;
            let mut limiter = Limiter { interval, burst, arrival: Duration::ZERO };
            let respond = move |clock: &ManualClock| match limiter.admit(clock.now().monotonic) {
                Some(remaining) => announcing(limit, burst, remaining),
                None => Reply::rate_limited("1"),
            };
            let traffic = Traffic::new(respond, HemeraClientBuilder::without_circuit).await;
            // The first response announces the limit.
            traffic.send().await.unwrap().finish().await.unwrap();
            let mut in_flight = Vec::new();
            for (hundredths, event, which) in events {
                traffic.clock.advance(interval * hundredths / 100);
                if event == 0 && !in_flight.is_empty() {
                    let answered: InFlight = in_flight.swap_remove(which.index(in_flight.len()));
                    answered.finish().await.unwrap();
                } else {
                    in_flight.extend(traffic.send().await);
                }
            }
            for answered in in_flight {
                answered.finish().await.unwrap();
            }
            // Nor does the client stop sending: it uses what has become available.
            traffic.clock.advance(interval * (burst + 3));
            assert!(traffic.send().await.is_some());
        });
    }

    /// Callers arrive, are cancelled, and get their responses in any order.
    #[test]
    fn open_circuit_sends_one_probe_at_a_time(
        failures in 1_u32..6,
        events in prop::collection::vec((0_u64..3_000, 0_u8..8, any::<bool>(), any::<Index>()), 1..120),
    ) {
        run(async {
            let fails = Arc::new(Mutex::new(false));
            let next = Arc::clone(&fails);
            let respond = move |_: &ManualClock| if *next.lock() { Reply::unavailable() } else { Reply::courses() };
            let policy = CircuitPolicy::new(NonZeroU32::new(failures).unwrap(), FIRST_PAUSE, LONGEST_PAUSE)
                .with_longest_wait(Duration::ZERO);
            let traffic = Traffic::new(respond, |builder| builder.with_circuit(policy)).await;
            let mut model = CircuitModel::new(failures);
            let mut in_flight = Vec::new();
            for (millis, event, is_failure, which) in events {
                traffic.clock.advance(Duration::from_millis(millis));
                if event < 4 || in_flight.is_empty() {
                    *fails.lock() = is_failure;
                    let expected = model.arrive(traffic.now());
                    match traffic.arrive().await {
                        Arrival::Sent(sent) => in_flight.push((sent, expected.expect("a call that is sent"), is_failure)),
                        Arrival::NotSent(task) => {
                            let error = task.await.unwrap().unwrap_err();
                            assert!(error.is_circuit_open() && error.attempts() == 0, "{error}");
                            assert!(expected.is_none(), "a call was not sent");
                        }
                    }
                } else {
                    let (call, begun, is_failure) = in_flight.swap_remove(which.index(in_flight.len()));
                    let outcome = if event == 4 {
                        cancel(call.task).await;
                        None
                    } else {
                        Some(call.finish().await.is_ok())
                    };
                    assert!(outcome.is_none_or(|succeeded| succeeded != is_failure));
                    model.end(begun, outcome, traffic.now());
                }
                model.check(traffic.client.status().circuit, traffic.now());
            }
            for (call, _, _) in in_flight {
                drop(call.finish().await);
            }
            // A success closes it for all callers.
            *fails.lock() = false;
            traffic.clock.advance(LONGEST_PAUSE);
            traffic.send().await.unwrap().finish().await.unwrap();
            assert_eq!(traffic.client.status().circuit, CircuitState::Closed);
        });
    }

    /// In any period: the reserve, as many again for each minute, and the share of the calls.
    #[test]
    fn retries_stay_within_their_budget(
        percent in 0_u32..100,
        reserve in 1_u32..30,
        events in prop::collection::vec((0_u64..4_000, 0_u8..4), 1..120),
    ) {
        run(async {
            let fails = Arc::new(Mutex::new(false));
            let next = Arc::clone(&fails);
            let server = Server::by(move |_| if *next.lock() { Reply::unavailable() } else { Reply::courses() }).await;
            let clock = ManualClock::at(started_at());
            let key = StaticServiceKey::parse("hk_live_1").unwrap();
            let client = client_of(&server, key, &clock, &RecordedSleep::new())
                .without_pace()
                .without_circuit()
                .with_max_attempts(2)
                .with_retry_budget(RetryBudget::new(percent, NonZeroU32::new(reserve).unwrap()))
                .build()
                .unwrap();
            let (mut now, mut retries) = (0, Vec::new());
            for (call, (millis, event)) in (1_u64..).zip(events) {
                now += millis;
                clock.advance(Duration::from_millis(millis));
                *fails.lock() = event > 0;
                match list(&client).await {
                    Err(error) if error.attempts() == 2 => retries.push((now, call)),
                    Err(error) => assert!(error.is_out_of_retries(), "{error}"),
                    Ok(_) => {}
                }
            }
            for (index, (from, first_call)) in retries.iter().enumerate() {
                for (count, (to, last_call)) in (1_u64..).zip(&retries[index..]) {
                    // In hundredths of a retry.
                    let by_time = u64::from(reserve) * 100 * (to - from) / 60_000 + 1;
                    let by_calls = u64::from(percent) * (last_call - first_call);
                    assert!(count * 100 <= u64::from(reserve) * 100 + by_time + by_calls);
                }
            }
        });
    }
}
