//! Where a body ends. A request that leaves room for doubt is refused, and its connection is closed after the answer.
//!
//! Nothing of a request's framing travels on to Hemera: the door reads a whole body, and the client sends another request.

use http::HeaderMap;
use http::header::TRANSFER_ENCODING;

use crate::refusal::Refusal;

/// A body comes as it is, or in chunks.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(Refusal::TransferCoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chunked_passes() {
        for (codings, passes) in [
            (&[][..], true),
            (&["chunked"], true),
            (&[" Chunked "], true),
            (&["chunked", "chunked"], false),
            (&["gzip, chunked"], false),
            (&["chunked, identity"], false),
            (&["identity"], false),
            (&["xchunked"], false),
            (&[""], false),
        ] {
            let mut headers = HeaderMap::new();
            for coding in codings {
                headers.append(TRANSFER_ENCODING, coding.parse().unwrap());
            }
            assert_eq!(check(&headers).is_ok(), passes, "{codings:?}");
        }
    }
}
