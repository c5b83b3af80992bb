//! The envelope around every answer.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::{ErrorCode, Open, RequestId, Timestamp, VERSION};

/// A successful answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success<T> {
    #[serde(rename = "success")]
    verdict: Literal<true>,
    /// What was asked for.
    pub data: T,
    /// Only where the operation has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Only on lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagination: Option<Pagination>,
    /// The request that it belongs to.
    pub meta: Meta,
}

impl<T> Success<T> {
    /// An answer that carries `data` and nothing else.
    pub const fn new(data: T, meta: Meta) -> Self {
        Self {
            verdict: Literal,
            data,
            message: None,
            pagination: None,
            meta,
        }
    }

    /// The same answer with a message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The same answer as a page of a list.
    #[must_use]
    pub const fn with_pagination(mut self, pagination: Pagination) -> Self {
        self.pagination = Some(pagination);
        self
    }
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    #[serde(rename = "success")]
    verdict: Literal<false>,
    /// What went wrong.
    pub error: ErrorBody,
    /// The request that it belongs to.
    pub meta: Meta,
}

impl Failure {
    /// An error answer.
    pub const fn new(error: ErrorBody, meta: Meta) -> Self {
        Self {
            verdict: Literal,
            error,
            meta,
        }
    }
}

/// What went wrong, as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The code to act on.
    pub code: Open<ErrorCode>,
    /// A line for people.
    pub message: String,
    /// Only where there is something that a caller can act on, such as the faulty fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

/// Where a page stands in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pagination {
    /// Rows of the whole list.
    pub total: u64,
    /// The most rows that this page may have.
    pub limit: u32,
    /// Rows before this page.
    pub offset: u32,
}

/// The request that an answer belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// The id to quote to an operator.
    pub request_id: RequestId,
    /// When the answer was made, by the server's clock.
    pub timestamp: Timestamp,
    /// The version of the contract: `1.0`.
    pub version: String,
}

impl Meta {
    /// The request `request_id`, answered at `timestamp`, in this version of the contract.
    pub fn new(request_id: RequestId, timestamp: Timestamp) -> Self {
        Self {
            request_id,
            timestamp,
            version: VERSION.to_owned(),
        }
    }
}

/// A boolean that is always the same: it tells success and error apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Literal<const VALUE: bool>;

impl<const VALUE: bool> Serialize for Literal<VALUE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(VALUE)
    }
}

impl<'de, const VALUE: bool> Deserialize<'de> for Literal<VALUE> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = bool::deserialize(deserializer)?;
        if value == VALUE {
            return Ok(Self);
        }
        let expected = if VALUE {
            "`success` to be true"
        } else {
            "`success` to be false"
        };
        Err(D::Error::invalid_value(Unexpected::Bool(value), &expected))
    }
}
