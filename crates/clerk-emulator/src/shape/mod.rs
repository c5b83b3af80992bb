//! How Clerk's objects look in JSON, with every field that the OpenAPI documents require.

pub(crate) mod client;
pub(crate) mod deleted;
pub(crate) mod jwt_template;
pub(crate) mod m2m_token;
pub(crate) mod machine;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_in_token;
pub(crate) mod user;
