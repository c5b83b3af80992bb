//! The contract of every store.

use std::sync::Arc;
use std::time::Duration;

use aither_client::{MemoryTokenStore, TokenStore};
use freshness::ManualClock;

use crate::support::started_at;

pub(super) async fn check_contract(store: &dyn TokenStore) {
    let minute = Duration::from_mins(1);
    assert_eq!(store.read("a").await.unwrap(), None);
    store.write("a", b"one", minute).await.unwrap();
    store.write("b", b"two", minute).await.unwrap();
    let stored = store.read("a").await.unwrap().unwrap();
    assert_eq!(stored.sealed, b"one");
    assert!(
        stored.left <= minute && stored.left > Duration::from_secs(30),
        "{stored:?}"
    );
    store.remove("a", b"two").await.unwrap();
    assert!(store.read("a").await.unwrap().is_some());
    store.remove("a", b"one").await.unwrap();
    assert_eq!(store.read("a").await.unwrap(), None);
    assert!(store.read("b").await.unwrap().is_some());

    assert!(store.claim("a", "me", minute).await.unwrap());
    assert!(!store.claim("a", "you", minute).await.unwrap());
    assert!(store.claim("b", "you", minute).await.unwrap());
    store.release("a", "you").await.unwrap();
    assert!(!store.claim("a", "you", minute).await.unwrap());
    store.release("a", "me").await.unwrap();
    assert!(store.claim("a", "you", minute).await.unwrap());
}

#[tokio::test]
async fn memory_store_fulfils_the_contract_and_entries_expire() {
    let clock = ManualClock::at(started_at());
    let store = MemoryTokenStore::new(Arc::new(clock.clone()));
    check_contract(&store).await;
    clock.advance(Duration::from_mins(1));
    assert_eq!(store.read("b").await.unwrap(), None);
    assert!(store.claim("b", "me", Duration::from_secs(1)).await.unwrap());
}
