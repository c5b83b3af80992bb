//! An answer and what can be asserted of it.

use std::io::Read as _;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderName, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body, decompressed.
    pub(crate) text: String,
    /// How many bytes it had on its way.
    pub(crate) sent: usize,
}

impl Answer {
    pub(super) async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let mut text = String::new();
        let coding = parts
            .headers
            .get("content-encoding")
            .map(http::HeaderValue::as_bytes);
        match coding {
            _ if bytes.is_empty() => Ok(0),
            None => (&bytes[..]).read_to_string(&mut text),
            Some(b"gzip") => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text),
            Some(b"br") => brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut text),
            Some(other) => panic!("{other:?} was not asked for"),
        }
        .unwrap();
        Self {
            status: parts.status,
            headers: parts.headers,
            text,
            sent: bytes.len(),
        }
    }

    /// From the bytes of an answer as they came over a connection that was closed after it.
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        };
        Self {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            text: body.to_owned(),
            sent: body.len(),
        }
    }

    /// The value of a header that is there once.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("no {name} in {self:#?}"));
        assert_eq!(values.next(), None, "{name} is there twice");
        value.to_str().unwrap()
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    /// The data of a success.
    #[track_caller]
    pub(crate) fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json["success"], true, "{self:#?}");
        json["data"].clone()
    }

    /// Asserts status and code of an error in its envelope, with what every answer carries.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{self:#?}");
        let json = self.json();
        assert_eq!(json["success"], false, "{self:#?}");
        assert_eq!(json["error"]["code"], code, "{self:#?}");
        assert!(json.get("data").is_none(), "{self:#?}");
        assert_eq!(json["meta"]["requestId"], self.header("x-request-id"));
        assert_eq!(json["meta"]["version"], "1.0");
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("cache-control"), "private, no-store");
        json["error"].clone()
    }

    /// Asserts the status of a success.
    #[track_caller]
    pub(crate) fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self:#?}");
        self
    }

    /// The names of the faulty fields of a validation error.
    #[track_caller]
    pub(crate) fn faulty_fields(&self) -> Vec<String> {
        let error = self.assert_error(400, "VALIDATION_ERROR");
        let fields = error["details"]["fields"].as_array().unwrap();
        fields
            .iter()
            .map(|field| field["field"].as_str().unwrap().to_owned())
            .collect()
    }
}
