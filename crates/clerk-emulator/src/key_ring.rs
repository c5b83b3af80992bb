//! The keys of the instance: one that signs, and earlier ones that are still published.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::clock::Stamp;
use crate::id;
use crate::key::{KeyError, KeyPair};

/// The current key and those before it. Never empty.
#[derive(Clone, Debug)]
pub(crate) struct KeyRing {
    current: Arc<KeyPair>,
    /// Published until withdrawn, newest first.
    previous: Vec<Arc<KeyPair>>,
}

impl KeyRing {
    pub(crate) fn new(first: KeyPair) -> Self {
        Self {
            current: Arc::new(first),
            previous: Vec::new(),
        }
    }

    pub(crate) fn current(&self) -> Arc<KeyPair> {
        Arc::clone(&self.current)
    }

    pub(crate) fn previous(&self) -> Option<Arc<KeyPair>> {
        self.previous.first().map(Arc::clone)
    }

    /// Signs with a new key from now on.
    ///
    /// UNVERIFIED: how Clerk rotates. Since its `kid` is the instance id, a new key under the old name is
    /// conceivable; `same_kid` does that, and then the old key cannot stay published.
    pub(crate) fn rotate(&mut self, same_kid: bool, now: Stamp) -> Result<(), KeyError> {
        let kid = if same_kid {
            self.current.kid().to_owned()
        } else {
            id::object("ins", now)
        };
        let fresh = Arc::new(KeyPair::generate(kid)?);
        let old = std::mem::replace(&mut self.current, fresh);
        self.previous.insert(0, old);
        if same_kid {
            let kid = self.current.kid().to_owned();
            self.previous.retain(|key| key.kid() != kid);
        }
        Ok(())
    }

    /// Takes every earlier key out of the key set.
    pub(crate) fn withdraw_previous(&mut self) {
        self.previous.clear();
    }

    /// The key set document.
    pub(crate) fn jwks(&self) -> Value {
        let keys: Vec<Value> = std::iter::once(&self.current)
            .chain(&self.previous)
            .map(|key| key.jwk())
            .collect();
        json!({"keys": keys})
    }
}
