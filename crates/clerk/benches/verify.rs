//! What it costs to refuse a token, before and by its signature, and to accept one.
//!
//! The measure is the CPU time of the thread, so that other work of the machine is not counted. The tokens are the
//! fuzzer's seeds: the corpus of bad tokens and a good one of each class.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use clerk::{KeySet, TokenPolicy, Verifier};
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, criterion_group, criterion_main};
use freshness::ManualClock;
use futures_util::FutureExt as _;
use nix::time::{ClockId, clock_gettime};

/// When the seeds were made, in seconds.
const NOW: u64 = 1_790_000_000;

/// The CPU time of this thread.
struct CpuTime;

impl CpuTime {
    fn now() -> Duration {
        clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
    }
}

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        Self::now()
    }

    fn end(&self, start: Duration) -> Duration {
        Self::now().saturating_sub(start)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        static WALL: WallTime = WallTime;
        WALL.formatter()
    }
}

#[expect(clippy::unwrap_used, reason = "a bench that cannot begin has nothing to say")]
fn seed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[expect(clippy::unwrap_used, reason = "a bench that cannot begin has nothing to say")]
fn verifier() -> Verifier {
    let keys = KeySet::fixed_pem(&seed("token-key.pem")).unwrap();
    let clock = ManualClock::at(UNIX_EPOCH + Duration::from_secs(NOW));
    Verifier::new(
        TokenPolicy::for_issuer("https://clerk.hemera-academy.com"),
        keys,
        Arc::new(clock),
    )
}

fn verify(criterion: &mut Criterion<CpuTime>) {
    let verifier = verifier();
    let cases = [
        ("refused/no token at all", "token/opaque"),
        ("refused/too long", "token/8193-bytes"),
        ("refused/alg none", "token/alg-none-signed-with-the-key"),
        ("refused/crit", "token/header-field-crit"),
        ("refused/deep header", "token/header-nested-deeply"),
        ("refused/signature", "token/another-key-under-the-same-kid"),
        ("refused/claims", "token/expired"),
        ("accepted/session", "token/good-session"),
        ("accepted/template", "token/good-template"),
    ];
    for (name, file) in cases {
        let token = seed(file);
        let is_good = verifier
            .verify(&token)
            .now_or_never()
            .is_some_and(|verified| verified.is_ok());
        assert_eq!(is_good, name.starts_with("accepted"), "{name}");
        criterion.bench_function(&format!("verify/{name}"), |bencher| {
            bencher.iter(|| black_box(verifier.verify(black_box(&token)).now_or_never()));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = verify
}
criterion_main!(benches);
