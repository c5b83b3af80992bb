//! The version of the API that a request asks for.

use http::HeaderMap;

use crate::refusal::Refusal;
use crate::wire::query::Query;

/// The versions that exist, oldest first. SDKs of many ages send theirs, so all are taken.
const KNOWN: [&str; 6] = [
    "2021-02-05",
    "2024-10-01",
    "2025-03-12",
    "2025-04-10",
    "2025-11-10",
    "2026-05-12",
];

/// Since this version a user's metadata changes at its own endpoint only.
const METADATA_APART: &str = "2026-05-12";

/// One of the known versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(&'static str);

impl Version {
    /// From the header or the query, not both.
    ///
    /// UNVERIFIED: what counts without either (the newest, here), and the code of the refusal.
    pub(crate) fn of(headers: &HeaderMap, query: &Query) -> Result<Self, Refusal> {
        let in_header = headers
            .get("clerk-api-version")
            .map(|value| value.to_str().unwrap_or_default());
        let asked = match (in_header, query.get("__clerk_api_version")) {
            (Some(_), Some(_)) => {
                let why = "Send the API version as a header or as a query parameter, not both";
                return Err(Refusal::malformed_parameters(why));
            }
            (Some(version), None) | (None, Some(version)) => version,
            (None, None) => METADATA_APART,
        };
        KNOWN
            .iter()
            .find(|known| **known == asked)
            .copied()
            .map(Self)
            .ok_or_else(|| Refusal::malformed_parameters(&format!("The API version {asked} is unknown")))
    }

    /// Whether `PATCH /users/{id}` still takes metadata.
    pub(crate) fn updates_metadata_with_user(self) -> bool {
        self.0 < METADATA_APART
    }
}
