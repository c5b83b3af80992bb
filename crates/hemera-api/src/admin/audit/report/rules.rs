//! The alerts of `deploy/prometheus/rules`, and which of them the audit trail can tell of afterwards.
//!
//! Windows, thresholds and reasons are those of the rules. The trail has minutes where Prometheus has scrapes, so a window may
//! be off by a minute.

/// What is counted for an alert.
#[derive(Clone, Copy, Debug)]
pub(super) enum CountedBy {
    /// Refused credentials for one reason, apart from requests that have none.
    FailedAuthentications,
    /// Requests with one of these reasons, by reason.
    Reasons(&'static [&'static str]),
    /// Requests with this status, by role.
    Status(i16),
    /// Requests that are part of this security event.
    Event(&'static str),
}

/// An alert that fires where, within so many minutes, at least so many requests are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) counted: CountedBy,
    pub(super) minutes: i64,
    pub(super) least: i64,
    /// For how many minutes on end.
    pub(super) held: i64,
    /// Only where it is more than so many times the mean of the period.
    pub(super) times_the_mean: i64,
}

const fn rule(name: &'static str, counted: CountedBy, minutes: i64, least: i64) -> Rule {
    Rule {
        name,
        counted,
        minutes,
        least,
        held: 0,
        times_the_mean: 0,
    }
}

const FORGED: &[&str] = &["bad_signature", "algorithm_not_allowed", "header_not_allowed"];
const FROM_THE_FUTURE: &[&str] = &["issued_in_the_future", "not_yet_valid"];
const AT_THE_DATABASE: &[&str] = &[
    "database_unreachable",
    "database_pool_exhausted",
    "database_statement_timed_out",
    "database_lock_timed_out",
    "write_deadline_passed",
];
const OF_THE_PROGRAM: &[&str] = &[
    "panic",
    "request_task_lost",
    "unserializable_answer",
    "broken_row",
    "database_error",
    "token_not_verified",
];

/// The alerts on numbers of requests.
pub(super) const RULES: &[Rule] = &[
    rule(
        "HemeraFailedAuthentications",
        CountedBy::FailedAuthentications,
        5,
        10,
    ),
    rule(
        "HemeraManyFailedAuthentications",
        CountedBy::FailedAuthentications,
        5,
        50,
    ),
    rule("HemeraForgedTokens", CountedBy::Reasons(FORGED), 10, 1),
    rule(
        "HemeraClerkSecretPresented",
        CountedBy::Event("clerk_secret_as_credential"),
        60,
        1,
    ),
    Rule {
        times_the_mean: 4,
        ..rule("HemeraForbiddenSpike", CountedBy::Status(403), 10, 20)
    },
    Rule {
        held: 10,
        ..rule("HemeraCallersLimited", CountedBy::Status(429), 5, 5)
    },
    rule("HemeraClockSkew", CountedBy::Reasons(FROM_THE_FUTURE), 15, 3),
    rule("HemeraDatabaseFails", CountedBy::Reasons(AT_THE_DATABASE), 5, 5),
    rule("HemeraProgramFault", CountedBy::Reasons(OF_THE_PROGRAM), 15, 1),
    rule(
        "HemeraRolesUnavailable",
        CountedBy::Reasons(&["role_unavailable"]),
        5,
        3,
    ),
    rule("HemeraIdEnumeration", CountedBy::Event("id_enumeration"), 15, 1),
    rule("HemeraCrawl", CountedBy::Event("crawl"), 60, 1),
    rule(
        "HemeraServiceUserNewAddress",
        CountedBy::Event("new_address"),
        60,
        1,
    ),
    rule(
        "HemeraServiceUserNewUserAgent",
        CountedBy::Event("new_user_agent"),
        60,
        1,
    ),
    rule(
        "HemeraRollbackKeyUsed",
        CountedBy::Event("rollback_key_used"),
        60,
        1,
    ),
];

/// What burns a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Budget {
    /// One request of a thousand may fail.
    Errors,
    /// One success of a hundred may take longer than 250 ms.
    Latency,
}

/// An alert that fires where a budget burns so many times as fast as it may, over both windows, by at least so many requests in
/// the long one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burn {
    pub(super) name: &'static str,
    pub(super) budget: Budget,
    pub(super) times: f64,
    pub(super) long_minutes: i64,
    pub(super) short_minutes: i64,
    pub(super) least: i64,
}

const fn burn(name: &'static str, budget: Budget, times: f64, minutes: [i64; 2], least: i64) -> Burn {
    Burn {
        name,
        budget,
        times,
        long_minutes: minutes[0],
        short_minutes: minutes[1],
        least,
    }
}

/// The alerts on burn rates.
pub(super) const BURNS: &[Burn] = &[
    burn("HemeraErrorBudgetBurnsFast", Budget::Errors, 14.4, [60, 5], 10),
    burn(
        "HemeraErrorBudgetBurnsSteadily",
        Budget::Errors,
        6.0,
        [360, 30],
        20,
    ),
    burn(
        "HemeraErrorBudgetBurnsSlowly",
        Budget::Errors,
        1.0,
        [4320, 360],
        30,
    ),
    burn("HemeraLatencyBudgetBurnsFast", Budget::Latency, 14.4, [60, 5], 10),
    burn(
        "HemeraLatencyBudgetBurnsSteadily",
        Budget::Latency,
        6.0,
        [360, 30],
        20,
    ),
    burn(
        "HemeraLatencyBudgetBurnsSlowly",
        Budget::Latency,
        1.0,
        [4320, 360],
        30,
    ),
];

/// No request was let in as `api-client` for so many seconds: 30 minutes, for 5 minutes.
pub(super) const SILENT: (&str, f64) = ("AitherSilent", 35.0 * 60.0);

/// An epoch after the first began.
pub(super) const EPOCH: &str = "HemeraAuditEpochBegan";

/// Alerts on what the audit trail does not show.
pub(super) const ONLY_PROMETHEUS: &[&str] = &[
    "AitherCallsFail",
    "AitherCircuitOpen",
    "AitherDown",
    "AitherEnrolmentEnds",
    "AitherGetsNoToken",
    "AitherMintsTooOften",
    "AitherRetriesOften",
    "AitherSlowedDown",
    "HemeraAuditCheckpointOld",
    "HemeraAuditCheckpointsNotExported",
    "HemeraAuditLogShrank",
    "HemeraAuditQueueFills",
    "HemeraAuditQueueFull",
    "HemeraAuditRecordsLost",
    "HemeraAuditSequencerFails",
    "HemeraAuditUnsequenced",
    "HemeraAuditUnsequencedLong",
    "HemeraAuditWritesFail",
    "HemeraClerkOutOfReach",
    "HemeraClerkRefusesKey",
    "HemeraConnectionsNearLimit",
    "HemeraConnectionsNotAccepted",
    "HemeraDatabaseConnectionsInUse",
    "HemeraDown",
    "HemeraFilesNearLimit",
    "HemeraKeySetEnds",
    "HemeraKeySetOld",
    "HemeraNotReady",
    "HemeraNotWatched",
    "HemeraRateLimitStoreLost",
    "HemeraRestartsOften",
    "HemeraSecretRefused",
    "HemeraServiceKeyEnds",
    "HemeraServiceKeyInUseEnds",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// An alert that is added or renamed has to be sorted: whether the trail can tell of it.
    #[test]
    fn every_alert_of_prometheus_is_replayed_or_named_as_its_own() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus/rules");
        let mut texts = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            texts.push(std::fs::read_to_string(entry.unwrap().path()).unwrap());
        }
        let alerts: BTreeSet<&str> = texts
            .iter()
            .flat_map(|text| text.lines())
            .filter_map(|line| line.trim().strip_prefix("- alert: "))
            .collect();
        let rules = RULES.iter().map(|rule| rule.name);
        let burns = BURNS.iter().map(|burn| burn.name);
        let known = rules
            .chain(burns)
            .chain(ONLY_PROMETHEUS.iter().copied())
            .chain([SILENT.0, EPOCH]);
        assert_eq!(known.collect::<BTreeSet<_>>(), alerts);
    }

    /// Reasons are those of the rules.
    #[test]
    fn the_reasons_of_the_rules_are_these() {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus/rules");
        let text = ["security.yml", "service.yml"]
            .map(|name| std::fs::read_to_string(rules.join(name)).unwrap())
            .concat();
        for reasons in [FORGED, FROM_THE_FUTURE, AT_THE_DATABASE, OF_THE_PROGRAM] {
            let wanted = format!("reason=~\"{}\"", reasons.join("|"));
            assert!(text.contains(&wanted), "{wanted}");
        }
    }
}
