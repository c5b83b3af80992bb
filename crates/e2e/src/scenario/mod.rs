//! The scenarios: each starts a stack of its own, walks its promises and stops it.

mod by_key;
mod development;
mod main_path;
mod outages;
mod reads_and_writes;
mod refusals;
mod service_user;

use crate::checklist::Checklist;
use crate::stack::Programs;

/// A scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Every success criterion, on a production instance.
    MainPath,
    /// The same flow on a development instance.
    Development,
    /// Clerk down, keys rotated and sessions revoked in the middle of it.
    Outages,
}

impl Scenario {
    /// Every scenario, in the order in which they are walked.
    pub(crate) const ALL: [Self; 3] = [Self::MainPath, Self::Development, Self::Outages];

    /// Whether it is walked without `--all`.
    pub(crate) const fn is_main(self) -> bool {
        matches!(self, Self::MainPath)
    }

    /// Starts the stack, walks, and stops it.
    pub(crate) async fn walk(self, programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
        match self {
            Self::MainPath => Box::pin(main_path::walk(programs, checklist)).await,
            Self::Development => Box::pin(development::walk(programs, checklist)).await,
            Self::Outages => Box::pin(outages::walk(programs, checklist)).await,
        }
    }
}
