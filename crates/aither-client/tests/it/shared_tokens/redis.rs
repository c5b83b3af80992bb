//! The store in a real Redis: its entries, its loss, and its secrets.

use std::sync::Arc;
use std::time::Duration;

use aither_client::{RedisTokenStore, SecretString, SharedTokens, TokenCache, TokenStore};
use freshness::{Policy, SystemClock};
use redis::AsyncCommands as _;
use redis_fixture::RedisServer;
use tokio::task::JoinSet;

use super::contract::check_contract;
use super::{KEY, NAME, keys};
use crate::support::{Logs, NumberedTokens};

const ENTRY: &str = "aither:{aither}:token";
const LOCK: &str = "aither:{aither}:lock";

fn store(redis: &RedisServer) -> Arc<RedisTokenStore> {
    Arc::new(RedisTokenStore::parse(&SecretString::from(redis.url())).unwrap())
}

/// A process with its own connection and cache, on the system's clock and without a cool-down.
fn process(redis: &RedisServer, issuer: &NumberedTokens) -> TokenCache {
    let shared = SharedTokens::new(Arc::new(issuer.clone()), store(redis), keys(KEY), NAME);
    let policy = Policy::default().with_cool_down(Duration::ZERO);
    TokenCache::new(Arc::new(shared), policy, Arc::new(SystemClock))
}

async fn connection(redis: &RedisServer) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(redis.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test]
async fn redis_store_fulfils_the_contract() {
    let redis = RedisServer::start().unwrap();
    check_contract(&*store(&redis)).await;
}

#[tokio::test]
async fn processes_that_start_together_mint_once() {
    let (redis, issuer) = (RedisServer::start().unwrap(), NumberedTokens::closed());
    let mut processes = JoinSet::new();
    for _ in 0..20 {
        let cache = process(&redis, &issuer);
        processes.spawn(async move { cache.token().await.map(drop) });
    }
    while issuer.requests() == 0 {
        tokio::task::yield_now().await;
    }
    issuer.open();
    for outcome in processes.join_all().await {
        outcome.unwrap();
    }
    assert_eq!(issuer.requests(), 1);
    let mut connection = connection(&redis).await;
    let keys: Vec<String> = connection.keys("*").await.unwrap();
    assert_eq!(keys, [ENTRY], "a lock was not released");
}

#[tokio::test]
async fn entry_expires_and_cannot_be_read() {
    let (redis, issuer) = (RedisServer::start().unwrap(), NumberedTokens::new());
    process(&redis, &issuer).token().await.unwrap();
    let mut connection = connection(&redis).await;
    let keys: Vec<String> = connection.keys("*").await.unwrap();
    assert_eq!(keys, [ENTRY]);
    let kept: Vec<u8> = connection.get(ENTRY).await.unwrap();
    let shown = String::from_utf8_lossy(&kept).into_owned();
    for plain in ["token", "Bearer", "jwt", "lifetime"] {
        assert!(!shown.contains(plain), "{shown}");
    }
    let left: i64 = connection.pttl(ENTRY).await.unwrap();
    assert!((1..=900_000).contains(&left), "{left}");
}

#[tokio::test]
async fn lock_expires_and_a_new_owner_keeps_it() {
    let (redis, issuer) = (RedisServer::start().unwrap(), NumberedTokens::closed());
    let cache = process(&redis, &issuer);
    let minting = tokio::spawn(async move { cache.token().await.map(drop) });
    while issuer.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let mut connection = connection(&redis).await;
    let left: i64 = connection.pttl(LOCK).await.unwrap();
    assert!((1..=8_000).contains(&left), "{left}");
    // The lock has expired and another process has taken it: the first process does not release that one.
    let () = connection.set(LOCK, "another").await.unwrap();
    issuer.open();
    minting.await.unwrap().unwrap();
    assert_eq!(connection.get::<_, String>(LOCK).await.unwrap(), "another");
}

#[tokio::test]
async fn lost_redis_is_logged_once_and_used_again_when_it_is_back() {
    let (logs, _guard) = Logs::record();
    let (mut redis, issuer) = (RedisServer::start().unwrap(), NumberedTokens::new());
    let cache = process(&redis, &issuer);
    cache.token().await.unwrap();
    redis.stop();
    for mints in 2..=4 {
        renew(&cache).await;
        assert_eq!(issuer.requests(), mints);
    }
    let said = |what: &str| logs.text().matches(what).count();
    assert_eq!(said("this process mints for itself"), 1, "{}", logs.text());
    redis.restart().unwrap();
    renew(&cache).await;
    assert_eq!(said(": the shared token store is back"), 1, "{}", logs.text());
    process(&redis, &issuer).token().await.unwrap();
    assert_eq!(issuer.requests(), 5);
    assert!(!logs.text().contains(redis.password()));
}

/// Gets a new token, as after a refusal.
async fn renew(cache: &TokenCache) {
    let held = cache.peek().unwrap();
    cache.invalidate(held.generation);
    cache.token().await.unwrap();
}

#[tokio::test]
async fn broken_connection_is_replaced_without_an_error() {
    let mut redis = RedisServer::start().unwrap();
    let store = store(&redis);
    store.read(NAME).await.unwrap();
    redis.restart().unwrap();
    store.read(NAME).await.unwrap();
}

#[tokio::test]
async fn silent_redis_delays_a_token_by_its_time_outs_at_most() {
    let (mut redis, issuer) = (RedisServer::start().unwrap(), NumberedTokens::new());
    let (at_hand, new) = (store(&redis), store(&redis));
    at_hand.read(NAME).await.unwrap();
    redis.freeze().unwrap();
    for store in [at_hand, new] {
        let shared = SharedTokens::new(Arc::new(issuer.clone()), store, keys(KEY), NAME);
        let cache = TokenCache::new(Arc::new(shared), Policy::default(), Arc::new(SystemClock));
        // Two seconds by its time-outs; more is for a machine that is busy.
        let within = tokio::time::timeout(Duration::from_secs(5), cache.token()).await;
        within.expect("the time-outs of the store").unwrap();
    }
    assert_eq!(issuer.requests(), 2);
    redis.thaw().unwrap();
}

#[tokio::test]
async fn passwords_appear_in_no_error_or_debug_text() {
    let redis = RedisServer::start().unwrap();
    let wrong = redis.url().replace(redis.password(), "geheim-geheim");
    let store = RedisTokenStore::parse(&SecretString::from(wrong)).unwrap();
    let error = store.read(NAME).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap();
    let shown = format!("{store:?} {error} {error:?} {cause}");
    assert!(shown.contains("127.0.0.1"), "{shown}");
    assert!(!shown.contains("geheim"), "{shown}");
    for url in [
        "",
        "geheim",
        "http://geheim.example",
        "redis://",
        "redis://:geheim@host:port",
    ] {
        let error = RedisTokenStore::parse(&SecretString::from(url)).unwrap_err();
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
}

#[tokio::test]
async fn redis_key_of_another_type_is_ignored() {
    let (redis, issuer) = (RedisServer::start().unwrap(), NumberedTokens::new());
    let mut connection = connection(&redis).await;
    let () = connection.lpush(ENTRY, "something else").await.unwrap();
    process(&redis, &issuer).token().await.unwrap();
    assert_eq!(issuer.requests(), 1);
}
