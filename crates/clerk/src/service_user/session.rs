//! The sign-in of a service user: a load for the cell that keeps its session.

use std::sync::Arc;
use std::time::Duration;

use freshness::{Load, Loaded};

use super::user_ref::UserRef;
use crate::backend::{BackendApi, User};
use crate::error::{Error, ErrorKind};
use crate::frontend::FrontendApi;
use crate::operation::ClerkOperation;

/// The ticket is redeemed immediately; one that gets lost is soon worthless.
const TICKET_LIFETIME: Duration = Duration::from_mins(1);

/// What is done here.
pub(super) const SIGN_IN: ClerkOperation = ClerkOperation::SignServiceUserIn;

/// Signs a user in.
#[derive(Clone, Debug)]
pub(super) struct SignIn {
    pub(super) backend: BackendApi,
    pub(super) frontend: FrontendApi,
    pub(super) user: UserRef,
}

impl SignIn {
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
}

impl Load for SignIn {
    /// The session's id.
    type Value = Arc<str>;
    type Error = Error;

    async fn load(&self) -> Result<Loaded<Arc<str>>, Error> {
        let user_id = self.user_id().await?;
        let token = self
            .backend
            .sign_in_tokens()
            .create(&user_id, TICKET_LIFETIME)
            .await?;
        let signed_in = self.frontend.redeem_ticket(&token.ticket).await?;
        // A mint shows when the session has ended: clocks differ, and an operator may end it any time.
        Ok(Loaded::for_ever(signed_in.session_id.into()))
    }

    fn wait_after(&self, error: &Error) -> Option<Duration> {
        error.retry_after()
    }

    fn what(&self) -> &'static str {
        "the service user's session"
    }
}
