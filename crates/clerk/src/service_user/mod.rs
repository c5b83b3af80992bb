//! A user that is a machine: it signs in with a ticket, keeps its session, and mints tokens from it.

mod session;
mod session_store;
mod user_ref;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use freshness::{Cell, Clock, Held, Policy, SystemClock, Unavailable};

use self::session::{SIGN_IN, SessionInUse, SignIn};
pub use self::session_store::{LockFuture, LockedSession, SessionStore, SessionStoreError};
pub use self::user_ref::UserRef;
use crate::backend::BackendApi;
use crate::error::{Error, ErrorKind};
use crate::frontend::FrontendApi;
use crate::minted::MintedToken;
use crate::operation::ClerkOperation;
use crate::token_kind::TokenKind;

/// A sign-in takes three calls (user, ticket, session), each with a deadline of its own.
const SIGN_IN_DEADLINE: Duration = Duration::from_secs(30);

/// A source of tokens for one user of the instance. Cloning is cheap; clones share the session.
///
/// The first mint signs in: a one-time sign-in token from the Backend API becomes a session at the Frontend API.
/// This works on production instances, where sessions cannot be created directly. Later mints use the same
/// session, for as long as it lives; when Clerk has ended it, one new sign-in takes its place. Callers that come
/// while it runs wait for that one, and a caller that gives up does not end it for the others.
///
/// With a [`SessionStore`] the session also outlives the process: the next one mints from it without signing in.
///
/// Each call of [`ServiceUser::mint`] mints a token: keep tokens for as long as they live.
#[derive(Clone)]
pub struct ServiceUser(Arc<Inner>);

struct Inner {
    backend: BackendApi,
    sign_in: SignIn,
    kind: TokenKind,
    expires_in: Option<Duration>,
    session: Cell<SignIn>,
}

/// What a [`ServiceUser`] is made of.
#[derive(Clone, Debug)]
pub struct ServiceUserBuilder {
    sign_in: SignIn,
    kind: TokenKind,
    expires_in: Option<Duration>,
    clock: Arc<dyn Clock>,
}

impl ServiceUser {
    /// Both APIs must be of the same instance.
    pub fn builder(
        backend: BackendApi,
        frontend: FrontendApi,
        user: impl Into<UserRef>,
    ) -> ServiceUserBuilder {
        ServiceUserBuilder {
            sign_in: SignIn::new(backend, frontend, user.into()),
            kind: TokenKind::default(),
            expires_in: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Mints a token, after signing in where there is no session.
    ///
    /// Where Clerk refuses, it answers the same for a session that is gone and for a template that does not exist.
    /// So the session is read: only if it is gone, one new sign-in is made and the mint repeated once.
    pub async fn mint(&self) -> Result<MintedToken, Error> {
        let held = self.session().await?;
        let error = match self.mint_from(&held.value.id).await {
            Err(error) if may_mean_gone(&error) => error,
            outcome => return outcome,
        };
        if !self.is_gone(&held.value.id).await? {
            return Err(self.explain(error));
        }
        tracing::info!("the service user's session has ended; signing in again");
        self.drop_session(&held);
        let held = self.session().await?;
        self.mint_from(&held.value.id)
            .await
            .map_err(|error| self.explain(error))
    }

    /// The session in use, if there is one.
    pub fn session_id(&self) -> Option<String> {
        self.0.session.peek().map(|held| held.value.id.clone())
    }

    /// Ends the session, so that it does not outlive its use, and removes it from the store, also one that another process
    /// left there. A later mint signs in again. Succeeds if there is no session, or if Clerk has ended it already; after a
    /// failure the session is kept, and this may be called again.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.end_own().await?;
        let Some(store) = &self.0.sign_in.store else {
            return Ok(());
        };
        let mut store = store.lock().await.map_err(not_ended)?;
        if let Some(id) = store.load().map_err(not_ended)? {
            self.revoke(&id).await?;
            store.remove().map_err(not_ended)?;
        }
        Ok(())
    }

    /// Ends the use by this process: signs out, unless the session is in a store for the next process.
    pub async fn close(&self) -> Result<(), Error> {
        match self.0.session.peek() {
            Some(held) if !held.value.is_kept => self.end_own().await,
            _ => Ok(()),
        }
    }

    /// Ends the session in use, if there is one.
    async fn end_own(&self) -> Result<(), Error> {
        if let Some(held) = self.0.session.peek() {
            self.revoke(&held.value.id).await?;
            self.drop_session(&held);
        }
        Ok(())
    }

    async fn revoke(&self, session_id: &str) -> Result<(), Error> {
        match self.0.backend.sessions().revoke(session_id).await {
            Err(error) if !(may_mean_gone(&error) && self.is_gone(session_id).await?) => Err(error),
            _ => Ok(()),
        }
    }

    /// Clerk has ended this session: it is used no more, not even if the store still has it.
    fn drop_session(&self, held: &Held<Arc<SessionInUse>>) {
        *self.0.sign_in.ended.lock() = Some(held.value.id.clone());
        self.0.session.invalidate(held.generation);
    }

    /// Where it is too early for another sign-in, the user is read: for one that may not sign in, that is the error, and
    /// not one that is over soon.
    async fn session(&self) -> Result<Held<Arc<SessionInUse>>, Error> {
        let error = match self.0.session.get().await {
            Ok(held) => return Ok(held),
            Err(unavailable) => no_session(&unavailable),
        };
        if error.kind() == ErrorKind::TooSoon {
            self.0.sign_in.check_user().await?;
        }
        Err(error)
    }

    async fn mint_from(&self, session_id: &str) -> Result<MintedToken, Error> {
        let Inner {
            backend,
            kind,
            expires_in,
            ..
        } = &*self.0;
        match kind {
            TokenKind::Session => backend.sessions().mint(session_id, *expires_in).await,
            TokenKind::Template(name) => {
                backend
                    .sessions()
                    .mint_from_template(session_id, name, *expires_in)
                    .await
            }
        }
    }

    async fn is_gone(&self, session_id: &str) -> Result<bool, Error> {
        match self.0.backend.sessions().get(session_id).await {
            Ok(session) => Ok(session.status.is_over()),
            Err(error) if error.is_not_found() => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// A 404 at the mint although the session is there can only mean the template.
    fn explain(&self, error: Error) -> Error {
        if error.is_not_found() && matches!(self.0.kind, TokenKind::Template(_)) {
            error.with_code("template_not_found")
        } else {
            error
        }
    }
}

/// What Clerk answers for an ended session is not documented beyond 401 and 404; so every refusal in its own words
/// counts, except those about the secret key and the rate.
fn may_mean_gone(error: &Error) -> bool {
    let about_the_key = matches!(
        error.code(),
        Some("clerk_key_invalid" | "authorization_header_format_invalid")
    );
    let refusal = matches!(
        error.kind(),
        ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Invalid
    );
    refusal && !about_the_key
}

/// A session in the store could not be ended.
fn not_ended(error: SessionStoreError) -> Error {
    Error::new(ClerkOperation::EndKeptSession, ErrorKind::StoreFailed).with_source(error)
}

fn no_session(unavailable: &Unavailable<Error>) -> Error {
    let retry_in = Some(unavailable.retry_in());
    match unavailable {
        Unavailable::Failed { source, .. } if source.is_transient() => {
            Error::clone(source).with_retry_after(retry_in)
        }
        Unavailable::Failed { source, .. } => Error::clone(source),
        Unavailable::TimedOut { .. } => Error::new(SIGN_IN, ErrorKind::TimedOut).with_retry_after(retry_in),
        Unavailable::CoolingDown { .. } => Error::new(SIGN_IN, ErrorKind::TooSoon).with_retry_after(retry_in),
        _ => Error::new(SIGN_IN, ErrorKind::Interrupted).with_retry_after(retry_in),
    }
}

impl ServiceUserBuilder {
    /// Which tokens to mint. Default: session tokens.
    #[must_use]
    pub fn with_token(mut self, kind: TokenKind) -> Self {
        self.kind = kind;
        self
    }

    /// Another lifetime than Clerk's or the template's: 30 seconds to ten years, in whole seconds.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// Keeps the session in `store`, so that the next process goes on with it. Without one, each process signs in.
    #[must_use]
    pub fn with_session_store(mut self, store: Arc<dyn SessionStore>) -> Self {
        self.sign_in.store = Some(store);
        self
    }

    /// Another clock than the machine's, for tests. It spaces sign-ins that fail.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Nothing is sent before the first mint.
    pub fn build(self) -> ServiceUser {
        let Self {
            mut sign_in,
            kind,
            expires_in,
            clock,
        } = self;
        // Of this service user alone, also where the builder makes several.
        sign_in.ended = Arc::default();
        let backend = sign_in.backend.clone();
        let policy = Policy::default().with_flight_deadline(SIGN_IN_DEADLINE);
        ServiceUser(Arc::new(Inner {
            backend,
            kind,
            expires_in,
            sign_in: sign_in.clone(),
            session: Cell::new(sign_in, policy, clock),
        }))
    }
}

impl fmt::Debug for ServiceUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceUser")
            .field("kind", &self.0.kind)
            .field("session_id", &self.session_id())
            .finish_non_exhaustive()
    }
}
