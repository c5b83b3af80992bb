//! The controls in process: what `/__emulator/` offers over HTTP.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::ClerkEmulator;
use crate::clock::Stamp;
use crate::fault::Fault;
use crate::forge::{Forgery, forge};
use crate::journal::Entry;
use crate::pattern::Pattern;
use crate::refusal::Refusal;
use crate::world::identification::NewIdentifier;
use crate::world::metadata::{Metadata, MetadataChange};
use crate::world::session::SessionStatus;
use crate::world::settings::Settings;

/// A control was asked for something that is not there.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ControlError(String);

impl From<Refusal> for ControlError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.long_message)
    }
}

impl ClerkEmulator {
    /// What is set in the dashboard.
    pub fn settings(&self) -> Settings {
        self.app.world().settings.clone()
    }

    /// Changes settings while it runs.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.app.world().settings);
    }

    /// The id of the user with this e-mail address.
    pub fn user_id(&self, email: &str) -> Option<String> {
        self.app.world().user_named(email).map(|user| user.id.clone())
    }

    /// Merges public metadata of a user (id or e-mail address), as Clerk's dashboard or API would.
    pub fn merge_public_metadata(
        &self,
        user: &str,
        metadata: Map<String, Value>,
    ) -> Result<(), ControlError> {
        let change = MetadataChange {
            public: Some(metadata),
            ..MetadataChange::default()
        };
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app
            .world()
            .change_metadata(&id, change, Metadata::merged, now)?;
        Ok(())
    }

    /// Bans or unbans a user (id or e-mail address).
    pub fn set_banned(&self, user: &str, banned: bool) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().set_banned(&id, banned, now)?;
        Ok(())
    }

    /// Locks or unlocks a user (id or e-mail address).
    pub fn set_locked(&self, user: &str, locked: bool) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().set_locked(&id, locked, now)?;
        Ok(())
    }

    /// Adds an address, a number, a passkey, an account at a provider or a wallet to a user (id or e-mail address), as the
    /// user does who is signed in. Returns its id.
    pub fn add_identifier(&self, user: &str, new: &NewIdentifier) -> Result<String, ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        Ok(self.app.world().add_identifier(&id, new, now)?)
    }

    /// Takes such an identifier away from a user (id or e-mail address).
    pub fn remove_identifier(&self, user: &str, identifier_id: &str) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        Ok(self.app.world().remove_identifier(&id, identifier_id, now)?)
    }

    /// Deletes a user (id or e-mail address) and its sessions.
    pub fn delete_user(&self, user: &str) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        self.app.world().delete_user(&id)?;
        Ok(())
    }

    /// Puts a session into a state that no API call brings about.
    pub fn set_session_status(&self, session_id: &str, status: SessionStatus) -> Result<(), ControlError> {
        let now = self.app.now();
        self.app.world().session_mut(session_id)?.end(status, now);
        Ok(())
    }

    /// Ends every live session of a user (id or e-mail address) as `status` says.
    pub fn end_sessions_of(&self, user: &str, status: SessionStatus) -> Result<(), ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        self.app.world().end_sessions_of(&id, status, now);
        Ok(())
    }

    /// A one-time ticket of a user (id or e-mail address): what `POST /v1/sign_in_tokens` gives.
    pub fn ticket(&self, user: &str, lifetime: Duration) -> Result<String, ControlError> {
        let id = self.known_user(user)?;
        let now = self.app.now();
        Ok(self.app.world().create_sign_in_token(&id, lifetime, now)?.token)
    }

    /// A good token, or one that is wrong in a chosen way.
    pub fn forge(&self, forgery: &Forgery) -> Result<String, ControlError> {
        Ok(forge(&self.app, forgery)?)
    }

    /// The emulator's time.
    pub fn now(&self) -> SystemTime {
        let millis = self.app.now().millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        let epoch = SystemTime::UNIX_EPOCH;
        if millis < 0 {
            epoch - distance
        } else {
            epoch + distance
        }
    }

    /// Its clock stands still at `time`.
    pub fn stand_at(&self, time: SystemTime) {
        self.app.clock.stand_at(Stamp::from(time));
    }

    /// Its clock moves forward.
    pub fn advance(&self, span: Duration) {
        self.app.clock.advance(span);
    }

    /// Its clock runs with the system's, this far behind.
    pub fn run_behind(&self, span: Duration) {
        self.app
            .clock
            .run_ahead(-i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    }

    /// Its clock runs with the system's, this far ahead.
    pub fn run_ahead(&self, span: Duration) {
        self.app
            .clock
            .run_ahead(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    }

    /// Puts a fault in force.
    pub fn add_fault(&self, fault: Fault) {
        self.app.faults.add(fault);
    }

    /// Ends all faults, and lets held requests go.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// Signs with a new key from now on. With `same_kid` it takes the old one's name and the old one is gone; else
    /// the old one stays in the key set.
    pub fn rotate_key(&self, same_kid: bool) -> Result<(), ControlError> {
        let now = self.app.now();
        Ok(self
            .app
            .world()
            .keys
            .rotate(same_kid, now)
            .map_err(Refusal::from)?)
    }

    /// Takes earlier keys out of the key set.
    pub fn withdraw_previous_keys(&self) {
        self.app.world().keys.withdraw_previous();
    }

    /// Accepts a further secret key, which is new, as the dashboard adds one.
    pub fn add_secret_key(&self) -> String {
        self.app.world().add_secret_key(None)
    }

    /// Deletes a secret key. The last one stays.
    pub fn delete_secret_key(&self, key: &str) -> Result<(), ControlError> {
        Ok(self.app.world().delete_secret_key(key)?)
    }

    /// What was asked, in order: `path` is a pattern (`*` one segment, a last `**` any number).
    pub fn journal(&self, method: &str, path: &str) -> Vec<Entry> {
        self.app.journal.entries(Some(method), &Pattern::new(path))
    }

    /// Forgets what was asked.
    pub fn clear_journal(&self) {
        self.app.journal.clear();
    }

    /// As it was at the start: world, clock, faults, journal.
    pub fn reset(&self) {
        self.app.reset();
    }

    fn known_user(&self, name: &str) -> Result<String, ControlError> {
        self.user_id(name)
            .ok_or_else(|| ControlError(format!("there is no user {name}")))
    }
}
