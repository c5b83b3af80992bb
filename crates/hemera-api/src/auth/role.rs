//! The role of a subject: Clerk's `publicMetadata.role`, looked up and kept fresh.
//!
//! A role is at most `roles.max_age` old, counted from before the look-up was sent; while Clerk does not answer, a
//! known one is used for `roles.grace` longer, and then callers are answered with 503. What Clerk does answer counts
//! immediately: a deleted or banned user is refused, and a refusal of our own key is our fault, never "Clerk is down".

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use clerk::{BackendApi, Error, User};
use freshness::{Cell, Clock, Load, Loaded, Policy};
use moka::future::Cache;
use permissions::Role;

use super::error::{AuthError, Obstacle, Refusal};
use crate::config::RolesConfig;
use crate::metrics::{LookedUp, RoleMetrics};

/// What Clerk says of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AccountState {
    /// An ordinary user.
    Has(Role),
    /// No such user (any more).
    Unknown,
    /// A user who may not sign in.
    Banned,
    /// A user who is locked out for a while, and locks count here.
    Locked,
    /// Clerk refuses our secret key: no role is known until an operator corrects it.
    OurKeyRefused,
}

/// One subject's look-up.
struct Lookup {
    api: BackendApi,
    subject: Arc<str>,
    max_age: Duration,
    cool_down: Duration,
    refuse_locked: bool,
    metrics: RoleMetrics,
}

/// The roles of the subjects that call, each kept fresh on its own. As many as configured; the least used go first.
#[derive(Clone)]
pub(super) struct Roles {
    known: Cache<Arc<str>, Cell<Lookup>>,
    api: BackendApi,
    config: RolesConfig,
    policy: Policy,
    metrics: RoleMetrics,
    clock: Arc<dyn Clock>,
}

impl Roles {
    pub(super) fn new(
        api: BackendApi,
        config: RolesConfig,
        timeout: Duration,
        metrics: RoleMetrics,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let policy = Policy::default()
            .with_grace(config.grace)
            .with_cool_down(config.cool_down)
            .with_flight_deadline(timeout);
        Self {
            known: Cache::new(u64::from(config.capacity)),
            api,
            config,
            policy,
            metrics,
            clock,
        }
    }

    /// The role of a subject.
    ///
    /// # Errors
    /// [`AuthError`] for users that Clerk does not let in, and where no role is known.
    pub(super) async fn of(&self, subject: &Arc<str>) -> Result<Role, AuthError> {
        let cell = self
            .known
            .get_with_by_ref(subject, async { self.cell(subject) })
            .await;
        match cell.get().await {
            Ok(held) => {
                let role = self.role_of(held.value)?;
                self.metrics.used(held.age, held.stale);
                Ok(role)
            }
            Err(unavailable) => {
                self.metrics.unavailable();
                Err(AuthError::Unavailable {
                    obstacle: Obstacle::Role,
                    retry_in: unavailable.retry_in(),
                    source: Some(unavailable.into()),
                })
            }
        }
    }

    /// Asks again for those subjects of whom Clerk said nothing because it refused our key.
    pub(super) fn ask_again_where_our_key_was_refused(&self) {
        for (_, cell) in &self.known {
            let held = cell.peek();
            if let Some(held) = held.filter(|held| held.value == AccountState::OurKeyRefused) {
                cell.invalidate(held.generation);
            }
        }
    }

    fn role_of(&self, state: AccountState) -> Result<Role, AuthError> {
        match state {
            AccountState::Has(role) => Ok(role),
            AccountState::Unknown => Err(Refusal::UnknownUser.of_token()),
            AccountState::Banned => Err(Refusal::BannedUser.of_token()),
            AccountState::Locked => Err(Refusal::LockedUser.of_token()),
            AccountState::OurKeyRefused => Err(AuthError::Unavailable {
                obstacle: Obstacle::OurKeyRefused,
                retry_in: self.config.cool_down,
                source: Some(
                    "Clerk refuses CLERK_SECRET_KEY: set the key of the instance that issues the tokens"
                        .into(),
                ),
            }),
        }
    }

    fn cell(&self, subject: &Arc<str>) -> Cell<Lookup> {
        let lookup = Lookup {
            api: self.api.clone(),
            subject: Arc::clone(subject),
            max_age: self.config.max_age,
            cool_down: self.config.cool_down,
            refuse_locked: self.config.refuse_locked,
            metrics: self.metrics.clone(),
        };
        Cell::new(lookup, self.policy, Arc::clone(&self.clock))
    }
}

impl Load for Lookup {
    type Value = AccountState;
    type Error = Error;

    async fn load(&self) -> Result<Loaded<AccountState>, Error> {
        let lookup = self.metrics.begin();
        let answer = self.api.users().get(&self.subject).await;
        lookup.ended(match &answer {
            Ok(_) => LookedUp::Found,
            Err(error) if error.is_not_found() => LookedUp::Unknown,
            Err(error) if error.is_unauthorized() => LookedUp::KeyRefused,
            Err(_) => LookedUp::Failed,
        });
        match answer {
            Ok(user) => Ok(Loaded::living(state_of(&user, self.refuse_locked), self.max_age)),
            Err(error) if error.is_not_found() => Ok(Loaded::living(AccountState::Unknown, self.max_age)),
            // An answer too, so that an old role does not outlive it; asked again soon, for an operator is at it.
            Err(error) if error.is_unauthorized() => Ok(Loaded::living(
                AccountState::OurKeyRefused,
                self.cool_down.max(Duration::from_millis(1)),
            )),
            Err(error) => Err(error),
        }
    }

    fn wait_after(&self, error: &Error) -> Option<Duration> {
        error.retry_after()
    }

    fn what(&self) -> &'static str {
        "role"
    }
}

fn state_of(user: &User, refuse_locked: bool) -> AccountState {
    if user.banned {
        return AccountState::Banned;
    }
    // By default a lock is only worth a line: strangers can cause it by guessing passwords.
    if user.locked {
        tracing::warn!(subject = %user.id, refused = refuse_locked, "Clerk has locked a user who calls");
        if refuse_locked {
            return AccountState::Locked;
        }
    }
    let role = user.public_metadata.get("role").and_then(|role| role.as_str());
    AccountState::Has(Role::of_claim(role))
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles")
            .field("known", &self.known.entry_count())
            .finish_non_exhaustive()
    }
}
