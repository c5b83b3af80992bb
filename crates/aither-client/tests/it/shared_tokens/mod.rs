//! Tokens that clients share through a store: minted once for all, never used longer or by others than they should be.

mod contract;
mod loss;
#[cfg(feature = "redis")]
mod processes;
#[cfg(feature = "redis")]
mod redis;

use std::sync::Arc;
use std::time::Duration;

use aither_client::{
    MemoryTokenStore, SealedEntry, SecretString, SharedTokens, StaticServiceKey, StoreKey, StoreKeys,
    TokenCache, TokenSource, TokenStore,
};
use freshness::{ManualClock, Policy, RecordedSleep};
use tokio::task::JoinSet;

use crate::support::{Numbered, Outcome, started_at};

const NAME: &str = "aither";
const LIFETIME: Duration = Duration::from_mins(15);
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

pub(crate) fn keys(base64: &str) -> StoreKeys {
    StoreKeys::new(StoreKey::parse(&SecretString::from(base64)).unwrap())
}

/// A store in memory, the clients' clock, and an issuer whose tokens are numbered.
struct Shop {
    clock: ManualClock,
    sleep: RecordedSleep,
    store: Arc<MemoryTokenStore>,
    issuer: Numbered,
}

impl Shop {
    fn new(issuer: Numbered) -> Self {
        let clock = ManualClock::at(started_at());
        Self {
            sleep: RecordedSleep::advancing(clock.clone()),
            store: Arc::new(MemoryTokenStore::new(Arc::new(clock.clone()))),
            clock,
            issuer,
        }
    }

    /// A process with a cache of its own.
    fn process(&self) -> TokenCache {
        self.process_with(self.store.clone(), KEY, NAME, Arc::new(self.issuer.clone()))
    }

    fn process_with(
        &self,
        store: Arc<dyn TokenStore>,
        key: &str,
        name: &str,
        source: Arc<dyn TokenSource>,
    ) -> TokenCache {
        let shared = SharedTokens::new(source, store, keys(key), name)
            .with_clock(self.clock.clone())
            .with_sleep(self.sleep.clone());
        TokenCache::new(Arc::new(shared), Policy::default(), Arc::new(self.clock.clone()))
    }

    async fn stored(&self, name: &str) -> Option<SealedEntry> {
        self.store.read(name).await.unwrap()
    }
}

async fn token(cache: &TokenCache) -> Duration {
    cache.token().await.unwrap().lifetime.unwrap()
}

#[tokio::test]
async fn many_processes_that_start_together_mint_once() {
    let shop = Shop {
        // Time stands still while they wait, or the turn of the one that mints would end.
        sleep: RecordedSleep::new(),
        ..Shop::new(Numbered::closed())
    };
    let mut processes = JoinSet::new();
    for _ in 0..50 {
        let cache = shop.process();
        processes.spawn(async move { token(&cache).await });
    }
    while shop.sleep.asked().len() < 49 {
        tokio::task::yield_now().await;
    }
    shop.issuer.open();
    assert_eq!(processes.join_all().await, vec![LIFETIME; 50]);
    assert_eq!(shop.issuer.asked(), 1);
}

#[tokio::test]
async fn ten_processes_mint_five_times_an_hour() {
    let shop = Shop::new(Numbered::new());
    let processes: Vec<_> = (0..10).map(|_| shop.process()).collect();
    for _ in 0..60 {
        for cache in &processes {
            token(cache).await;
            // A renewal in the background ends before the next one asks.
            tokio::task::yield_now().await;
        }
        while processes.iter().any(|cache| cache.peek().is_none()) {
            tokio::task::yield_now().await;
        }
        shop.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(shop.issuer.asked(), 5);
}

#[tokio::test]
async fn token_from_the_store_has_the_rest_of_its_lifetime() {
    let shop = Shop::new(Numbered::new());
    token(&shop.process()).await;
    shop.clock.advance(Duration::from_mins(10));
    assert_eq!(token(&shop.process()).await, Duration::from_mins(5));
    assert_eq!(shop.issuer.asked(), 1);
}

#[tokio::test]
async fn token_expires_by_the_clock_that_is_ahead() {
    let shop = Shop::new(Numbered::new());
    let slow = ManualClock::at(started_at());
    let lenient: Arc<dyn TokenStore> = Arc::new(MemoryTokenStore::new(Arc::new(slow)));
    let process = || shop.process_with(lenient.clone(), KEY, NAME, Arc::new(shop.issuer.clone()));
    token(&process()).await;
    // The store would give it for ever; this machine knows better.
    shop.clock.advance(LIFETIME);
    token(&process()).await;
    assert_eq!(shop.issuer.asked(), 2);

    let shop = Shop::new(Numbered::new());
    token(&shop.process()).await;
    shop.clock.advance(Duration::from_mins(10));
    // This machine's calendar is an hour behind; the store's clock is not moved by that.
    shop.clock.set_wall(started_at() - Duration::from_hours(1));
    assert_eq!(token(&shop.process()).await, Duration::from_mins(5));
    shop.clock.advance_monotonic(Duration::from_mins(5));
    token(&shop.process()).await;
    assert_eq!(shop.issuer.asked(), 2);
}

#[tokio::test]
async fn refused_token_is_not_read_again_from_the_store() {
    let shop = Shop::new(Numbered::new());
    let (one, two) = (shop.process(), shop.process());
    let (first, same) = (one.token().await.unwrap(), two.token().await.unwrap());
    one.invalidate(first.generation);
    one.token().await.unwrap();
    assert_eq!(shop.issuer.asked(), 2);
    // The second process meets the refusal later, and takes what the first one has made.
    two.invalidate(same.generation);
    two.token().await.unwrap();
    token(&shop.process()).await;
    assert_eq!(shop.issuer.asked(), 2);
}

#[tokio::test]
async fn refusal_does_not_remove_the_newer_token() {
    let shop = Shop::new(Numbered::new());
    let cache = shop.process();
    let first = cache.token().await.unwrap();
    let before = shop.stored(NAME).await.unwrap();
    cache.invalidate(first.generation);
    cache.token().await.unwrap();
    let after = shop.stored(NAME).await.unwrap();
    assert_ne!(before.sealed, after.sealed);
    shop.store.remove(NAME, &before.sealed).await.unwrap();
    assert_eq!(shop.stored(NAME).await.unwrap(), after);
}

#[tokio::test]
async fn process_that_dies_with_the_lock_delays_others_by_eight_seconds() {
    let shop = Shop::new(Numbered::new());
    let turn = Duration::from_secs(8);
    assert!(shop.store.claim(NAME, "the late", turn).await.unwrap());
    token(&shop.process()).await;
    assert_eq!(shop.issuer.asked(), 1);
    let waited: Duration = shop.sleep.asked().iter().sum();
    assert!(
        (turn..turn + Duration::from_millis(500)).contains(&waited),
        "{waited:?}"
    );
    // What came of it is there for the others.
    token(&shop.process()).await;
    assert_eq!(shop.issuer.asked(), 1);
}

#[tokio::test]
async fn lock_that_never_expires_is_not_waited_for() {
    let shop = Shop::new(Numbered::new());
    let hour = Duration::from_hours(1);
    assert!(shop.store.claim(NAME, "the stubborn", hour).await.unwrap());
    token(&shop.process()).await;
    let waited: Duration = shop.sleep.asked().iter().sum();
    let patience = Duration::from_secs(9);
    assert!(
        (patience..patience + Duration::from_millis(500)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test]
async fn failed_mint_releases_the_lock() {
    let shop = Shop::new(Numbered::scripted([Outcome::Transient]));
    shop.process().token().await.unwrap_err();
    token(&shop.process()).await;
    assert_eq!((shop.issuer.asked(), shop.sleep.asked().len()), (2, 0));
}

#[tokio::test]
async fn dropped_client_releases_the_lock() {
    let shop = Shop::new(Numbered::closed());
    let cache = shop.process();
    let waiting = tokio::spawn({
        let cache = cache.clone();
        async move { cache.token().await.is_ok() }
    });
    while shop.issuer.asked() == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    drop(cache);
    let moment = Duration::from_millis(1);
    for _ in 0..1_000 {
        if shop.store.claim(NAME, "the next", moment).await.unwrap() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the turn was not given back");
}

#[tokio::test]
async fn aging_token_is_used_while_it_cannot_be_renewed() {
    let shop = Shop::new(Numbered::scripted([Outcome::Token, Outcome::Transient]));
    token(&shop.process()).await;
    shop.clock.advance(Duration::from_mins(14));
    assert!(
        shop.store
            .claim(NAME, "another", Duration::from_secs(8))
            .await
            .unwrap()
    );
    assert_eq!(token(&shop.process()).await, Duration::from_mins(1));
    assert_eq!((shop.issuer.asked(), shop.sleep.asked().len()), (1, 0));
    shop.store.release(NAME, "another").await.unwrap();
    // Now it is this one's turn, and the issuer is out of order.
    assert_eq!(token(&shop.process()).await, Duration::from_mins(1));
    assert_eq!(shop.issuer.asked(), 2);
}

#[tokio::test]
async fn service_key_is_not_stored() {
    let shop = Shop::new(Numbered::new());
    let key = StaticServiceKey::parse("hk_live_1").unwrap();
    let cache = shop.process_with(shop.store.clone(), KEY, NAME, Arc::new(key));
    assert_eq!(cache.token().await.unwrap().lifetime, None);
    assert_eq!(shop.stored(NAME).await, None);
}
