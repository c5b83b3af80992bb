//! Something that takes time, and may be dropped before its end.

use std::time::Duration;

use freshness::{Clock, Moment};

use super::{Event, Metrics};

/// Notes its event when it ends, also when it is dropped: a caller may give up a call at any time.
pub(crate) struct Timed<'a, E: Fn(&'static str, Duration) -> Event> {
    metrics: &'a Metrics,
    clock: &'a dyn Clock,
    began: Moment,
    /// Makes the event from the word for its end and the time that it took.
    event: E,
    /// The word for its end, if it is dropped now.
    word: &'static str,
}

impl Metrics {
    /// Begins now. If it is dropped before its end, the word for that is `cancelled`.
    pub(crate) fn time<'a, E: Fn(&'static str, Duration) -> Event>(
        &'a self,
        clock: &'a dyn Clock,
        event: E,
    ) -> Timed<'a, E> {
        Timed {
            metrics: self,
            clock,
            began: clock.now(),
            event,
            word: "cancelled",
        }
    }
}

impl<E: Fn(&'static str, Duration) -> Event> Timed<'_, E> {
    /// Ends now, with this word.
    pub(crate) fn end(mut self, word: &'static str) {
        self.word = word;
    }
}

impl<E: Fn(&'static str, Duration) -> Event> Drop for Timed<'_, E> {
    fn drop(&mut self) {
        let took = self.clock.now().since(self.began);
        self.metrics.note((self.event)(self.word, took));
    }
}
