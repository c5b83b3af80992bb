//! The whole stack, driven as its users drive it.
