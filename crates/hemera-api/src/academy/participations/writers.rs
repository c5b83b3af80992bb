//! Who may write a participation now.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;

/// Lets the writers of one participation through one after the other, in the order in which they came.
///
/// They wait here, where they hold nothing, and not in PostgreSQL with a connection each. What is in here is bounded by
/// the number of requests that the server works on at a time. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writers(Arc<Queues>);

type Queues = Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>;

/// The right to write one participation. Dropped, it goes to the next writer.
#[derive(Debug)]
#[must_use = "the next writer goes ahead as soon as it is dropped"]
pub(super) struct Turn {
    queues: Arc<Queues>,
    id: String,
    held: Option<OwnedMutexGuard<()>>,
}

impl Writers {
    /// Waits for the writers of this participation that came before.
    pub(super) async fn turn(&self, id: &str) -> Turn {
        let queue = Arc::clone(self.0.lock().entry(id.to_owned()).or_default());
        // Made before the wait: a writer that gives up cleans up, too.
        let mut turn = Turn {
            queues: Arc::clone(&self.0),
            id: id.to_owned(),
            held: None,
        };
        turn.held = Some(queue.lock_owned().await);
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut queues = self.queues.lock();
        self.held = None;
        // The map's own and no other: the last one of this participation has gone.
        if queues
            .get(&self.id)
            .is_some_and(|queue| Arc::strong_count(queue) == 1)
        {
            queues.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn writers_go_in_the_order_in_which_they_came_and_leave_nothing_behind() {
        let writers = Writers::default();
        let first = writers.turn("part_1").await;
        let mut second = Box::pin(writers.turn("part_1"));
        let mut third = Box::pin(writers.turn("part_1"));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(third.as_mut().now_or_never().is_none());
        let other = writers.turn("part_2").now_or_never();
        assert!(other.is_some(), "another participation does not wait");

        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        drop(second.await);
        drop(third.await);
        drop(other);
        assert!(writers.0.lock().is_empty());
    }

    #[tokio::test]
    async fn a_writer_that_gives_up_lets_the_next_one_through() {
        let writers = Writers::default();
        let first = writers.turn("part_1").await;
        let mut gives_up = Box::pin(writers.turn("part_1"));
        assert!(gives_up.as_mut().now_or_never().is_none());
        let mut next = Box::pin(writers.turn("part_1"));
        assert!(next.as_mut().now_or_never().is_none());
        drop(gives_up);
        drop(first);
        drop(next.await);
        assert!(writers.0.lock().is_empty());
    }
}
