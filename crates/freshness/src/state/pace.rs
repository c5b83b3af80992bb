//! How far apart loads are: the one place that decides whether one may be sent now.

use std::time::Duration;

use crate::{Moment, Policy};

/// The distance to the next load.
#[derive(Clone, Copy, Debug)]
struct Spacing {
    since: Moment,
    wait: Duration,
    renew_wait: Duration,
    /// The other side asked for it, so an invalidation does not lift it.
    asked: bool,
}

/// What an invalidation allows.
#[derive(Clone, Copy, Debug)]
struct Grant {
    at: Moment,
    unused: bool,
}

/// When the next load may be sent.
#[derive(Debug, Default)]
pub(super) struct Pace {
    spacing: Option<Spacing>,
    grant: Option<Grant>,
}

impl Pace {
    /// A load is about to be sent. Claimed before the call, so that nothing it does can bring two close together.
    pub(super) fn claim(&mut self, policy: &Policy, now: Moment, roll: f64) {
        self.space(policy, now, roll, None);
        self.satisfy();
    }

    /// The load failed, and the other side may have asked to be left alone. Counted from here on, or the failure
    /// of a slow load would be forgotten as soon as it is known.
    pub(super) fn hold_off(&mut self, policy: &Policy, now: Moment, roll: f64, asked: Option<Duration>) {
        self.space(policy, now, roll, asked);
    }

    fn space(&mut self, policy: &Policy, now: Moment, roll: f64, asked: Option<Duration>) {
        let floor = asked.map_or(Duration::ZERO, |asked| policy.wait(asked));
        self.spacing = Some(Spacing {
            since: now,
            wait: policy.spacing(roll).max(floor),
            renew_wait: policy.renew_spacing(roll).max(floor),
            asked: asked.is_some(),
        });
    }

    /// A value was invalidated: one load may go ahead of the cool-down, once per cool-down.
    pub(super) fn grant(&mut self, policy: &Policy, now: Moment) {
        let lately = self
            .grant
            .is_some_and(|grant| now.since(grant.at) < policy.cool_down());
        if !lately {
            self.grant = Some(Grant {
                at: now,
                unused: true,
            });
        }
    }

    /// What was granted is no longer needed.
    pub(super) fn satisfy(&mut self) {
        if let Some(grant) = &mut self.grant {
            grant.unused = false;
        }
    }

    /// A load may be sent for a value that is due.
    pub(super) fn allows_load(&self, now: Moment) -> bool {
        let granted = self.grant.is_some_and(|grant| grant.unused);
        self.spacing
            .is_none_or(|spacing| now.since(spacing.since) >= spacing.wait || (granted && !spacing.asked))
    }

    /// A load may be sent for a value that is not due.
    pub(super) fn allows_renewal(&self, now: Moment) -> bool {
        self.spacing
            .is_none_or(|spacing| now.since(spacing.since) >= spacing.renew_wait)
    }

    /// Since when, and for how long, no load may be sent for a value that is due.
    pub(super) fn pause(&self) -> Option<(Moment, Duration)> {
        self.spacing.map(|spacing| (spacing.since, spacing.wait))
    }

    /// Time until the next load may be sent.
    pub(super) fn retry_in(&self, now: Moment) -> Duration {
        self.pause().map_or(Duration::ZERO, |(since, wait)| {
            wait.saturating_sub(now.since(since))
        })
    }
}
