//! The query of the list of courses.

use crate::bounds::{DEFAULT_PAGE_LIMIT, PAGE_LIMIT, PAGE_OFFSET};
use crate::{CourseLevel, FieldErrors, Named, QueryPairs, RequestQuery, Timestamp, decimal};

/// The query of `GET /api/service/courses`: filters that all hold together, and a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CourseQuery {
    /// Only courses of this level.
    pub level: Option<CourseLevel>,
    /// Only published courses, or only unpublished ones. `true` where not given.
    pub published: bool,
    /// `startDate` at or after this; a course without that date does not match.
    pub starts_from: Option<Timestamp>,
    /// `startDate` before this; a course without that date does not match.
    pub starts_before: Option<Timestamp>,
    /// `endDate` at or after this; a course without that date does not match.
    pub ends_from: Option<Timestamp>,
    /// `updatedAt` at or after this. Take `meta.timestamp` of the first page less five minutes.
    pub updated_since: Option<Timestamp>,
    /// Rows of the page, 1 to 500.
    pub limit: u32,
    /// Rows before the page, at most 1,000,000.
    pub offset: u32,
}

impl Default for CourseQuery {
    /// The first 100 published courses.
    fn default() -> Self {
        Self {
            level: None,
            published: true,
            starts_from: None,
            starts_before: None,
            ends_from: None,
            updated_since: None,
            limit: DEFAULT_PAGE_LIMIT,
            offset: 0,
        }
    }
}

impl CourseQuery {
    /// Reads the parameters of a request, strictly.
    ///
    /// # Errors
    /// All faults together: values outside their limits, unknown parameters, parameters given twice.
    pub fn parse(mut pairs: QueryPairs) -> Result<Self, FieldErrors> {
        let default = Self::default();
        let query = Self {
            level: pairs.take("level", CourseLevel::parse),
            published: pairs.take("published", boolean).unwrap_or(default.published),
            starts_from: pairs.take("startsFrom", Timestamp::parse),
            starts_before: pairs.take("startsBefore", Timestamp::parse),
            ends_from: pairs.take("endsFrom", Timestamp::parse),
            updated_since: pairs.take("updatedSince", Timestamp::parse),
            limit: pairs
                .take("limit", |text| decimal::parse(text, &PAGE_LIMIT))
                .unwrap_or(default.limit),
            offset: pairs
                .take("offset", |text| decimal::parse(text, &PAGE_OFFSET))
                .unwrap_or(default.offset),
        };
        pairs.finish(query)
    }

    /// The parameters of a request that asks for this; defaults are left out.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let default = Self::default();
        let times = [
            ("startsFrom", self.starts_from),
            ("startsBefore", self.starts_before),
            ("endsFrom", self.ends_from),
            ("updatedSince", self.updated_since),
        ];
        let mut pairs = Vec::new();
        pairs.extend(self.level.map(|level| ("level", level.to_string())));
        pairs
            .extend((self.published != default.published).then(|| ("published", self.published.to_string())));
        pairs.extend(
            times
                .into_iter()
                .filter_map(|(name, time)| time.map(|time| (name, time.to_string()))),
        );
        pairs.extend((self.limit != default.limit).then(|| ("limit", self.limit.to_string())));
        pairs.extend((self.offset != default.offset).then(|| ("offset", self.offset.to_string())));
        pairs
    }
}

impl RequestQuery for CourseQuery {
    fn parse(pairs: QueryPairs) -> Result<Self, FieldErrors> {
        Self::parse(pairs)
    }
}

fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("must be true or false"),
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use utoipa::openapi::path::{Parameter, ParameterIn};
    use utoipa::{IntoParams, ToSchema as _};

    use super::{CourseQuery, PAGE_LIMIT, PAGE_OFFSET};
    use crate::CourseLevel;
    use crate::schema::{parameters, schema_ref};

    impl IntoParams for CourseQuery {
        fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
            let default = Self::default();
            vec![
                parameters::optional(
                    "level",
                    "Only courses of this level.",
                    schema_ref(&CourseLevel::name()),
                ),
                parameters::optional(
                    "published",
                    "Only published courses, or only unpublished ones.",
                    parameters::boolean(default.published),
                ),
                parameters::optional(
                    "startsFrom",
                    "Only courses with a `startDate` at or after this. A course without that date does not match.",
                    parameters::time(),
                ),
                parameters::optional(
                    "startsBefore",
                    "Only courses with a `startDate` before this. A course without that date does not match.",
                    parameters::time(),
                ),
                parameters::optional(
                    "endsFrom",
                    "Only courses with an `endDate` at or after this. A course without that date does not match.",
                    parameters::time(),
                ),
                parameters::optional(
                    "updatedSince",
                    "Only courses with an `updatedAt` at or after this. To follow changes, take `meta.timestamp` of the first \
                     page, less 5 minutes, as the next value, and drop by content what you have already.",
                    parameters::time(),
                ),
                parameters::optional(
                    "limit",
                    "The most rows of the page.",
                    parameters::whole_number(&PAGE_LIMIT, default.limit),
                ),
                parameters::optional(
                    "offset",
                    "Rows before the page.",
                    parameters::whole_number(&PAGE_OFFSET, default.offset),
                ),
            ]
        }
    }
}
