//! Promises of the service user: one sign-in, one session, and a new one only where Clerk has ended the old.

pub(crate) mod lost_session;
mod mint;
mod sign_in;

use std::sync::Arc;

use clerk::{ServiceUser, TokenKind};
use freshness::ManualClock;

use crate::support::clerk::{Clerk, USER};
use crate::support::token::now;

const SIGN_IN: &str = "POST /v1/client/sign_ins";
const TICKETS: &str = "POST /v1/sign_in_tokens";

fn template_user(clerk: &Clerk) -> ServiceUser {
    let kind = TokenKind::Template("hemera-api".to_owned());
    ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
        .with_token(kind)
        .with_clock(Arc::new(ManualClock::at(now())))
        .build()
}
