//! A source whose tokens are shared: processes use each other's tokens, and only one of them mints at a time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use freshness::{Clock, Moment, Sleep, SystemClock, TokioSleep};
use parking_lot::Mutex;

use super::entry::{self, Entry, Fingerprint};
use super::mint_lock::MintLock;
use super::{StoreError, StoreKeys, TokenStore};
use crate::token::{SignOutFuture, Time, Token, TokenError, TokenFuture, TokenSource};

/// A little longer than the lifetime of the lock to mint.
const PATIENCE: Duration = Duration::from_secs(9);

/// The waits between two reads while another process mints, before jitter, which at most doubles them.
const FIRST_WAIT: Duration = Duration::from_millis(25);
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// How many refused tokens are remembered. Usually there is one; a store that returns old entries may add more.
const MAX_REFUSED: usize = 4;

/// Tokens of a source, shared with all processes that have the same store, keys and name.
///
/// A fresh token in the store is used. If there is none, one process mints while the others wait for its token; a process
/// that dies meanwhile delays them by 8 s at most. Tokens are sealed with AES-256-GCM before they leave the process; an
/// entry that cannot be opened is ignored and logged once.
///
/// The store is optional: when it fails, each process mints for itself, logs that once, and uses the store again when it is
/// back. A token that Hemera has refused is removed from the store.
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
    state: Mutex<State>,
}

/// What is remembered between two tokens.
#[derive(Default)]
struct State {
    /// The last token that was returned: the cache in front has it.
    returned: Option<Fingerprint>,
    refused: VecDeque<Fingerprint>,
    /// The store failed. Logged once, until it works again.
    is_lost: bool,
    /// The entry could not be opened. Logged once, until one can be.
    is_unreadable: bool,
}

/// Why there is no token.
enum Failure {
    /// The store failed, and nothing has been minted.
    Store(StoreError),
    /// The source was asked and gave no token.
    Source(TokenError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl SharedTokens {
    /// `name` identifies the tokens: exactly the processes that may use each other's tokens use the same name.
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
            state: Mutex::default(),
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

    pub(crate) fn with_time(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    async fn obtain(&self) -> Result<Token, TokenError> {
        match self.obtain_through_store().await {
            Ok(token) => Ok(token),
            Err(Failure::Source(error)) => Err(error),
            Err(Failure::Store(error)) => {
                self.note_lost(&error);
                self.mint().await
            }
        }
    }

    async fn obtain_through_store(&self) -> Result<Token, Failure> {
        let started = self.time.clock.now();
        let mut waits = waits();
        loop {
            let found = self.read().await?;
            if let Some(fresh) = found.as_ref().filter(|entry| entry.is_fresh) {
                return Ok(self.take(fresh));
            }
            if let Some(lock) = MintLock::try_take(&self.store, &self.name).await? {
                let result = self.mint_for_all(found).await;
                lock.release().await;
                return result;
            }
            // Another process mints. If this one has no token yet, an aging one will do.
            if let Some(aging) = found.filter(|entry| !self.has(entry)) {
                return Ok(self.take(&aging));
            }
            if self.time.clock.now().since(started) >= PATIENCE {
                tracing::warn!("another process has been minting a token for too long; minting one here");
                return self.mint().await.map_err(Failure::Source);
            }
            self.time.sleep.sleep(waits.next().unwrap_or(LONGEST_WAIT)).await;
        }
    }

    /// With the lock: uses a token that was stored in the meantime, or mints one and stores it.
    async fn mint_for_all(&self, aging: Option<Entry>) -> Result<Token, Failure> {
        if let Some(fresh) = self.read().await?.filter(|entry| entry.is_fresh) {
            return Ok(self.take(&fresh));
        }
        let before = self.time.clock.now();
        match (self.mint().await, aging) {
            (Ok(token), _) => {
                if let Err(error) = self.write(&token, before).await {
                    self.note_lost(&error);
                }
                Ok(token)
            }
            (Err(error), Some(aging)) if !self.has(&aging) => {
                tracing::warn!(%error, "no new token; using one from the store while it lives");
                Ok(self.take(&aging))
            }
            (Err(error), _) => Err(Failure::Source(error)),
        }
    }

    /// Stores a token that was requested at `since`.
    async fn write(&self, token: &Token, since: Moment) -> Result<(), StoreError> {
        let Some(sealed) = entry::seal(&self.keys, &self.name, token, since.wall)? else {
            return Ok(());
        };
        let lifetime = token.lifetime().unwrap_or_default();
        let left = lifetime.saturating_sub(self.time.clock.now().since(since));
        self.store.write(&self.name, &sealed, left).await
    }

    /// The token in the store, if it may be used.
    async fn read(&self) -> Result<Option<Entry>, StoreError> {
        let stored = self.store.read(&self.name).await?;
        self.note_back();
        let Some(stored) = stored else { return Ok(None) };
        let now = self.time.clock.now().wall;
        let Ok(entry) = Entry::open(&self.keys, &self.name, &stored, now) else {
            self.note_unreadable();
            return Ok(None);
        };
        self.state.lock().is_unreadable = false;
        let refused = |entry: &Entry| self.state.lock().refused.contains(&entry.fingerprint);
        if entry.as_ref().is_some_and(refused) {
            self.store.remove(&self.name, &stored.sealed).await?;
            return Ok(None);
        }
        Ok(entry)
    }

    async fn mint(&self) -> Result<Token, TokenError> {
        let token = self.source.token().await?;
        self.state.lock().returned = Fingerprint::of(&token);
        Ok(token)
    }

    fn take(&self, entry: &Entry) -> Token {
        self.state.lock().returned = Some(entry.fingerprint);
        entry.token.clone()
    }

    /// Whether the cache in front already has this token: returning it again would be no renewal.
    fn has(&self, entry: &Entry) -> bool {
        self.state.lock().returned == Some(entry.fingerprint)
    }

    fn note_lost(&self, error: &StoreError) {
        if !std::mem::replace(&mut self.state.lock().is_lost, true) {
            let cause = error.cause();
            tracing::warn!(%error, cause, "until the shared token store is back, this process mints for itself");
        }
    }

    fn note_back(&self) {
        if std::mem::take(&mut self.state.lock().is_lost) {
            tracing::info!("the shared token store is back");
        }
    }

    fn note_unreadable(&self) {
        if !std::mem::replace(&mut self.state.lock().is_unreadable, true) {
            tracing::warn!(
                "the token in the shared store cannot be opened and is not used; give all processes the same \
                 AITHER_TOKEN_STORE_KEY"
            );
        }
    }
}

/// Growing waits that differ from process to process.
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
        let mut state = self.state.lock();
        state.refused.push_front(fingerprint);
        state.refused.truncate(MAX_REFUSED);
        drop(state);
        self.source.refused(token);
    }

    fn enrolment_ends_at(&self) -> Option<SystemTime> {
        self.source.enrolment_ends_at()
    }

    /// The token in the store stays: it is valid without the session that it was minted from, and other processes use it.
    fn sign_out(&self) -> SignOutFuture<'_> {
        self.source.sign_out()
    }

    fn close(&self) -> SignOutFuture<'_> {
        self.source.close()
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
