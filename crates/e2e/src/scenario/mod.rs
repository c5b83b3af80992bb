//! The scenarios: each starts a stack of its own, walks its promises and stops it.

mod aither_example;
mod ban;
mod by_key;
mod development;
mod documents;
mod door;
mod drills;
mod faults;
mod figures;
mod flows;
mod import;
mod in_memory;
mod leaks;
mod machine;
mod main_path;
mod outages;
mod provisioning;
mod provoked;
mod reads_and_writes;
mod refusals;
mod replicas;
mod responses;
mod rollback;
mod service_user;
mod snapshots;
mod staging;
mod trail;
mod ways_in;

pub(crate) use self::by_key::ServiceKey;
pub(crate) use self::ways_in::{enrolled_at, ticket};
use crate::checklist::Checklist;
use crate::stack::Programs;

/// A scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Every success criterion, on a production instance.
    MainPath,
    /// The same flow on a development instance.
    Development,
    /// The ways to obtain a token that the main path does not take.
    WaysIn,
    /// The operator's commands at Clerk, and what they do to Aither.
    Provisioning,
    /// From a shut-out over the service key to the service user again, on two plans of Clerk's.
    Rollback,
    /// Tokens of a machine in place of a user's.
    Machine,
    /// From a ban to the last request that is still let in.
    Ban,
    /// The example of an Aither that links the client.
    AitherExample,
    /// Aither's flows by the command `aither`, some of them killed in the middle.
    Flows,
    /// The door for programs in other languages.
    Door,
    /// Clerk down, keys rotated and sessions revoked in the middle of it.
    Outages,
    /// Two servers over one Redis, which is lost and found again.
    Replicas,
    /// What breaks around the servers, in short.
    Faults,
    /// The drills: runbooks, performed and measured.
    Drills,
    /// The command lines of the documents, run as they stand there.
    Documents,
    /// The walk with a development instance of Clerk, on the local one.
    Staging,
    /// The main path again, with everything that comes out of it searched for secrets.
    Leaks,
}

impl Scenario {
    /// Every scenario, in the order in which they are walked. From the last one on this process logs everything.
    pub(crate) const ALL: [Self; 17] = [
        Self::MainPath,
        Self::Development,
        Self::WaysIn,
        Self::Provisioning,
        Self::Rollback,
        Self::Machine,
        Self::Ban,
        Self::AitherExample,
        Self::Flows,
        Self::Door,
        Self::Outages,
        Self::Replicas,
        Self::Faults,
        Self::Drills,
        Self::Documents,
        Self::Staging,
        Self::Leaks,
    ];

    /// Whether it is walked without `--all`.
    pub(crate) const fn is_main(self) -> bool {
        matches!(self, Self::MainPath)
    }

    /// Starts the stack, walks, and stops it.
    pub(crate) async fn walk(self, programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
        match self {
            Self::MainPath => Box::pin(main_path::walk(programs, checklist)).await,
            Self::Development => Box::pin(development::walk(programs, checklist)).await,
            Self::WaysIn => Box::pin(ways_in::walk(programs, checklist)).await,
            Self::Provisioning => Box::pin(provisioning::walk(programs, checklist)).await,
            Self::Rollback => Box::pin(rollback::walk(programs, checklist)).await,
            Self::Machine => Box::pin(machine::walk(programs, checklist)).await,
            Self::Ban => Box::pin(ban::walk(programs, checklist)).await,
            Self::AitherExample => Box::pin(aither_example::walk(programs, checklist)).await,
            Self::Flows => Box::pin(flows::walk(programs, checklist)).await,
            Self::Door => Box::pin(door::walk(programs, checklist)).await,
            Self::Outages => Box::pin(outages::walk(programs, checklist)).await,
            Self::Replicas => Box::pin(replicas::walk(programs, checklist)).await,
            Self::Faults => {
                Box::pin(faults::walk(programs, checklist)).await;
                Ok(())
            }
            Self::Drills => Box::pin(drills::walk(programs, checklist)).await,
            Self::Documents => Box::pin(documents::walk(programs, checklist)).await,
            Self::Staging => Box::pin(staging::walk(programs, checklist)).await,
            Self::Leaks => Box::pin(leaks::walk(programs, checklist)).await,
        }
    }
}
