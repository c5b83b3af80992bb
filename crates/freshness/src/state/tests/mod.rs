//! The machine without a runtime: tables, spacing, and the property that nothing gets worse.

mod never_worse;
mod rules;
mod spacing;
mod timeline;
