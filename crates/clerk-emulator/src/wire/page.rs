//! `limit` and `offset`, and the two forms of a list.

use serde_json::{Value, json};

use super::query::Query;
use crate::refusal::Refusal;

/// The most of one page, of nearly all lists.
const MOST: i64 = 500;
const DEFAULT_LIMIT: usize = 10;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    limit: usize,
    offset: usize,
}

impl Page {
    pub(crate) fn from_query(query: &Query) -> Result<Self, Refusal> {
        Self::new(query.integer("limit")?, query.integer("offset")?, MOST)
    }

    /// The first page or what is asked for, with at most `most` items.
    pub(crate) fn new(limit: Option<i64>, offset: Option<i64>, most: i64) -> Result<Self, Refusal> {
        if limit.is_some_and(|limit| !(1..=most).contains(&limit)) {
            return Err(Refusal::param_value(
                "limit",
                &format!("must be between 1 and {most}"),
            ));
        }
        let Ok(offset) = usize::try_from(offset.unwrap_or(0)) else {
            return Err(Refusal::param_value("offset", "must not be negative"));
        };
        Ok(Self {
            limit: limit
                .and_then(|limit| usize::try_from(limit).ok())
                .unwrap_or(DEFAULT_LIMIT),
            offset,
        })
    }

    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) fn cut<T>(&self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        all.into_iter().skip(self.offset).take(self.limit).collect()
    }

    /// A bare array, or `{data, total_count}` where the query says `paginated=true`.
    pub(crate) fn list(&self, query: &Query, all: Vec<Value>) -> Result<Value, Refusal> {
        let total = all.len();
        let data = self.cut(all);
        let paginated = query.flag("paginated")?.unwrap_or(false);
        Ok(if paginated {
            json!({"data": data, "total_count": total})
        } else {
            Value::Array(data)
        })
    }

    /// `{data, total_count}` in any case.
    pub(crate) fn envelope(&self, all: Vec<Value>) -> Value {
        let total = all.len();
        json!({"data": self.cut(all), "total_count": total})
    }
}
