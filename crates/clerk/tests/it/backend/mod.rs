//! Each call of the Backend API: what is sent, and what is made of the answer.

mod jwt_templates;
mod requests;
mod sessions;
mod sign_in_tokens;
mod users;

use clerk::BackendApi;
use serde_json::{Map, Value};

use crate::support::clerk::backend_at;
use crate::support::server::{Seen, Server};

fn api(server: &Server) -> BackendApi {
    backend_at(server.url.clone())
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other}"),
    }
}

fn only(server: &Server) -> Seen {
    let mut seen = server.seen();
    assert_eq!(seen.len(), 1);
    seen.remove(0)
}
