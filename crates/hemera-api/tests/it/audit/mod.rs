//! The audit log, as PostgreSQL holds it.

mod append_only;
mod details;
mod dictionary;
mod no_operation;
mod outage;
mod partitions;
mod records;
mod same_statement;
