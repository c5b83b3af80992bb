//! A source whose tokens are numbered, so that a test can see which one was sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aither_client::{SecretString, Token, TokenError, TokenFuture, TokenSource};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

const LIFETIME: Duration = Duration::from_mins(15);

/// What the source does when asked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Token,
    /// The token of the time before.
    SameToken,
    Transient,
    TransientFor(Duration),
    Permanent,
}

#[derive(Debug, Default)]
struct State {
    asked: u32,
    issued: u32,
    script: VecDeque<Outcome>,
}

/// `token-1`, `token-2`, …, each valid for 15 minutes. Clones share the count.
#[derive(Clone, Debug)]
pub(crate) struct Numbered {
    state: Arc<Mutex<State>>,
    gate: Arc<Semaphore>,
}

impl Numbered {
    pub(crate) fn new() -> Self {
        Self::scripted([])
    }

    /// Goes through `script` and gives tokens from then on.
    pub(crate) fn scripted(script: impl IntoIterator<Item = Outcome>) -> Self {
        let state = State {
            script: script.into_iter().collect(),
            ..State::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            gate: Arc::new(Semaphore::new(1_000)),
        }
    }

    /// Gives nothing until [`Numbered::open`].
    pub(crate) fn closed() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(0)),
            ..Self::new()
        }
    }

    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> u32 {
        self.state.lock().asked
    }
}

impl TokenSource for Numbered {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            self.state.lock().asked += 1;
            self.gate.acquire().await.map_err(TokenError::permanent)?.forget();
            let mut state = self.state.lock();
            match state.script.pop_front().unwrap_or(Outcome::Token) {
                Outcome::Token => state.issued += 1,
                Outcome::SameToken => {}
                Outcome::Transient => return Err(TokenError::transient("the issuer is down; wait")),
                Outcome::TransientFor(wait) => {
                    return Err(TokenError::transient("the issuer is busy; wait").with_retry_after(wait));
                }
                Outcome::Permanent => {
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
