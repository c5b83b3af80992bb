//! How the service is used.

use serde::{Deserialize, Serialize};

use crate::bounds::{DEFAULT_USAGE_DAYS, USAGE_DAYS};
use crate::{FieldErrors, QueryPairs, RequestQuery, decimal};

/// The query of `GET /api/service/usage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageQuery {
    /// Days to look back, today included: 1 to 90, 7 where not given.
    pub days: u32,
}

impl Default for UsageQuery {
    fn default() -> Self {
        Self {
            days: DEFAULT_USAGE_DAYS,
        }
    }
}

impl UsageQuery {
    /// Reads the parameters of a request, strictly.
    ///
    /// # Errors
    /// All faults together.
    pub fn parse(mut pairs: QueryPairs) -> Result<Self, FieldErrors> {
        let days = pairs.take("days", |text| decimal::parse(text, &USAGE_DAYS));
        pairs.finish(Self {
            days: days.unwrap_or(DEFAULT_USAGE_DAYS),
        })
    }

    /// The parameters of a request that asks for this; the default is left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let given = (self.days != DEFAULT_USAGE_DAYS).then(|| ("days", self.days.to_string()));
        given.into_iter().collect()
    }
}

impl RequestQuery for UsageQuery {
    fn parse(pairs: QueryPairs) -> Result<Self, FieldErrors> {
        Self::parse(pairs)
    }
}

/// How the service was used, from its audit log, as `GET /api/service/usage` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// The days that it covers, today included.
    pub days: u32,
    /// Newest day first, then subject, operation and status class.
    pub rows: Vec<UsageRow>,
}

/// The requests of one day, subject, operation and status class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageRow {
    /// The day in UTC, `YYYY-MM-DD`.
    #[cfg_attr(feature = "openapi", schema(format = Date, pattern = "^\\d{4}-\\d{2}-\\d{2}$"))]
    pub day: String,
    /// Who called; null for requests without a proven caller.
    pub subject: Option<String>,
    /// The operation, such as `courses.list`; null where no operation was reached.
    pub operation: Option<String>,
    /// `2xx`, `3xx`, `4xx` or `5xx`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[2-5]xx$"))]
    pub status_class: String,
    /// How many.
    pub requests: u64,
    /// How many items the successful answers had together: rows of lists, materials, updates reached; 1 for any other data.
    #[serde(default)]
    pub items: u64,
}

#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::IntoParams;
    use utoipa::openapi::path::{Parameter, ParameterIn};

    use super::{USAGE_DAYS, UsageQuery};
    use crate::schema::parameters;

    impl IntoParams for UsageQuery {
        fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
            let days = parameters::whole_number(&USAGE_DAYS, Self::default().days);
            vec![parameters::optional(
                "days",
                "Days to look back, today included.",
                days,
            )]
        }
    }
}
