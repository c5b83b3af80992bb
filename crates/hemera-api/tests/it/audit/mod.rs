//! The audit log, as PostgreSQL holds it.

mod append_only;
mod outage;
mod partitions;
mod records;
mod same_statement;
