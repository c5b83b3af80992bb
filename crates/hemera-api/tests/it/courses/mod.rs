//! The operations of courses.

mod get;
mod list;
mod materials;
mod pages;
mod pseudonyms;
mod updated_since;
