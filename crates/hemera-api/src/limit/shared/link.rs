//! Whether the store is there, and when to look for it again.

use std::time::Duration;

/// How soon the store is looked for after a first loss.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// The way to the store over a connection `C`. Times are those of the clock's monotonic reading.
pub(super) struct Link<C> {
    state: State<C>,
    /// Counts the connections, so that the failure of an earlier one says nothing of a later one.
    generation: u64,
    /// How long the next loss keeps us away.
    pause: Duration,
    longest_pause: Duration,
}

enum State<C> {
    Live { connection: C, since: Duration },
    Lost { look_at: Duration, is_looking: bool },
}

/// What a request finds.
#[derive(Debug, PartialEq)]
pub(super) enum Found<C> {
    /// A connection to ask on, and its generation.
    Live(C, u64),
    /// Nothing; and this request is the one that has somebody look for it.
    LostAndDue,
    /// Nothing, and no need to look.
    Lost,
}

impl<C: Clone> Link<C> {
    /// Not there yet. A store that comes and goes is looked for ever more rarely, at last once a window: each coming
    /// and each going can let a burst pass.
    pub(super) fn new(window: Duration) -> Self {
        Self {
            state: State::Lost {
                look_at: Duration::ZERO,
                is_looking: true,
            },
            generation: 0,
            pause: FIRST_LOOK,
            longest_pause: window.max(FIRST_LOOK),
        }
    }

    pub(super) fn is_live(&self) -> bool {
        matches!(self.state, State::Live { .. })
    }

    pub(super) fn find(&mut self, now: Duration) -> Found<C> {
        match &mut self.state {
            State::Live { connection, .. } => Found::Live(connection.clone(), self.generation),
            State::Lost { look_at, is_looking } if !*is_looking && now >= *look_at => {
                *is_looking = true;
                Found::LostAndDue
            }
            State::Lost { .. } => Found::Lost,
        }
    }

    pub(super) fn found(&mut self, connection: C, now: Duration) {
        self.generation += 1;
        self.state = State::Live {
            connection,
            since: now,
        };
    }

    /// Nobody answered who was looked for.
    pub(super) fn not_found(&mut self, now: Duration) {
        self.state = State::Lost {
            look_at: now + self.pause,
            is_looking: false,
        };
        self.pause = (self.pause * 2).min(self.longest_pause);
    }

    /// A connection of this generation has failed. Whether that is news.
    pub(super) fn lose(&mut self, generation: u64, now: Duration) -> bool {
        let State::Live { since, .. } = self.state else {
            return false;
        };
        if generation != self.generation {
            return false;
        }
        if now.saturating_sub(since) >= self.longest_pause {
            self.pause = FIRST_LOOK;
        }
        self.not_found(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(6);

    fn second(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    /// When the store is looked for, if nobody ever answers and a request comes each second.
    fn looks_until(end: u64) -> Vec<u64> {
        let mut link = Link::<&str>::new(WINDOW);
        link.not_found(second(0));
        let mut looks = Vec::new();
        for now in 0..=end {
            if link.find(second(now)) == Found::LostAndDue {
                looks.push(now);
                link.not_found(second(now));
            }
        }
        looks
    }

    #[test]
    fn a_store_that_stays_away_is_looked_for_ever_more_rarely_at_last_once_a_window() {
        assert_eq!(looks_until(25), [1, 3, 7, 13, 19, 25]);
    }

    #[test]
    fn one_request_has_it_looked_for_and_no_other() {
        let mut link = Link::<&str>::new(WINDOW);
        // The start is a look of its own.
        assert_eq!(link.find(second(0)), Found::Lost);
        link.not_found(second(0));
        assert_eq!(link.find(second(1)), Found::LostAndDue);
        assert_eq!(link.find(second(9)), Found::Lost);
        link.found("again", second(9));
        assert_eq!(link.find(second(9)), Found::Live("again", 1));
    }

    #[test]
    fn a_store_that_held_for_a_window_is_looked_for_soon_again() {
        let mut link = Link::new(WINDOW);
        for (found, lost, looked_for) in [(0, 1, 2), (2, 3, 5), (5, 11, 12)] {
            link.found("store", second(found));
            let Found::Live(_, generation) = link.find(second(found)) else {
                unreachable!("it was found")
            };
            assert!(link.lose(generation, second(lost)));
            assert_eq!(link.find(second(looked_for - 1)), Found::Lost);
            assert_eq!(link.find(second(looked_for)), Found::LostAndDue);
        }
    }

    /// Many requests notice one loss; it is told once, and an old one is no news of a new connection.
    #[test]
    fn a_loss_is_noticed_once() {
        let mut link = Link::new(WINDOW);
        link.found("first", second(0));
        assert!(link.lose(1, second(1)));
        assert!(!link.lose(1, second(1)));
        link.found("second", second(2));
        assert!(!link.lose(1, second(2)));
        assert!(link.is_live());
    }
}
