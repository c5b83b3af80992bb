//! A source whose tokens are shared: what another process has minted is taken, and only one of them mints.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use freshness::{Clock, Sleep, SystemClock, TokioSleep};
use parking_lot::Mutex;

use super::claim::Claim;
use super::entry::{self, Entry, Fingerprint};
use super::{StoreError, StoreKeys, TokenStore};
use crate::token::{Time, Token, TokenError, TokenFuture, TokenSource};

/// A little more than a turn to mint lasts: whoever holds it has then done, or is dead.
const PATIENCE: Duration = Duration::from_secs(9);

/// How often those who wait look again, before jitter, which adds up to as much again.
const FIRST_WAIT: Duration = Duration::from_millis(25);
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// Refused tokens that are remembered. One is the rule; more come only with a store that gives old entries back.
const REFUSED: usize = 4;

/// Tokens of `source`, shared with all processes that have the same store, keys and name.
///
/// A token in the store that is fresh is taken. Where there is none, one process mints while the others wait for what
/// it brings, and a process that dies meanwhile holds them up for 8 s at most. Tokens are sealed with AES-256-GCM
/// before they leave the process; what cannot be opened is no token, and is said once.
///
/// The store is a convenience: when it is lost, each process mints for itself, says so once, and goes back to it when it
/// is there again. A token that Hemera has refused is taken out of it.
///
/// ```
/// use std::sync::Arc;
/// use aither_client::{MemoryTokenStore, SecretString, SharedTokens, StoreKey, StoreKeys, StaticServiceKey};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let key = StoreKey::parse(&SecretString::from("c2l4dGVlbiBieXRlcyBhbmQgdGhlbiBzaXh0ZWVuISE="))?;
/// let store = Arc::new(MemoryTokenStore::default());
/// # let source = StaticServiceKey::parse("hk_test_1")?;
/// let source = SharedTokens::new(Arc::new(source), store, StoreKeys::new(key), "aither at hemera.example");
/// # Ok(())
/// # }
/// ```
pub struct SharedTokens {
    source: Arc<dyn TokenSource>,
    store: Arc<dyn TokenStore>,
    keys: StoreKeys,
    name: String,
    time: Time,
    known: Mutex<Known>,
}

/// What is remembered between two tokens.
#[derive(Default)]
struct Known {
    /// The newest that was handed out: the cache in front has it.
    given: Option<Fingerprint>,
    refused: VecDeque<Fingerprint>,
    /// Said, and not to be said again before it is over.
    lost: bool,
    unreadable: bool,
}

impl SharedTokens {
    /// `name` says whose tokens these are. Sources that may stand in for each other have the same, no others.
    pub fn new(
        source: Arc<dyn TokenSource>,
        store: Arc<dyn TokenStore>,
        keys: StoreKeys,
        name: impl Into<String>,
    ) -> Self {
        Self {
            source,
            store,
            keys,
            name: name.into(),
            time: Time {
                clock: Arc::new(SystemClock),
                sleep: Arc::new(TokioSleep),
            },
            known: Mutex::default(),
        }
    }

    /// Another clock than the machine's, for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.time.clock = Arc::new(clock);
        self
    }

    /// Another way to wait for the process that mints than Tokio's timer, for tests.
    #[must_use]
    pub fn with_sleep(mut self, sleep: impl Sleep) -> Self {
        self.time.sleep = Arc::new(sleep);
        self
    }

    pub(crate) fn on(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    async fn obtain(&self) -> Result<Token, TokenError> {
        match self.through_the_store().await {
            Ok(outcome) => outcome,
            Err(lost) => {
                self.lost(&lost);
                self.mint().await
            }
        }
    }

    /// The outer error is the store's, and nothing has been minted then; the inner one is the source's.
    async fn through_the_store(&self) -> Result<Result<Token, TokenError>, StoreError> {
        let began = self.time.clock.now();
        let mut waits = waits();
        loop {
            let found = self.find().await?;
            if let Some(fresh) = found.as_ref().filter(|entry| entry.is_fresh) {
                return Ok(Ok(self.give(fresh)));
            }
            if let Some(claim) = Claim::take(&self.store, &self.name).await? {
                let outcome = self.mint_for_all(found).await;
                claim.release().await;
                return outcome;
            }
            // Another process is at it. Who has nothing yet makes do with a token that is aging.
            if let Some(aging) = found.filter(|entry| !self.has(entry)) {
                return Ok(Ok(self.give(&aging)));
            }
            if self.time.clock.now().since(began) >= PATIENCE {
                tracing::warn!("another process has been minting a token for too long; minting one here");
                return Ok(self.mint().await);
            }
            self.time.sleep.sleep(waits.next().unwrap_or(LONGEST_WAIT)).await;
        }
    }

    /// With the turn: what came in since the last look, else a token of our own, which goes into the store.
    async fn mint_for_all(&self, aging: Option<Entry>) -> Result<Result<Token, TokenError>, StoreError> {
        if let Some(fresh) = self.find().await?.filter(|entry| entry.is_fresh) {
            return Ok(Ok(self.give(&fresh)));
        }
        let before = self.time.clock.now();
        let token = match (self.mint().await, aging) {
            (Ok(token), _) => token,
            (Err(error), Some(aging)) if !self.has(&aging) => {
                tracing::warn!(%error, "no new token; using one from the store while it lives");
                return Ok(Ok(self.give(&aging)));
            }
            (Err(error), _) => return Ok(Err(error)),
        };
        if let Some(sealed) = entry::seal(&self.keys, &self.name, &token, before.wall) {
            let lifetime = token.lifetime().unwrap_or_default();
            let left = lifetime.saturating_sub(self.time.clock.now().since(before));
            let written = match sealed {
                Ok(sealed) => self.store.write(&self.name, &sealed, left).await,
                Err(unsealable) => Err(StoreError::new(unsealable)),
            };
            if let Err(error) = written {
                self.lost(&error);
            }
        }
        Ok(Ok(token))
    }

    /// What is in the store and may be used.
    async fn find(&self) -> Result<Option<Entry>, StoreError> {
        let stored = self.store.read(&self.name).await?;
        self.there_again();
        let Some(stored) = stored else { return Ok(None) };
        let now = self.time.clock.now().wall;
        let Ok(entry) = Entry::open(&self.keys, &self.name, &stored, now) else {
            self.unreadable();
            return Ok(None);
        };
        self.known.lock().unreadable = false;
        let refused = |entry: &Entry| self.known.lock().refused.contains(&entry.fingerprint);
        if entry.as_ref().is_some_and(refused) {
            self.store.remove(&self.name, &stored.sealed).await?;
            return Ok(None);
        }
        Ok(entry)
    }

    async fn mint(&self) -> Result<Token, TokenError> {
        let token = self.source.token().await?;
        self.known.lock().given = Fingerprint::of(&token);
        Ok(token)
    }

    fn give(&self, entry: &Entry) -> Token {
        self.known.lock().given = Some(entry.fingerprint);
        entry.token.clone()
    }

    /// Whether the cache in front has this very token: to get it again would be no renewal.
    fn has(&self, entry: &Entry) -> bool {
        self.known.lock().given == Some(entry.fingerprint)
    }

    fn lost(&self, error: &StoreError) {
        if !std::mem::replace(&mut self.known.lock().lost, true) {
            tracing::warn!(%error, "until the shared token store is back, this process mints for itself");
        }
    }

    fn there_again(&self) {
        if std::mem::take(&mut self.known.lock().lost) {
            tracing::info!("the shared token store is back");
        }
    }

    fn unreadable(&self) {
        if !std::mem::replace(&mut self.known.lock().unreadable, true) {
            tracing::warn!(
                "the token in the shared store cannot be opened and is not used; give all processes the same \
                 AITHER_TOKEN_STORE_KEY"
            );
        }
    }
}

/// They grow, and differ from process to process.
fn waits() -> impl Iterator<Item = Duration> + Send {
    ExponentialBuilder::new()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_factor(2.0)
        .with_jitter()
        .without_max_times()
        .build()
}

impl TokenSource for SharedTokens {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self.obtain())
    }

    fn refused(&self, token: &Token) {
        let Some(fingerprint) = Fingerprint::of(token) else {
            return;
        };
        let mut known = self.known.lock();
        known.refused.push_front(fingerprint);
        known.refused.truncate(REFUSED);
        drop(known);
        self.source.refused(token);
    }
}

impl fmt::Debug for SharedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedTokens")
            .field("source", &self.source)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
