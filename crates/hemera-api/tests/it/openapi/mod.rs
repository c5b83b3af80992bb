//! What the OpenAPI document says, against the code and against what the server does.
//!
//! Besides, every answer in every test of this crate is held against the document, by whoever sends the request.

mod answers;
mod document;
mod page;
mod served;
mod witness;
