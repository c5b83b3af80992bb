//! Tokens that clients share through a store: minted once for all, and never used longer or by other clients than allowed.

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

use crate::support::{NumberedTokens, TokenReply, started_at};

const NAME: &str = "aither";
const LIFETIME: Duration = Duration::from_mins(15);
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";

pub(crate) fn keys(base64: &str) -> StoreKeys {
    StoreKeys::new(StoreKey::parse(&SecretString::from(base64)).unwrap())
}

/// A store in memory, the clock of the clients, and an issuer of numbered tokens.
struct Fixture {
    clock: ManualClock,
    sleep: RecordedSleep,
    store: Arc<MemoryTokenStore>,
    issuer: NumberedTokens,
}

impl Fixture {
    fn new(issuer: NumberedTokens) -> Self {
        let clock = ManualClock::at(started_at());
        Self {
            sleep: RecordedSleep::advancing(clock.clone()),
            store: Arc::new(MemoryTokenStore::new(Arc::new(clock.clone()))),
            clock,
            issuer,
        }
    }

    /// A process with its own cache.
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
    let fixture = Fixture {
        // The clock stands still while they wait; otherwise the lock of the minting process would expire.
        sleep: RecordedSleep::new(),
        ..Fixture::new(NumberedTokens::closed())
    };
    let mut processes = JoinSet::new();
    for _ in 0..50 {
        let cache = fixture.process();
        processes.spawn(async move { token(&cache).await });
    }
    while fixture.sleep.asked().len() < 49 {
        tokio::task::yield_now().await;
    }
    fixture.issuer.open();
    assert_eq!(processes.join_all().await, vec![LIFETIME; 50]);
    assert_eq!(fixture.issuer.requests(), 1);
}

#[tokio::test]
async fn ten_processes_mint_five_times_an_hour() {
    let fixture = Fixture::new(NumberedTokens::new());
    let processes: Vec<_> = (0..10).map(|_| fixture.process()).collect();
    for _ in 0..60 {
        for cache in &processes {
            token(cache).await;
            // A renewal in the background ends before the next request.
            tokio::task::yield_now().await;
        }
        while processes.iter().any(|cache| cache.peek().is_none()) {
            tokio::task::yield_now().await;
        }
        fixture.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(fixture.issuer.requests(), 5);
}

#[tokio::test]
async fn token_from_the_store_has_the_rest_of_its_lifetime() {
    let fixture = Fixture::new(NumberedTokens::new());
    token(&fixture.process()).await;
    fixture.clock.advance(Duration::from_mins(10));
    assert_eq!(token(&fixture.process()).await, Duration::from_mins(5));
    assert_eq!(fixture.issuer.requests(), 1);
}

#[tokio::test]
async fn token_expires_by_the_clock_that_is_ahead() {
    let fixture = Fixture::new(NumberedTokens::new());
    let slow = ManualClock::at(started_at());
    let lenient: Arc<dyn TokenStore> = Arc::new(MemoryTokenStore::new(Arc::new(slow)));
    let process = || fixture.process_with(lenient.clone(), KEY, NAME, Arc::new(fixture.issuer.clone()));
    token(&process()).await;
    // The clock of the store stands still, so only this machine knows that the token has expired.
    fixture.clock.advance(LIFETIME);
    token(&process()).await;
    assert_eq!(fixture.issuer.requests(), 2);

    let fixture = Fixture::new(NumberedTokens::new());
    token(&fixture.process()).await;
    fixture.clock.advance(Duration::from_mins(10));
    // The wall clock of this machine is an hour behind; that does not affect the store's clock.
    fixture.clock.set_wall(started_at() - Duration::from_hours(1));
    assert_eq!(token(&fixture.process()).await, Duration::from_mins(5));
    fixture.clock.advance_monotonic(Duration::from_mins(5));
    token(&fixture.process()).await;
    assert_eq!(fixture.issuer.requests(), 2);
}

#[tokio::test]
async fn refused_token_is_not_read_again_from_the_store() {
    let fixture = Fixture::new(NumberedTokens::new());
    let (one, two) = (fixture.process(), fixture.process());
    let (first, same) = (one.token().await.unwrap(), two.token().await.unwrap());
    one.invalidate(first.generation);
    one.token().await.unwrap();
    assert_eq!(fixture.issuer.requests(), 2);
    // The second process meets the refusal later, and uses the new token of the first.
    two.invalidate(same.generation);
    two.token().await.unwrap();
    token(&fixture.process()).await;
    assert_eq!(fixture.issuer.requests(), 2);
}

#[tokio::test]
async fn refusal_does_not_remove_the_newer_token() {
    let fixture = Fixture::new(NumberedTokens::new());
    let cache = fixture.process();
    let first = cache.token().await.unwrap();
    let before = fixture.stored(NAME).await.unwrap();
    cache.invalidate(first.generation);
    cache.token().await.unwrap();
    let after = fixture.stored(NAME).await.unwrap();
    assert_ne!(before.sealed, after.sealed);
    fixture.store.remove(NAME, &before.sealed).await.unwrap();
    assert_eq!(fixture.stored(NAME).await.unwrap(), after);
}

#[tokio::test]
async fn process_that_dies_with_the_lock_delays_others_by_eight_seconds() {
    let fixture = Fixture::new(NumberedTokens::new());
    let lifetime = Duration::from_secs(8);
    assert!(fixture.store.claim(NAME, "dead process", lifetime).await.unwrap());
    token(&fixture.process()).await;
    assert_eq!(fixture.issuer.requests(), 1);
    let waited: Duration = fixture.sleep.asked().iter().sum();
    assert!(
        (lifetime..lifetime + Duration::from_millis(500)).contains(&waited),
        "{waited:?}"
    );
    // Its token is there for the others.
    token(&fixture.process()).await;
    assert_eq!(fixture.issuer.requests(), 1);
}

#[tokio::test]
async fn lock_that_never_expires_is_not_waited_for() {
    let fixture = Fixture::new(NumberedTokens::new());
    let hour = Duration::from_hours(1);
    assert!(fixture.store.claim(NAME, "another process", hour).await.unwrap());
    token(&fixture.process()).await;
    let waited: Duration = fixture.sleep.asked().iter().sum();
    let patience = Duration::from_secs(9);
    assert!(
        (patience..patience + Duration::from_millis(500)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test]
async fn failed_mint_releases_the_lock() {
    let fixture = Fixture::new(NumberedTokens::scripted([TokenReply::Transient]));
    fixture.process().token().await.unwrap_err();
    token(&fixture.process()).await;
    assert_eq!((fixture.issuer.requests(), fixture.sleep.asked().len()), (2, 0));
}

#[tokio::test]
async fn dropped_client_releases_the_lock() {
    let fixture = Fixture::new(NumberedTokens::closed());
    let cache = fixture.process();
    let waiting = tokio::spawn({
        let cache = cache.clone();
        async move { cache.token().await.is_ok() }
    });
    while fixture.issuer.requests() == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    drop(cache);
    let moment = Duration::from_millis(1);
    for _ in 0..1_000 {
        if fixture.store.claim(NAME, "next process", moment).await.unwrap() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the lock was not released");
}

#[tokio::test]
async fn aging_token_is_used_while_it_cannot_be_renewed() {
    let fixture = Fixture::new(NumberedTokens::scripted([
        TokenReply::Token,
        TokenReply::Transient,
    ]));
    token(&fixture.process()).await;
    fixture.clock.advance(Duration::from_mins(14));
    assert!(
        fixture
            .store
            .claim(NAME, "another", Duration::from_secs(8))
            .await
            .unwrap()
    );
    assert_eq!(token(&fixture.process()).await, Duration::from_mins(1));
    assert_eq!((fixture.issuer.requests(), fixture.sleep.asked().len()), (1, 0));
    fixture.store.release(NAME, "another").await.unwrap();
    // Now this process can take the lock, but the issuer is down.
    assert_eq!(token(&fixture.process()).await, Duration::from_mins(1));
    assert_eq!(fixture.issuer.requests(), 2);
}

#[tokio::test]
async fn service_key_is_not_stored() {
    let fixture = Fixture::new(NumberedTokens::new());
    let key = StaticServiceKey::parse("hk_live_1").unwrap();
    let cache = fixture.process_with(fixture.store.clone(), KEY, NAME, Arc::new(key));
    assert_eq!(cache.token().await.unwrap().lifetime, None);
    assert_eq!(fixture.stored(NAME).await, None);
}
