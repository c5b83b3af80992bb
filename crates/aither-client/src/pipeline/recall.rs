//! What is remembered, offered with an attempt, and what becomes of it.

use http::StatusCode;
use tracing::debug;

use super::exchange::Exchange;
use super::{Carried, Pipeline};
use crate::error::Error;
use crate::memory::{Answers, Key, Known};
use crate::send::{Answer, SendError};
use crate::token::Token;

/// What the answer to an attempt will be remembered under, and what is remembered there now.
#[derive(Default)]
pub(super) struct Recollection {
    pub(super) key: Option<Key>,
    pub(super) known: Option<Known>,
}

impl Exchange<'_> {
    /// Looked up for each attempt: a new token may speak for somebody else.
    pub(super) fn recall(&self, token: &Token) -> Recollection {
        let Some(answers) = &self.pipeline.answers else {
            return Recollection::default();
        };
        let key = Answers::key(self.call, token);
        let offered = key.as_ref().filter(|_| !self.plainly);
        let known = offered.and_then(|key| answers.recall(key));
        Recollection { key, known }
    }

    /// What a 304 says is unchanged. Where that is not what was offered, nothing: then all of it is asked for,
    /// once.
    pub(super) fn confirm(
        &mut self,
        known: Option<Known>,
        unchanged: &Answer,
    ) -> Result<Option<Answer>, Error> {
        if let Some(whole) = known.and_then(|known| known.confirmed_by(unchanged)) {
            return Ok(Some(whole));
        }
        if self.plainly {
            return Err(Error::answered(unchanged));
        }
        debug!("told that something else is unchanged; asking for all of it");
        self.plainly = true;
        Ok(None)
    }

    /// What may not be seen any more, or is no longer there, is not kept either.
    pub(super) fn forget_if_gone(&self, key: Option<&Key>, outcome: &Result<Answer, SendError>) {
        let gone = |status| matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
        let is_gone = outcome.as_ref().is_ok_and(|answer| gone(answer.status));
        if let (Some(answers), Some(key), true) = (&self.pipeline.answers, key, is_gone) {
            answers.forget(key);
        }
    }
}

impl Pipeline {
    /// The answer could be read: it may be confirmed the next time.
    pub(crate) fn remember(&self, carried: Carried) {
        if let (Some(answers), Some(key)) = (&self.answers, carried.key) {
            answers.remember(key, &carried.answer);
        }
    }

    /// The answer could not be read: the next time all of it is asked for.
    pub(crate) fn forget(&self, carried: &Carried) {
        if let (Some(answers), Some(key)) = (&self.answers, &carried.key) {
            answers.forget(key);
        }
    }
}
