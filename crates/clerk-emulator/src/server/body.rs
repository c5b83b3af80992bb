//! Reading the bodies of requests.
//!
//! A body is read before its request is answered. If an answer came first, with some of the body still on its way, the
//! connection could not be used for another request, and would have to end although the client may already use it.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use http::header::CONNECTION;
use http_body_util::BodyExt as _;

use crate::refusal::Refusal;
use crate::wire::body::MAX_BODY;

/// The most bytes that are read: what is beyond [`MAX_BODY`] is read and dropped, so that the connection stays usable.
const MAX_READ: usize = 16 * 1024 * 1024;

/// A body must be complete in this time.
const DEADLINE: Duration = Duration::from_secs(10);

/// A body was not read to its end, so the connection cannot be used for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    TooLarge,
    Late,
    /// The client has gone away.
    Broken,
}

impl Unread {
    /// The refusal, which announces that the connection ends; `None` where there is no client to receive it.
    pub(super) fn into_response(self) -> Option<Response> {
        let refusal = match self {
            Self::TooLarge => Refusal::body_too_large(MAX_BODY),
            Self::Late => Refusal::body_late(DEADLINE),
            Self::Broken => return None,
        };
        let mut response = refusal.into_response();
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
        Some(response)
    }
}

/// Reads a body to its end. Of one that is larger than handlers take, a part is returned that is too large as well, so
/// that the handler refuses it.
pub(super) async fn read(body: Body) -> Result<Bytes, Unread> {
    let reading = tokio::time::timeout(DEADLINE, read_all(body));
    reading.await.unwrap_or(Err(Unread::Late))
}

async fn read_all(mut body: Body) -> Result<Bytes, Unread> {
    let (mut taken, mut read) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        let Some(data) = frame.data_ref() else { continue };
        read += data.len();
        if read > MAX_READ {
            return Err(Unread::TooLarge);
        }
        if taken.len() <= MAX_BODY {
            taken.extend_from_slice(data);
        }
    }
    Ok(taken.into())
}
