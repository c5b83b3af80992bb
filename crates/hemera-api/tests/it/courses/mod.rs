//! The operations of courses.

mod cost;
mod get;
mod list;
mod materials;
mod one_topic;
mod pages;
mod topic_changes;
mod updated_since;
