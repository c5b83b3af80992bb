//! Promises of the service user: one sign-in, one session, and a new one only where Clerk has ended the old.

pub(crate) mod lost_session;
mod mint;
mod sign_in;

use std::sync::Arc;

use clerk::{ServiceUser, ServiceUserBuilder, TokenKind};
use freshness::ManualClock;

use crate::support::clerk::{Clerk, USER};
use crate::support::token::now;

const SIGN_IN: &str = "POST /v1/client/sign_ins";
const TICKETS: &str = "POST /v1/sign_in_tokens";
const REVOKE: &str = "POST /v1/sessions/sess_1/revoke";
const MINT: &str = "POST /v1/sessions/sess_1/tokens/hemera-api";

fn user(clerk: &Clerk) -> ServiceUserBuilder {
    ServiceUser::builder(clerk.backend(), clerk.frontend(), USER)
}

fn template_user(clerk: &Clerk) -> ServiceUser {
    user(clerk)
        .with_token(TokenKind::Template("hemera-api".to_owned()))
        .with_clock(Arc::new(ManualClock::at(now())))
        .build()
}

/// So many mints, none of which may fail.
async fn mint_concurrently(user: &ServiceUser, callers: usize) {
    let mints: Vec<_> = (0..callers)
        .map(|_| {
            let user = user.clone();
            tokio::spawn(async move { user.mint().await })
        })
        .collect();
    for mint in mints {
        mint.await.unwrap().unwrap();
    }
}
