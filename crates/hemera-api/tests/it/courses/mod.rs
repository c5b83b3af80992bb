//! The operations of courses.

mod get;
mod list;
mod materials;
mod pages;
mod updated_since;
