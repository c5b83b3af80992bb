//! Settings of what leaves the service about persons, and of what is kept and seen: events, audit trail, metrics, log.

use std::num::NonZeroU32;
use std::time::Duration;

use tracing::Level as LogLevel;

use super::judgement::{Judgement, Level, always_refused, fine, refused, warned};
use crate::config::address::is_on_the_internet;
use crate::config::audit::{
    CHECKPOINT_FILE, CHECKPOINT_INTERVAL, CHECKPOINT_URL, KEEP_DETAILS_MONTHS, KEEP_RECORDS_MONTHS, KEY,
    ORIGIN,
};
use crate::config::identity::{IdentityConfig, PARTICIPANTS, PSEUDONYM_KEY};
use crate::config::log::{FILTER, FORMAT};
use crate::config::metrics::{LISTEN, NETWORK_IS_PRIVATE};
use crate::config::security::{CUT_OVER, MISSING_IDS, PARTICIPATIONS_A_DAY};
use crate::config::setting::Setting;

/// The longest time in which an owner of the database could rewrite the log before a checkpoint leaves the server.
const REWRITABLE: Duration = Duration::from_hours(1);

pub(super) static ROWS: &[Judgement] = &[
    fine(
        &[&CUT_OVER],
        "not set, uses of service keys are counted and recorded all the same",
    ),
    warned(
        &MISSING_IDS,
        "is more than ten times its default: ids are tried for long before that is an event",
        "lower it",
        |facts| is_tenfold(facts.security?.missing_ids, &MISSING_IDS),
    ),
    warned(
        &PARTICIPATIONS_A_DAY,
        "is more than ten times its default: many data are read before that is an event",
        "lower it to a little more than what your callers need",
        |facts| is_tenfold(facts.security?.participations_a_day, &PARTICIPATIONS_A_DAY),
    ),
    fine(
        &[&PARTICIPANTS],
        "names are shown, or they are not: a decision of yours",
    ),
    refused(
        &PSEUDONYM_KEY,
        "has fewer than ten different characters: it was not made at random, and could be guessed",
        "set what `openssl rand -hex 32` prints",
        |facts| Some(facts.identity?.has_weak_key()),
    ),
    warned(
        &PSEUDONYM_KEY,
        "is set without effect: HEMERA_IDENTITY__PARTICIPANT_IDENTITY is full, and names and ids are shown",
        "set that to pseudonymous, or take the key out",
        |facts| Some(facts.is_set(&PSEUDONYM_KEY) && matches!(facts.identity?, IdentityConfig::Full)),
    ),
    warned(
        &KEY,
        "is not set: an owner of the database could change audit records, and no check would find it",
        "make a key with `hemera-api audit key new --file audit.key` (docs/audit.md)",
        |facts| Some(facts.evidence?.key.is_none()),
    ),
    fine(&[&ORIGIN], "a name that is part of every checkpoint"),
    fine(
        &[&CHECKPOINT_FILE, &CHECKPOINT_URL],
        "checkpoints are in the log in any case; an address over http on another machine is a fault",
    ),
    warned(
        &CHECKPOINT_INTERVAL,
        "is more than an hour, in which records could be changed before their checkpoint is known elsewhere",
        "set it to an hour at most",
        |facts| Some(facts.evidence?.checkpoint_interval > REWRITABLE),
    ),
    fine(
        &[&KEEP_DETAILS_MONTHS, &KEEP_RECORDS_MONTHS],
        "how long you may and must keep them is for you to know; nothing is dropped before `audit retain` runs",
    ),
    always_refused(
        &LISTEN,
        "can be reached from other networks, without HEMERA_METRICS__NETWORK_IS_PRIVATE=true, or has the port of callers",
        "set an address of the loopback or of a private network, with a port of its own",
    ),
    warned(
        &LISTEN,
        "is not set: no alert of docs/monitoring.md can fire",
        "set it to where Prometheus reads, such as 127.0.0.1:9464",
        |facts| Some(facts.metrics?.listen.is_none()),
    ),
    refused(
        &NETWORK_IS_PRIVATE,
        "is true, and HEMERA_METRICS__LISTEN is an address of the internet",
        "listen on an address of a private network, and take this setting out",
        |facts| Some(is_on_the_internet(facts.metrics?.listen?.ip())),
    ),
    fine(&[&FORMAT], "both formats have the same lines"),
    refused(
        &FILTER,
        "hides errors of hemera_api: an audit record that cannot be stored is in the log alone, and would be nowhere",
        "begin it with info or warn, such as info,sqlx=debug",
        |facts| Some(!facts.log?.shows(LogLevel::ERROR)),
    ),
    warned(
        &FILTER,
        "hides warnings of hemera_api, such as those about credentials and settings",
        "begin it with info or warn, such as info,sqlx=debug",
        |facts| {
            let log = facts.log?;
            Some(log.shows(LogLevel::ERROR) && !log.shows(LogLevel::WARN))
        },
    ),
    refused(
        &FILTER,
        "has trace, at which libraries write down what they send and receive, personal data included",
        "use debug at most, for single targets: info,sqlx=debug",
        |facts| Some(facts.log?.has_trace()),
    )
    .in_staging(Level::Warned),
];

fn is_tenfold(number: usize, setting: &Setting<NonZeroU32>) -> Option<bool> {
    let usual = usize::try_from(setting.default_value()?.get()).ok()?;
    Some(number > usual * 10)
}
