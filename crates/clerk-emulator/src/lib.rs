//! A local Clerk with state, faults and a journal, for development and tests. It knows nothing of the clerk crate.
