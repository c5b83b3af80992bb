//! The OpenAPI document against the code, and against the answers of the server.
//!
//! Besides, `support::Sender` compares every answer in every test of this crate with the document.

mod answers;
mod checker;
mod document;
mod page;
mod served;
