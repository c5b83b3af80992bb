//! A client of Clerk: Backend API, sign-in by ticket at the Frontend API, and JWT verification.
