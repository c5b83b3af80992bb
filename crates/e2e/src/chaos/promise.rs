//! What Hemera promises while something else fails: a closed list. Each is proven by a scenario, and a broken one is
//! named by it.

use serde::Serialize;

/// A promise. Its text is what a person reads in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Promise {
    RowsExact,
    ResultsKept,
    NoCallFails,
    EndsInOrder,
    SilentRecovery,
    SilentAuditWriter,
    EndsWhileSilent,
    SecondSignalEnds,
    LockedRowCostsItsWriters,
    LockedRowCostsNoOther,
    GivenUpWritesStayAway,
    AnsweredWritesStand,
    AnsweredWritesStandWithVersions,
    StoppedBackendCostsItsCall,
    PoolIsWholeAgain,
    OneAttemptPerRestart,
    FullDiskRecovers,
    FullDiskAcknowledgesNothing,
    FullDiskIsOutOfReach,
    LimitHoldsWithoutStore,
    StoreMakesNoCallWait,
    StoreIsFoundAgain,
    KnownCallersOutliveClerk,
    TokensAreVerifiedWithoutClerk,
    BanCountsWithoutClerk,
    ClerkIsFoundAgain,
    FloodMakesFewRecords,
    FloodDelaysAitherLittle,
    HostileSocketsDelayNoCall,
    NothingFailsInside,
    NothingIsAdmitted,
    AddressHasItsShare,
    OneLogWithoutGap,
    LimitHoldsTogether,
    ProxyTakesServersOut,
    ProxyTakesServersBack,
}

impl Promise {
    /// What is promised, in one line.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::RowsExact => "every answered request has one audit record, and no request has two",
            Self::ResultsKept => "the database holds the result that was acknowledged last",
            Self::NoCallFails => "no call of aither-client fails",
            Self::EndsInOrder => "SIGTERM under load ends a server with exit code 0",
            Self::SilentRecovery => "all connections silent: answered with 200 again within 20 s",
            Self::SilentAuditWriter => "a silent connection of the audit writer fails no call",
            Self::EndsWhileSilent => {
                "SIGTERM ends the process within drain time-out and audit deadline while all is silent"
            }
            Self::SecondSignalEnds => "a second signal ends it within 3 s",
            Self::LockedRowCostsItsWriters => "writers of a locked row are answered with 503",
            Self::LockedRowCostsNoOther => "a locked row costs other callers no call and at most 100 ms",
            Self::GivenUpWritesStayAway => "what was answered with 503 is not written when the lock goes",
            Self::AnsweredWritesStand => "no answered write is overtaken by one that was given up before",
            Self::AnsweredWritesStandWithVersions => "the same over two servers, with If-Match",
            Self::StoppedBackendCostsItsCall => {
                "a stopped backend of PostgreSQL costs its own call the statement's deadline, and no other call"
            }
            Self::PoolIsWholeAgain => "the place of a stopped backend in the pool is used again",
            Self::OneAttemptPerRestart => "after a restart of PostgreSQL one attempt fails at most",
            Self::FullDiskRecovers => "calls succeed within 30 s after the disk has space again",
            Self::FullDiskAcknowledgesNothing => {
                "a full disk ends no server, and no write without a row is acknowledged"
            }
            Self::FullDiskIsOutOfReach => "a full disk is answered with 503, never with 500",
            Self::LimitHoldsWithoutStore => {
                "any window admits at most limit + (1 + losses and returns) x burst"
            }
            Self::StoreMakesNoCallWait => "no request waits for a lost Redis much longer than its time-out",
            Self::StoreIsFoundAgain => "the Redis is found again, without a restart",
            Self::KnownCallersOutliveClerk => "known callers are served while Clerk is gone",
            Self::TokensAreVerifiedWithoutClerk => "a forged token is refused while Clerk is gone",
            Self::BanCountsWithoutClerk => {
                "a ban counts within roles.max_age and roles.grace while Clerk is gone"
            }
            Self::ClerkIsFoundAgain => {
                "callers are served again, and banned ones refused, once Clerk is back"
            }
            Self::FloodMakesFewRecords => "a flood makes fewer than 100 audit records a minute",
            Self::FloodDelaysAitherLittle => {
                "a flood fails no call of Aither's and delays it by what the processor is short of"
            }
            Self::HostileSocketsDelayNoCall => {
                "hostile connections fail no call of Aither's and delay none past 2 s"
            }
            Self::NothingFailsInside => "no hostile bytes are answered with 500, and none end the server",
            Self::NothingIsAdmitted => "no hostile bytes get anything without a credential",
            Self::AddressHasItsShare => "one address holds at most 128 connections",
            Self::LimitHoldsTogether => {
                "behind the proxy, any window admits at most limit + burst over both servers"
            }
            Self::ProxyTakesServersOut => "the proxy takes a killed server out within 2 s",
            Self::ProxyTakesServersBack => "the proxy takes a replaced server back within 5 s",
            Self::OneLogWithoutGap => {
                "all records are leaves of one log without a gap, and an auditor's check agrees"
            }
        }
    }
}
