//! The sign-in of a service user: a load for the cell that keeps its session.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Load, Loaded};
use parking_lot::Mutex;

use super::session_store::{LockedSession, SessionStore};
use super::user_ref::UserRef;
use crate::backend::{BackendApi, User};
use crate::error::{Error, ErrorKind};
use crate::frontend::FrontendApi;
use crate::operation::ClerkOperation;

/// The ticket is redeemed immediately; one that gets lost is soon worthless.
const TICKET_LIFETIME: Duration = Duration::from_mins(1);

/// What is done here.
pub(super) const SIGN_IN: ClerkOperation = ClerkOperation::SignServiceUserIn;

/// A session in use.
#[derive(Debug)]
pub(super) struct SessionInUse {
    /// `sess_…`
    pub(super) id: String,
    /// The store has it: other processes use it, and this one when it starts again.
    pub(super) is_kept: bool,
}

/// Signs a user in, or takes the session that is kept.
#[derive(Clone, Debug)]
pub(super) struct SignIn {
    pub(super) backend: BackendApi,
    pub(super) frontend: FrontendApi,
    pub(super) user: UserRef,
    pub(super) store: Option<Arc<dyn SessionStore>>,
    /// The session that Clerk is known to have ended, so that it is not taken from the store again.
    pub(super) ended: Arc<Mutex<Option<String>>>,
}

impl SignIn {
    pub(super) fn new(backend: BackendApi, frontend: FrontendApi, user: UserRef) -> Self {
        Self {
            backend,
            frontend,
            user,
            store: None,
            ended: Arc::default(),
        }
    }

    async fn user_id(&self) -> Result<String, Error> {
        match &self.user {
            UserRef::Id(id) => Ok(id.clone()),
            UserRef::EmailAddress(address) => self.user_at(address).await.map(|user| user.id),
        }
    }

    /// Fails with the error of a sign-in where the user is banned or locked. Does not sign in.
    pub(super) async fn check_user(&self) -> Result<(), Error> {
        let user = match &self.user {
            UserRef::Id(id) => self.backend.users().get(id).await?,
            UserRef::EmailAddress(address) => self.user_at(address).await?,
        };
        let refused = |code| Err(Error::new(SIGN_IN, ErrorKind::Forbidden).with_code(code));
        if user.banned {
            refused("user_banned")
        } else if user.locked {
            refused("user_locked")
        } else {
            Ok(())
        }
    }

    async fn user_at(&self, address: &str) -> Result<User, Error> {
        const OPERATION: ClerkOperation = ClerkOperation::FindServiceUser;
        let refused = |kind, code| Err(Error::new(OPERATION, kind).with_code(code));
        let mut users = self.backend.users().with_address(address).await?.into_iter();
        let user = match (users.next(), users.next()) {
            (Some(user), None) => user,
            (None, _) => return refused(ErrorKind::NotFound, "user_not_found"),
            (Some(_), Some(_)) => return refused(ErrorKind::Conflict, "user_ambiguous"),
        };
        match user.is_named_by(address) {
            Ok(()) => Ok(user),
            Err(doubt) => refused(ErrorKind::Conflict, doubt.code()),
        }
    }

    /// A new session.
    async fn sign_in(&self) -> Result<String, Error> {
        let user_id = self.user_id().await?;
        let token = self
            .backend
            .sign_in_tokens()
            .create(&user_id, TICKET_LIFETIME)
            .await?;
        let signed_in = self.frontend.redeem_ticket(&token.ticket).await?;
        Ok(signed_in.session_id)
    }

    /// The store, if there is one and it can be used.
    pub(super) async fn lock_store(&self) -> Option<Box<dyn LockedSession>> {
        let locked = self.store.as_ref()?.lock().await;
        locked
            .inspect_err(|error| tracing::warn!(%error, "the session is not kept"))
            .ok()
    }

    /// The session in the store, unless Clerk has ended it.
    fn kept(&self, store: &dyn LockedSession) -> Option<SessionInUse> {
        let id = store
            .load()
            .inspect_err(
                |error| tracing::warn!(%error, "the session that is kept cannot be used; signing in again"),
            )
            .ok()??;
        (self.ended.lock().as_ref() != Some(&id)).then_some(SessionInUse { id, is_kept: true })
    }
}

impl Load for SignIn {
    type Value = Arc<SessionInUse>;
    type Error = Error;

    async fn load(&self) -> Result<Loaded<Arc<SessionInUse>>, Error> {
        let mut store = self.lock_store().await;
        let kept = store.as_deref().and_then(|store| self.kept(store));
        let session = if let Some(session) = kept {
            session
        } else {
            let id = self.sign_in().await?;
            let saved = store.as_mut().map(|store| store.save(&id));
            if let Some(Err(error)) = &saved {
                tracing::warn!(%error, "the session is not kept");
            }
            let is_kept = matches!(saved, Some(Ok(())));
            SessionInUse { id, is_kept }
        };
        // A mint shows when the session has ended: clocks differ, and an operator may end it any time.
        Ok(Loaded::for_ever(Arc::new(session)))
    }

    fn wait_after(&self, error: &Error) -> Option<Duration> {
        error.retry_after()
    }

    fn what(&self) -> &'static str {
        "the service user's session"
    }
}
