//! What the tokens of a machine cost.

use std::time::Duration;

use super::{Doctor, Report};

/// Clerk's month, for what one costs.
const MONTH: Duration = Duration::from_hours(30 * 24);

/// Tokens of machines that Clerk makes in a month without a charge.
const FREE: u128 = 2_500;

impl Doctor {
    /// How many tokens of the machine this process needs in a month at most. Processes that share their tokens need as many
    /// together.
    pub(super) fn mints(&self, report: &mut Report) {
        const NAME: &str = "mints";
        let (Some(lifetime), Ok(builder)) = (self.settings.machine_token_lifetime, &self.client) else {
            return;
        };
        let between = builder.token_policy().fresh_for_at_least(lifetime);
        let mints = MONTH.as_nanos().div_ceil(between.as_nanos().max(1));
        let found = format!(
            "{mints} a month at most, of tokens that live {} s, for each process with tokens of its own; Clerk gives {FREE} free",
            lifetime.as_secs()
        );
        if mints > FREE {
            return report.warned(
                NAME,
                found,
                "set AITHER_MACHINE_TOKEN_MINUTES to 20 or more, unless Clerk's bill for the rest is accepted",
            );
        }
        report.passed(NAME, found);
    }
}
