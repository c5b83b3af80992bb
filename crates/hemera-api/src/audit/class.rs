//! Whose requests may come in any number, and how many records a minute may name such a caller.

/// A class of requests that may come in any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Unauthenticated callers.
    Unproven,
    /// Authenticated callers whose role may not use the service API: any user of the Clerk instance.
    Outsider,
    /// Callers that may use the service API, where they are refused for their role or their rate.
    Refused,
}

impl Class {
    /// How many records a minute may name a caller, by class.
    pub(super) const BUDGETS: [usize; 3] = [300, 50, 300];
}
