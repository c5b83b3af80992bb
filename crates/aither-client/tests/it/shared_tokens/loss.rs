//! A store that fails, or contains an unusable entry.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aither_client::{MemoryTokenStore, SealedEntry, StoreError, StoreFuture, TokenStore};

use super::{Fixture, KEY, LIFETIME, NAME, OTHER_KEY, token};
use crate::support::{Logs, NumberedTokens};

#[tokio::test]
async fn unreadable_entry_is_never_used_and_logged_once() {
    let (logs, _guard) = Logs::record();
    let fixture = Fixture::new(NumberedTokens::new());
    token(&fixture.process_with(
        fixture.store.clone(),
        KEY,
        "of another user",
        Arc::new(fixture.issuer.clone()),
    ))
    .await;
    let swapped = fixture.stored("of another user").await.unwrap().sealed;
    token(&fixture.process_with(
        fixture.store.clone(),
        OTHER_KEY,
        NAME,
        Arc::new(fixture.issuer.clone()),
    ))
    .await;
    let other_key = fixture.stored(NAME).await.unwrap().sealed;
    let asked = fixture.issuer.requests();
    for (mints, bad) in [swapped, other_key, b"garbage".to_vec(), Vec::new()]
        .iter()
        .enumerate()
    {
        fixture.store.write(NAME, bad, LIFETIME).await.unwrap();
        assert_eq!(token(&fixture.process()).await, LIFETIME);
        assert_eq!(
            fixture.issuer.requests() - asked,
            u32::try_from(mints).unwrap() + 1
        );
        assert_ne!(fixture.stored(NAME).await.unwrap().sealed, *bad);
    }
    // A process logs it once, although it reads again when it has the lock.
    assert_eq!(
        logs.text().matches("cannot be opened").count(),
        4,
        "{}",
        logs.text()
    );
}

/// A store that a test breaks and repairs.
#[derive(Debug)]
struct Fragile {
    store: Arc<MemoryTokenStore>,
    broken: AtomicBool,
    only_writes: AtomicBool,
}

impl Fragile {
    fn fails<T>(&self, is_write: bool) -> Option<Result<T, StoreError>> {
        let broken =
            self.broken.load(Ordering::Relaxed) && (is_write || !self.only_writes.load(Ordering::Relaxed));
        broken.then(|| Err(StoreError::new("out of order")))
    }
}

impl TokenStore for Fragile {
    fn read<'a>(&'a self, name: &'a str) -> StoreFuture<'a, Option<SealedEntry>> {
        match self.fails(false) {
            Some(failure) => Box::pin(async { failure }),
            None => self.store.read(name),
        }
    }

    fn write<'a>(&'a self, name: &'a str, sealed: &'a [u8], lifetime: Duration) -> StoreFuture<'a, ()> {
        match self.fails(true) {
            Some(failure) => Box::pin(async { failure }),
            None => self.store.write(name, sealed, lifetime),
        }
    }

    fn remove<'a>(&'a self, name: &'a str, sealed: &'a [u8]) -> StoreFuture<'a, ()> {
        self.store.remove(name, sealed)
    }

    fn claim<'a>(&'a self, name: &'a str, owner: &'a str, lifetime: Duration) -> StoreFuture<'a, bool> {
        self.store.claim(name, owner, lifetime)
    }

    fn release<'a>(&'a self, name: &'a str, owner: &'a str) -> StoreFuture<'a, ()> {
        self.store.release(name, owner)
    }
}

#[tokio::test]
async fn without_the_store_each_process_mints_until_the_store_is_back() {
    let (logs, _guard) = Logs::record();
    let fixture = Fixture::new(NumberedTokens::new());
    let fragile = Arc::new(Fragile {
        store: fixture.store.clone(),
        broken: AtomicBool::new(true),
        only_writes: AtomicBool::new(false),
    });
    let process = || fixture.process_with(fragile.clone(), KEY, NAME, Arc::new(fixture.issuer.clone()));
    let (one, two) = (process(), process());
    for round in 1..=3 {
        token(&one).await;
        token(&two).await;
        assert_eq!(fixture.issuer.requests(), 2 * round);
        fixture.clock.advance(LIFETIME);
    }
    let said = |what: &str| logs.text().matches(what).count();
    assert_eq!(said("this process mints for itself"), 2, "{}", logs.text());
    fragile.broken.store(false, Ordering::Relaxed);
    token(&one).await;
    token(&two).await;
    assert_eq!(fixture.issuer.requests(), 7);
    assert_eq!(said("INFO"), 2);
}

#[tokio::test]
async fn failed_write_causes_no_second_mint() {
    let fixture = Fixture::new(NumberedTokens::new());
    let fragile = Arc::new(Fragile {
        store: fixture.store.clone(),
        broken: AtomicBool::new(true),
        only_writes: AtomicBool::new(true),
    });
    let cache = fixture.process_with(fragile, KEY, NAME, Arc::new(fixture.issuer.clone()));
    assert_eq!(token(&cache).await, LIFETIME);
    assert_eq!(fixture.issuer.requests(), 1);
}
