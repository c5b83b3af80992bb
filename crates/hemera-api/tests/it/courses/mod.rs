//! The operations of courses.

mod cost;
mod get;
mod list;
mod materials;
mod pages;
mod updated_since;
