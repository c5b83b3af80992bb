//! Settings of security events.

use std::num::NonZeroU32;

use hemera_types::Timestamp;
use time::OffsetDateTime;

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};

const ONE: NonZeroU32 = NonZeroU32::MIN;
const HUNDRED_THOUSAND: NonZeroU32 = ONE.saturating_add(99_999);

settings! { SETTINGS:
    /// When all callers had moved from service keys to tokens: from then on each use of a key is a security event. Not set:
    /// none is.
    CUT_OVER: Timestamp = Setting::at("security.cut_over").example("2027-01-31T00:00:00.000Z");

    /// Different ids that one caller may look for in vain within ten minutes; this many are a security event.
    MISSING_IDS: NonZeroU32 = Setting::at("security.missing_ids").or("20").within(ONE, HUNDRED_THOUSAND);

    /// Different participations that one caller may read within a day (UTC); this many are a security event.
    PARTICIPATIONS_A_DAY: NonZeroU32 = Setting::at("security.participations_a_day")
        .or("500")
        .within(ONE, HUNDRED_THOUSAND);
}

/// What is a security event.
#[derive(Clone, Copy, Debug)]
pub struct SecurityConfig {
    /// From when on a use of a service key is one.
    pub cut_over: Option<OffsetDateTime>,
    /// How many ids that are not there, of one caller in ten minutes.
    pub missing_ids: usize,
    /// How many participations, of one caller in a day.
    pub participations_a_day: usize,
}

impl SecurityConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let cut_over = source.find(&CUT_OVER);
        let missing_ids = source.read(&MISSING_IDS);
        let participations = source.read(&PARTICIPATIONS_A_DAY);
        let size = |number: NonZeroU32| usize::try_from(number.get()).unwrap_or(usize::MAX);
        Ok(Self {
            cut_over: cut_over?.map(Timestamp::to_offset_date_time),
            missing_ids: size(missing_ids?),
            participations_a_day: size(participations?),
        })
    }
}
