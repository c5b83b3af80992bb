//! The numbers a cell lives by.

use std::time::Duration;

/// When to refresh, how often to ask, and how long to make do.
///
/// The default suits a token. The three users in this workspace:
///
/// ```
/// use std::time::Duration;
/// use freshness::Policy;
///
/// // A token: of no use once expired, so no grace.
/// let token = Policy::default();
///
/// // A key set: read again by age (its lifetime is the load's to say), at most once in 30 s for key ids
/// // that it does not know, and good for another hour while its issuer is down.
/// let key_set = Policy::default()
///     .with_renew_window(Duration::from_secs(30))
///     .with_grace(Duration::from_hours(1));
///
/// // A role look-up: its load says 60 s; 5 min more while the directory is down. A request waits for it, so
/// // it gives up early.
/// let role = Policy::default()
///     .with_grace(Duration::from_mins(5))
///     .with_flight_deadline(Duration::from_secs(3));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    lead_cap: Duration,
    lead_share: f64,
    jitter: f64,
    cool_down: Duration,
    renew_window: Duration,
    longest_wait: Duration,
    grace: Duration,
    flight_deadline: Duration,
}

impl Default for Policy {
    /// Lead: min(120 s, a fifth of the lifetime). Jitter: 0.2. Cool-down: 5 s. Renewals: as often as the
    /// cool-down allows. Longest wait on request: 60 s. No grace. Flight deadline: 15 s.
    fn default() -> Self {
        Self {
            lead_cap: Duration::from_mins(2),
            lead_share: 0.2,
            jitter: 0.2,
            cool_down: Duration::from_secs(5),
            renew_window: Duration::ZERO,
            longest_wait: Duration::from_mins(1),
            grace: Duration::ZERO,
            flight_deadline: Duration::from_secs(15),
        }
    }
}

impl Policy {
    /// The refresh starts at most this long before the end of the lifetime.
    #[must_use]
    pub fn with_lead_cap(self, lead_cap: Duration) -> Self {
        Self { lead_cap, ..self }
    }

    /// The refresh starts at most this share of the lifetime (0 to 1) before its end. A fixed lead would be
    /// wrong: a token that lives 60 s would always be due.
    #[must_use]
    pub fn with_lead_share(self, lead_share: f64) -> Self {
        Self {
            lead_share: share(lead_share),
            ..self
        }
    }

    /// How far chance may move things (0 to 1), so that many processes do not ask in step: it shortens the lead
    /// and lengthens the cool-down by up to this share of them. Zero turns it off.
    #[must_use]
    pub fn with_jitter(self, jitter: f64) -> Self {
        Self {
            jitter: share(jitter),
            ..self
        }
    }

    /// Loads are at least this far apart, also after a success; it is claimed before a load is sent, and again
    /// when it fails. The one exception is a single extra load after an invalidation.
    #[must_use]
    pub fn with_cool_down(self, cool_down: Duration) -> Self {
        Self { cool_down, ..self }
    }

    /// A load that only [`Cell::renew`](crate::Cell::renew) asks for is at least this far from the one before
    /// it. Less than the cool-down means the cool-down.
    #[must_use]
    pub fn with_renew_window(self, renew_window: Duration) -> Self {
        Self { renew_window, ..self }
    }

    /// The most that [`Load::wait_after`](crate::Load::wait_after) can ask for; more is cut to this.
    #[must_use]
    pub fn with_longest_wait(self, longest_wait: Duration) -> Self {
        Self { longest_wait, ..self }
    }

    /// How long past its lifetime a value is still served (marked stale) when no newer one can be had. Zero,
    /// the default, is right for a value that its receiver refuses once expired.
    #[must_use]
    pub fn with_grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// How long a load may take. It is the load's own: a caller that gives up earlier ends only its own waiting.
    #[must_use]
    pub fn with_flight_deadline(self, flight_deadline: Duration) -> Self {
        Self {
            flight_deadline,
            ..self
        }
    }

    /// How long a value with this lifetime is fresh at least: its lifetime less the whole lead. A value that is used all the
    /// time is loaded again after that, and never earlier by itself.
    pub fn fresh_for_at_least(&self, lifetime: Duration) -> Duration {
        self.fresh_for(Some(lifetime), 0.0)
    }

    /// How long a value with this lifetime is fresh; after that it is aging. `roll` is in `0.0..1.0`.
    pub(crate) fn fresh_for(&self, lifetime: Option<Duration>, roll: f64) -> Duration {
        let Some(lifetime) = lifetime else {
            return Duration::MAX;
        };
        let lead = scale(lifetime, self.lead_share).min(self.lead_cap);
        lifetime.saturating_sub(scale(lead, 1.0 - self.jitter * roll))
    }

    /// The distance to the next load.
    pub(crate) fn spacing(&self, roll: f64) -> Duration {
        scale(self.cool_down, 1.0 + self.jitter * roll)
    }

    /// The distance to the next load that only a renewal asks for.
    pub(crate) fn renew_spacing(&self, roll: f64) -> Duration {
        scale(self.renew_window.max(self.cool_down), 1.0 + self.jitter * roll)
    }

    /// What is granted of a wait that the other side asked for.
    pub(crate) fn wait(&self, asked: Duration) -> Duration {
        asked.min(self.longest_wait)
    }

    /// The plain cool-down, without chance.
    pub(crate) fn cool_down(&self) -> Duration {
        self.cool_down
    }

    /// See [`Policy::with_grace`].
    pub(crate) fn grace(&self) -> Duration {
        self.grace
    }

    /// See [`Policy::with_flight_deadline`].
    pub(crate) fn flight_deadline(&self) -> Duration {
        self.flight_deadline
    }
}

/// Any number as a share: what is not a number is none of it.
fn share(number: f64) -> f64 {
    if number.is_nan() {
        0.0
    } else {
        number.clamp(0.0, 1.0)
    }
}

/// `duration × factor`, without the panic of the operator where the product is too large to represent.
fn scale(duration: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}
