//! The wire contract between Hemera and Aither: every name, limit and error code, once.
