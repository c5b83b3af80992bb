//! The client that Aither links to read courses from Hemera and to write participation results.
