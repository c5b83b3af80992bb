//! The circuit: while a server keeps failing nothing is sent, except one probe from time to time.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aither_client::{CircuitPolicy, CircuitState, HemeraClient};
use tokio::sync::Notify;

use crate::support::{Bench, Logs, Reply, Server, failure, list};

/// A client whose calls make one attempt each and do not wait for the circuit.
fn single(server: Server) -> Bench {
    let policy = CircuitPolicy::default().with_longest_wait(Duration::ZERO);
    Bench::configured(server, |builder| {
        builder.with_max_attempts(1).with_circuit(policy)
    })
}

/// A client whose calls make one attempt each and wait for the circuit as long as they do by default.
fn waiting(server: Server) -> Bench {
    Bench::configured(server, |builder| builder.with_max_attempts(1))
}

/// Makes five calls that fail, which opens the circuit.
async fn open(bench: &Bench) {
    for _ in 0..5 {
        let error = bench.list().await.unwrap_err();
        assert!(error.attempts() == 1 && !error.is_circuit_open());
    }
}

#[tokio::test]
async fn after_five_failures_in_a_row_calls_of_all_clones_end_immediately() {
    for failing in [
        Reply::unavailable(),
        Reply::json(500, failure("INTERNAL_ERROR", "a fault")),
        Reply::Cut,
    ] {
        let bench = single(Server::always(failing).await);
        open(&bench).await;
        let error = bench.list().await.unwrap_err();
        assert!(error.is_circuit_open() && error.is_unavailable() && error.is_transient());
        assert_eq!(
            (error.attempts(), error.retry_after()),
            (0, Some(Duration::from_secs(1)))
        );
        assert_eq!(bench.server.received().len(), 5);
        let line = error.to_string();
        assert!(
            line.contains("Hemera keeps failing") && line.contains("ask again in 1.0 s"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn responses_with_4xx_do_not_open_the_circuit() {
    for status in [401, 403, 404, 412, 429] {
        let bench = single(Server::always(Reply::json(status, "{}")).await);
        for _ in 0..12 {
            let error = bench.list().await.unwrap_err();
            assert!(!error.is_circuit_open());
        }
    }
}

#[tokio::test]
async fn many_callers_send_one_probe() {
    let (is_back, release) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let (back, signal) = (Arc::clone(&is_back), Arc::clone(&release));
    let server = Server::by(move |_| {
        if back.load(Ordering::SeqCst) {
            Reply::After(Arc::clone(&signal), Box::new(Reply::courses()))
        } else {
            Reply::unavailable()
        }
    });
    let bench = single(server.await);
    open(&bench).await;
    is_back.store(true, Ordering::SeqCst);
    bench.clock.advance(Duration::from_secs(1));

    let calls: Vec<_> = (0..50)
        .map(|_| {
            let client = bench.client.clone();
            tokio::spawn(async move { list(&client).await })
        })
        .collect();
    while bench.server.received().len() < 6 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.client.status().circuit, CircuitState::Probing);
    while calls.iter().filter(|call| call.is_finished()).count() < 49 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        bench.server.received().len(),
        6,
        "no more than the probe was sent"
    );
    release.notify_one();
    let (mut answered, mut refused) = (0, 0);
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => answered += 1,
            Err(error) => {
                assert!(error.is_circuit_open() && error.attempts() == 0, "{error}");
                refused += 1;
            }
        }
    }
    assert_eq!((answered, refused), (1, 49));
    assert_eq!(bench.client.status().circuit, CircuitState::Closed);
    release.notify_one();
    bench.list().await.unwrap();
}

#[tokio::test]
async fn attempts_in_flight_together_that_fail_count_as_one_failure() {
    let releases = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let held_back = Arc::clone(&releases);
    let server = Server::by(move |_| {
        let release = Arc::new(Notify::new());
        held_back.lock().push(Arc::clone(&release));
        Reply::After(release, Box::new(Reply::unavailable()))
    });
    let bench = Bench::configured(server.await, |builder| {
        builder.with_max_attempts(1).without_pace()
    });
    for event in 1..=5 {
        assert_eq!(bench.client.status().circuit, CircuitState::Closed);
        let calls: Vec<_> = (0..5)
            .map(|_| {
                let client = bench.client.clone();
                tokio::spawn(async move { list(&client).await })
            })
            .collect();
        while releases.lock().len() < 5 {
            tokio::task::yield_now().await;
        }
        for release in releases.lock().drain(..) {
            release.notify_one();
        }
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap_err().attempts(), 1, "event {event}");
        }
    }
    assert!(matches!(bench.client.status().circuit, CircuitState::Open { .. }));
}

#[tokio::test]
async fn new_call_waits_for_the_pause_and_makes_the_probe() {
    let failures = std::iter::repeat_n(Reply::unavailable(), 5);
    let bench = waiting(Server::script(failures.chain([Reply::courses()])).await);
    open(&bench).await;
    bench.list().await.unwrap();
    assert_eq!(bench.slept(), Duration::from_secs(1));
    assert_eq!(bench.server.received().len(), 6);
}

#[tokio::test]
async fn new_calls_wait_for_the_outcome_of_the_probe_and_go_on() {
    let release = Arc::new(Notify::new());
    let (signal, mut requests) = (Arc::clone(&release), 0);
    let server = Server::by(move |_| {
        requests += 1;
        match requests {
            ..=5 => Reply::unavailable(),
            6 => Reply::After(Arc::clone(&signal), Box::new(Reply::courses())),
            _ => Reply::courses(),
        }
    });
    let bench = Bench::configured(server.await, |builder| {
        builder
            .with_max_attempts(1)
            .with_sleep(crate::support::EndlessSleep)
    });
    open(&bench).await;
    bench.clock.advance(Duration::from_secs(1));
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let client = bench.client.clone();
            tokio::spawn(async move { list(&client).await })
        })
        .collect();
    while bench.server.received().len() < 6 {
        tokio::task::yield_now().await;
    }
    assert!(calls.iter().all(|call| !call.is_finished()));
    release.notify_one();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(bench.server.received().len(), 13);
}

#[tokio::test]
async fn new_call_waits_two_seconds_for_the_probe_and_not_past_its_deadline() {
    for (deadline, longest) in [(30_000, 2_000), (1_500, 1_500)] {
        let mut requests = 0;
        let server = Server::by(move |_| {
            requests += 1;
            if requests <= 5 {
                Reply::unavailable()
            } else {
                Reply::Silence
            }
        });
        let bench = Bench::configured(server.await, |builder| {
            builder
                .with_max_attempts(1)
                .with_deadline(Duration::from_millis(deadline))
        });
        open(&bench).await;
        bench.clock.advance(Duration::from_secs(1));
        let client = bench.client.clone();
        let probe = tokio::spawn(async move { list(&client).await });
        while bench.server.received().len() < 6 {
            tokio::task::yield_now().await;
        }
        let error = bench.list().await.unwrap_err();
        assert!(error.is_circuit_open() && error.attempts() == 0, "{error}");
        assert_eq!(bench.slept(), Duration::from_millis(longest));
        probe.abort();
    }
}

#[tokio::test]
async fn new_call_does_not_wait_for_a_probe_that_comes_too_late() {
    let too_long = Duration::from_millis(2_001);
    for (pause, deadline) in [(too_long, 30_000), (Duration::from_secs(1), 900)] {
        let policy = CircuitPolicy::new(NonZeroU32::new(5).unwrap(), pause, pause);
        let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
            builder
                .with_max_attempts(1)
                .with_circuit(policy)
                .with_deadline(Duration::from_millis(deadline))
        });
        open(&bench).await;
        let error = bench.list().await.unwrap_err();
        assert!(
            error.is_circuit_open() && error.retry_after() == Some(pause),
            "{error}"
        );
        assert_eq!(bench.slept(), Duration::ZERO);
    }
}

#[tokio::test]
async fn pause_doubles_with_every_failed_probe_up_to_its_limit() {
    let policy = CircuitPolicy::new(
        NonZeroU32::new(5).unwrap(),
        Duration::from_secs(1),
        Duration::from_secs(5),
    )
    .with_longest_wait(Duration::ZERO);
    let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
        builder.with_max_attempts(1).with_circuit(policy)
    });
    open(&bench).await;
    for (pause, sent) in [(1, 6), (2, 7), (4, 8), (5, 9), (5, 10)] {
        let pause = Duration::from_secs(pause);
        assert_eq!(
            bench.client.status().circuit,
            CircuitState::Open { probe_in: pause }
        );
        let almost = pause.saturating_sub(Duration::from_millis(1));
        bench.clock.advance(almost);
        assert!(bench.list().await.unwrap_err().is_circuit_open());
        bench.clock.advance(Duration::from_millis(1));
        assert_eq!(bench.list().await.unwrap_err().attempts(), 1);
        assert_eq!(bench.server.received().len(), sent);
    }
}

#[tokio::test]
async fn call_in_progress_waits_for_the_probe_or_makes_it() {
    let pause = Duration::from_secs(2);
    let policy = CircuitPolicy::new(NonZeroU32::MIN, pause, pause);
    let bench = Bench::configured(
        Server::script([Reply::unavailable(), Reply::courses()]).await,
        |builder| builder.with_circuit(policy),
    );
    bench.list().await.unwrap();
    assert_eq!(bench.server.received().len(), 2);
    assert_eq!(bench.slept(), pause);
}

#[tokio::test]
async fn call_in_progress_that_cannot_wait_ends_with_its_own_error() {
    let policy = CircuitPolicy::new(NonZeroU32::MIN, Duration::from_mins(1), Duration::from_mins(1));
    let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
        builder.with_circuit(policy)
    });
    let error = bench.list().await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert!(!error.is_circuit_open() && error.attempts() == 1);
    assert!(error.retry_after().unwrap() > Duration::from_secs(59));
}

#[tokio::test]
async fn cancelled_probe_is_followed_by_another() {
    let mut requests = 0;
    let server = Server::by(move |_| {
        requests += 1;
        match requests {
            ..=5 => Reply::unavailable(),
            6 => Reply::Silence,
            _ => Reply::courses(),
        }
    });
    let bench = single(server.await);
    open(&bench).await;
    bench.clock.advance(Duration::from_secs(1));
    let client = bench.client.clone();
    let probe = tokio::spawn(async move { list(&client).await });
    while bench.server.received().len() < 6 {
        tokio::task::yield_now().await;
    }
    assert!(bench.list().await.unwrap_err().is_circuit_open());
    probe.abort();
    assert!(probe.await.unwrap_err().is_cancelled());
    bench.list().await.unwrap();
}

/// A caller at the gate does not wait for its slot when the circuit opens.
#[tokio::test]
async fn opening_circuit_ends_the_wait_at_the_gate() {
    let (arrived, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (arrival, signal) = (Arc::clone(&arrived), Arc::clone(&release));
    let server = Server::by(move |_| {
        arrival.notify_one();
        Reply::After(Arc::clone(&signal), Box::new(Reply::unavailable()))
    });
    let policy = CircuitPolicy::new(NonZeroU32::MIN, Duration::from_secs(1), Duration::from_secs(1))
        .with_longest_wait(Duration::ZERO);
    let bench = Bench::configured(server.await, |builder| {
        let pace = aither_client::Pace::new(NonZeroU32::new(6).unwrap(), NonZeroU32::MIN);
        builder
            .with_max_attempts(1)
            .with_circuit(policy)
            .with_pace(pace)
            .with_sleep(crate::support::EndlessSleep)
    });
    let call = |client: HemeraClient| tokio::spawn(async move { list(&client).await });
    let first = call(bench.client.clone());
    arrived.notified().await;
    let second = call(bench.client.clone());
    while bench.client.status().waiting == 0 {
        tokio::task::yield_now().await;
    }
    release.notify_one();
    assert_eq!(first.await.unwrap().unwrap_err().attempts(), 1);
    assert!(second.await.unwrap().unwrap_err().is_circuit_open());
    assert_eq!(bench.client.status().waiting, 0);
}

#[tokio::test]
async fn opening_and_closing_are_logged_once() {
    let (logs, _recording) = Logs::record();
    let failures = std::iter::repeat_n(Reply::unavailable(), 5);
    let bench = single(Server::script(failures.chain([Reply::courses(), Reply::courses()])).await);
    open(&bench).await;
    for _ in 0..3 {
        bench.list().await.unwrap_err();
    }
    bench.clock.advance(Duration::from_secs(1));
    for _ in 0..2 {
        bench.list().await.unwrap();
    }
    let text = logs.text();
    for (level, line) in [
        (" WARN ", "Hemera keeps failing"),
        (" INFO ", "Hemera answers again"),
    ] {
        let said: Vec<_> = text.lines().filter(|said| said.contains(line)).collect();
        assert!(
            matches!(said[..], [once] if once.contains(level)),
            "{line}: {text}"
        );
    }
}

#[tokio::test]
async fn circuit_can_be_turned_off() {
    let bench = Bench::configured(Server::always(Reply::unavailable()).await, |builder| {
        builder.with_max_attempts(1).without_circuit().without_pace()
    });
    for _ in 0..30 {
        assert_eq!(bench.list().await.unwrap_err().attempts(), 1);
    }
}
