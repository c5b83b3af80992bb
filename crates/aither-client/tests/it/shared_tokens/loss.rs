//! A store that is lost, or has something in it that is of no use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aither_client::{MemoryTokenStore, SealedEntry, StoreError, StoreFuture, TokenStore};

use super::{KEY, LIFETIME, NAME, OTHER_KEY, Shop, token};
use crate::support::{Logs, Numbered};

#[tokio::test]
async fn unreadable_entry_is_never_used_and_logged_once() {
    let (logs, _guard) = Logs::record();
    let shop = Shop::new(Numbered::new());
    token(&shop.process_with(
        shop.store.clone(),
        KEY,
        "of another user",
        Arc::new(shop.issuer.clone()),
    ))
    .await;
    let swapped = shop.stored("of another user").await.unwrap().sealed;
    token(&shop.process_with(shop.store.clone(), OTHER_KEY, NAME, Arc::new(shop.issuer.clone()))).await;
    let other_key = shop.stored(NAME).await.unwrap().sealed;
    let asked = shop.issuer.asked();
    for (mints, bad) in [swapped, other_key, b"garbage".to_vec(), Vec::new()]
        .iter()
        .enumerate()
    {
        shop.store.write(NAME, bad, LIFETIME).await.unwrap();
        assert_eq!(token(&shop.process()).await, LIFETIME);
        assert_eq!(shop.issuer.asked() - asked, u32::try_from(mints).unwrap() + 1);
        assert_ne!(shop.stored(NAME).await.unwrap().sealed, *bad);
    }
    // A process says it once, although it looks again when it has its turn.
    assert_eq!(
        logs.text().matches("cannot be opened").count(),
        4,
        "{}",
        logs.text()
    );
}

/// Breaks and mends at will, as a store does.
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
    let shop = Shop::new(Numbered::new());
    let fragile = Arc::new(Fragile {
        store: shop.store.clone(),
        broken: AtomicBool::new(true),
        only_writes: AtomicBool::new(false),
    });
    let process = || shop.process_with(fragile.clone(), KEY, NAME, Arc::new(shop.issuer.clone()));
    let (one, two) = (process(), process());
    for round in 1..=3 {
        token(&one).await;
        token(&two).await;
        assert_eq!(shop.issuer.asked(), 2 * round);
        shop.clock.advance(LIFETIME);
    }
    let said = |what: &str| logs.text().matches(what).count();
    assert_eq!(said("this process mints for itself"), 2, "{}", logs.text());
    fragile.broken.store(false, Ordering::Relaxed);
    token(&one).await;
    token(&two).await;
    assert_eq!(shop.issuer.asked(), 7);
    assert_eq!(said("INFO"), 2);
}

#[tokio::test]
async fn failed_write_causes_no_second_mint() {
    let shop = Shop::new(Numbered::new());
    let fragile = Arc::new(Fragile {
        store: shop.store.clone(),
        broken: AtomicBool::new(true),
        only_writes: AtomicBool::new(true),
    });
    let cache = shop.process_with(fragile, KEY, NAME, Arc::new(shop.issuer.clone()));
    assert_eq!(token(&cache).await, LIFETIME);
    assert_eq!(shop.issuer.asked(), 1);
}
