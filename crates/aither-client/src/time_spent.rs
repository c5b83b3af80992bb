//! What a call has spent its time on.

use std::fmt;
use std::time::Duration;

/// What a call spent its time on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeSpent {
    /// Waiting at the pacing gate.
    pub pacing: Duration,
    /// Waiting for a token.
    pub token: Duration,
    /// In attempts, each from sending it to the end of its response.
    pub attempts: Duration,
    /// Waiting between attempts, and before any attempt for the circuit to close.
    pub retries: Duration,
}

impl TimeSpent {
    /// The time of the whole call.
    pub fn total(&self) -> Duration {
        self.pacing
            .saturating_add(self.token)
            .saturating_add(self.attempts)
            .saturating_add(self.retries)
    }
}

/// `12.0 s at the pacing gate, 3.1 s for a token`: parts that took time, the longest first.
impl fmt::Display for TimeSpent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = [
            (self.pacing, "at the pacing gate"),
            (self.token, "for a token"),
            (self.attempts, "in attempts"),
            (self.retries, "between attempts"),
        ];
        parts.sort_by_key(|(spent, _)| std::cmp::Reverse(*spent));
        let mut parts = parts.into_iter().filter(|(spent, _)| !spent.is_zero());
        let Some((spent, on)) = parts.next() else {
            return f.write_str("no time");
        };
        write!(f, "{:.1} s {on}", spent.as_secs_f64())?;
        for (spent, on) in parts {
            write!(f, ", {:.1} s {on}", spent.as_secs_f64())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_part_comes_first_and_empty_parts_are_left_out() {
        let spent = TimeSpent {
            token: Duration::from_millis(3_140),
            attempts: Duration::from_secs(12),
            ..TimeSpent::default()
        };
        assert_eq!(spent.to_string(), "12.0 s in attempts, 3.1 s for a token");
        assert_eq!(TimeSpent::default().to_string(), "no time");
    }
}
