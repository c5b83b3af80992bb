//! Rows that are not what the contract promises.

use std::error::Error;

use crate::wire::error::{ApiError, Reason};

/// A value in the database that cannot be shown: a fault of ours, which names the table and the column but not
/// the value.
#[derive(Debug, thiserror::Error)]
#[error("table `{table}`, column `{column}`: {source}; correct the row")]
pub(crate) struct BrokenRow {
    table: &'static str,
    column: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl From<BrokenRow> for ApiError {
    fn from(broken: BrokenRow) -> Self {
        Self::internal(broken).with_reason(Reason::BrokenRow)
    }
}

/// Turns the failure to read a value into a [`BrokenRow`].
pub(crate) trait InColumn<T> {
    /// Names where the value came from.
    fn in_column(self, table: &'static str, column: &'static str) -> Result<T, BrokenRow>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> InColumn<T> for Result<T, E> {
    fn in_column(self, table: &'static str, column: &'static str) -> Result<T, BrokenRow> {
        self.map_err(|source| BrokenRow {
            table,
            column,
            source: source.into(),
        })
    }
}

impl<T> InColumn<T> for Option<T> {
    fn in_column(self, table: &'static str, column: &'static str) -> Result<T, BrokenRow> {
        self.ok_or("it is null").in_column(table, column)
    }
}
