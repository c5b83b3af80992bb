//! Settings of the audit trail.

use super::setting::{Setting, settings};
use super::source::{Invalid, Source};

settings! { SETTINGS:
    /// For how many months after the end of their month the details of audit records are kept: whose data were returned,
    /// addresses and user agents. `hemera-api audit retain` drops what is older.
    KEEP_DETAILS_MONTHS: u32 = Setting::at("audit.keep_details_months").or("3").within(1, 1200);

    /// For how many months after the end of their month audit records are kept; not fewer than their details.
    KEEP_RECORDS_MONTHS: u32 = Setting::at("audit.keep_records_months").or("24").within(1, 1200);
}

/// How long the audit trail is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditConfig {
    /// The months that details are kept.
    pub keep_details_months: u32,
    /// The months that records are kept.
    pub keep_records_months: u32,
}

impl AuditConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let keep_details_months = source.read(&KEEP_DETAILS_MONTHS);
        let keep_records_months = source.read(&KEEP_RECORDS_MONTHS);
        let config = Self {
            keep_details_months: keep_details_months?,
            keep_records_months: keep_records_months?,
        };
        if config.keep_records_months < config.keep_details_months {
            return Err(source.refuse(
                &KEEP_RECORDS_MONTHS,
                "is less than HEMERA_AUDIT__KEEP_DETAILS_MONTHS: details say nothing without their record",
            ));
        }
        Ok(config)
    }
}
