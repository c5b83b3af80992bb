//! The academy: what the operations do. A folder for each resource, with a file for each operation and one for its SQL.

pub mod courses;
pub mod identity;
pub mod participations;
pub mod row;
pub mod usage;
