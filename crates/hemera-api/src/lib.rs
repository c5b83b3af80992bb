//! The Hemera service API: courses, participations and their results, for machines.
