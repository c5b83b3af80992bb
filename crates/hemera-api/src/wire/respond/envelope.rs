//! The layer that puts every answer into the envelope.
//!
//! Handlers, extractors, fallbacks and inner layers leave a [`PendingEnvelope`] or an [`ApiError`] in the response's
//! extensions; here, where the request id and the time are known, it becomes a body. A response with neither stays as
//! it is: a CORS preflight, a health answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use freshness::Clock;
use hemera_types::{Meta, Success, Timestamp};
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Delivery, PendingEnvelope, is_safe};
use crate::wire::error::ApiError;
use crate::wire::extract::RequestContext;

/// Puts the envelope around the answer that comes from further in.
pub(crate) async fn envelope(State(clock): State<Arc<dyn Clock>>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let id = RequestContext::id_of(&request);
    let response = next.run(request).await;

    let (mut parts, body) = response.into_parts();
    let meta = Meta::new(id, Timestamp::from(clock.now().wall));
    let body = if let Some(answer) = parts.extensions.remove::<PendingEnvelope>() {
        let tag = answer.0.tag.as_ref();
        if is_safe(&method) && tag.is_some() {
            // Also of what is too small to be compressed: whether it is can change with the data.
            parts.headers.append(VARY, ACCEPT_ENCODING.into());
        }
        if let Delivery::Confirmed(tag) = &answer.0.delivery {
            put_tag(&mut parts.headers, tag);
            parts.headers.remove(CONTENT_LENGTH);
            return Response::from_parts(parts, Body::empty());
        }
        if let Some(tag) = tag {
            put_tag(&mut parts.headers, tag);
        }
        json(&success(&answer, meta))
    } else if let Some(error) = parts.extensions.get::<ApiError>() {
        json(&error.to_failure(meta))
    } else {
        return Response::from_parts(parts, body);
    };
    parts
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts
        .headers
        .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    // Of an answer to HEAD, the router sends the head alone.
    Response::from_parts(parts, Body::from(body))
}

/// An error in its envelope, for the place outside the layer where there is nothing to put it around.
pub(crate) fn enveloped(error: ApiError, meta: Meta) -> Response {
    let body = json(&error.to_failure(meta));
    let mut response = error.into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    *response.body_mut() = Body::from(body);
    response
}

fn put_tag(headers: &mut HeaderMap, tag: &hemera_types::ETag) {
    if let Ok(value) = HeaderValue::from_str(&tag.to_string()) {
        headers.insert(ETAG, value);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
}

fn success(PendingEnvelope(answer): &PendingEnvelope, meta: Meta) -> Success<&RawValue> {
    let mut success = Success::new(&*answer.data, meta);
    if let Some(message) = answer.message {
        success = success.with_message(message);
    }
    if let Some(pagination) = answer.pagination {
        success = success.with_pagination(pagination);
    }
    success
}

/// The envelope's types cannot fail to serialize: they have text keys and no maps of ours.
fn json(envelope: &impl Serialize) -> Bytes {
    serde_json::to_vec(envelope).map(Bytes::from).unwrap_or_default()
}
