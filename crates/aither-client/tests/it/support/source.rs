//! A source of numbered tokens, so that a test can see which one was sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aither_client::{SecretString, Token, TokenError, TokenFuture, TokenSource};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

const LIFETIME: Duration = Duration::from_mins(15);

/// What the source does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TokenReply {
    Token,
    /// The previous token again.
    SameToken,
    Transient,
    TransientFor(Duration),
    Permanent,
}

#[derive(Debug, Default)]
struct State {
    requests: u32,
    issued: u32,
    script: VecDeque<TokenReply>,
}

/// `token-1`, `token-2`, …, each valid for 15 minutes. Clones share the count.
#[derive(Clone, Debug)]
pub(crate) struct NumberedTokens {
    state: Arc<Mutex<State>>,
    gate: Arc<Semaphore>,
}

impl NumberedTokens {
    pub(crate) fn new() -> Self {
        Self::scripted([])
    }

    /// Follows `script`, then returns tokens.
    pub(crate) fn scripted(script: impl IntoIterator<Item = TokenReply>) -> Self {
        let state = State {
            script: script.into_iter().collect(),
            ..State::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            gate: Arc::new(Semaphore::new(1_000)),
        }
    }

    /// Returns nothing until [`NumberedTokens::open`].
    pub(crate) fn closed() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(0)),
            ..Self::new()
        }
    }

    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }

    /// How often a token was requested.
    pub(crate) fn requests(&self) -> u32 {
        self.state.lock().requests
    }
}

impl TokenSource for NumberedTokens {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            self.state.lock().requests += 1;
            self.gate.acquire().await.map_err(TokenError::permanent)?.forget();
            let mut state = self.state.lock();
            match state.script.pop_front().unwrap_or(TokenReply::Token) {
                TokenReply::Token => state.issued += 1,
                TokenReply::SameToken => {}
                TokenReply::Transient => return Err(TokenError::transient("the issuer is down; wait")),
                TokenReply::TransientFor(wait) => {
                    return Err(TokenError::transient("the issuer is busy; wait").with_retry_after(wait));
                }
                TokenReply::Permanent => {
                    return Err(TokenError::permanent(
                        "the service user is banned; have it unbanned",
                    ));
                }
            }
            let jwt = SecretString::from(format!("token-{}", state.issued));
            Token::bearer(&jwt, LIFETIME).map_err(TokenError::permanent)
        })
    }
}
