//! What a token from the cache costs: the price of every call to Hemera before anything is sent.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use aither_client::{SecretString, Token, TokenCache, TokenError, TokenFuture, TokenSource};
use criterion::{Criterion, criterion_group, criterion_main};
use freshness::{Clock, ManualClock, Policy, SystemClock};
use futures_util::FutureExt as _;

#[derive(Debug)]
struct Issuer;

impl TokenSource for Issuer {
    fn token(&self) -> TokenFuture<'_> {
        let jwt = SecretString::from("header.payload.signature".repeat(30));
        Box::pin(async move { Token::bearer(&jwt, Duration::from_hours(24)).map_err(TokenError::permanent) })
    }
}

#[expect(clippy::unwrap_used, reason = "a bench that cannot begin has nothing to say")]
fn token_cache(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let clocks: [(&str, Arc<dyn Clock>); 2] = [
        ("token_cache/hit", Arc::new(SystemClock)),
        (
            "token_cache/hit without reading the clocks",
            Arc::new(ManualClock::at(SystemClock.now().wall)),
        ),
    ];
    // Nothing that asks how old a token is can be quicker.
    criterion.bench_function("token_cache/reading the clocks alone", |bencher| {
        bencher.iter(|| black_box(SystemClock.now()));
    });
    for (name, clock) in clocks {
        let cache = TokenCache::new(Arc::new(Issuer), Policy::default(), clock);
        runtime.block_on(cache.warm()).unwrap();
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(cache.token().now_or_never()).is_some());
        });
    }
}

criterion_group!(benches, token_cache);
criterion_main!(benches);
