//! The version of the API that a request asks for.

use http::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::refusal::Refusal;
use crate::wire::query::Query;

/// The version that predates the versioning of the API. A request that names none counts as this one.
///
/// UNVERIFIED: that Clerk does the same. SDKs from before the versioning send none, and must go on working.
const OLDEST: &str = "2021-02-05";

/// The newest version that this emulator knows. A later one counts as this one.
///
/// UNVERIFIED: which later versions Clerk has. Its newest browser SDK sends one that the published documents do not have.
const NEWEST: &str = METADATA_APART;

/// The versions that are known, oldest first. SDKs of many ages send theirs, so all are accepted.
const KNOWN: [&str; 6] = [
    OLDEST,
    "2024-10-01",
    "2025-03-12",
    "2025-04-10",
    "2025-11-10",
    NEWEST,
];

/// Since this version a user's metadata changes at its own endpoint only.
const METADATA_APART: &str = "2026-05-12";

/// One of the known versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(&'static str);

impl Version {
    /// From the header or the query, not both.
    ///
    /// UNVERIFIED: the code of the refusal.
    pub(crate) fn of(headers: &HeaderMap, query: &Query) -> Result<Self, Refusal> {
        let in_header = headers
            .get("clerk-api-version")
            .map(|value| value.to_str().unwrap_or_default());
        match (in_header, query.get("__clerk_api_version")) {
            (Some(_), Some(_)) => {
                let why = "Send the API version as a header or as a query parameter, not both";
                Err(Refusal::malformed_parameters(why))
            }
            (Some(version), None) | (None, Some(version)) => Self::parse(version),
            (None, None) => Ok(Self(OLDEST)),
        }
    }

    fn parse(text: &str) -> Result<Self, Refusal> {
        let known = KNOWN.iter().find(|known| **known == text).copied();
        let later = || (is_date(text) && text > NEWEST).then_some(NEWEST);
        known
            .or_else(later)
            .map(Self)
            .ok_or_else(|| Refusal::malformed_parameters(&format!("The API version {text} is unknown")))
    }

    /// Whether `PATCH /users/{id}` still takes metadata.
    pub(crate) fn updates_metadata_with_user(self) -> bool {
        self.0 < METADATA_APART
    }
}

/// Whether it is a day of the calendar in the form of a version. Such texts sort by time.
fn is_date(text: &str) -> bool {
    OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339).is_ok()
}
