//! Bytes that are no request, not one request, or another request for a program that reads them differently.

/// Bytes with a name.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// A request that must never be carried out by smuggling: it has no credential, so its answer is 401 at best.
const SMUGGLED: &str = "GET /api/service/courses HTTP/1.1\r\nhost: smuggled\r\n\r\n";

/// Heads of a request whose length two readers may see differently. Behind each follows [`SMUGGLED`].
const HEADS: [(&str, &str); 16] = [
    (
        "length and chunked",
        "content-length: 4\r\ntransfer-encoding: chunked\r\n",
    ),
    (
        "chunked and length",
        "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
    ),
    ("two lengths", "content-length: 0\r\ncontent-length: 66\r\n"),
    ("lengths in a list", "content-length: 0, 66\r\n"),
    ("signed length", "content-length: +0\r\n"),
    ("negative length", "content-length: -1\r\n"),
    ("hexadecimal length", "content-length: 0x0\r\n"),
    ("enormous length", "content-length: 99999999999999999999\r\n"),
    (
        "two encodings",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
    ),
    ("gzip and chunked", "transfer-encoding: gzip, chunked\r\n"),
    ("chunked not last", "transfer-encoding: chunked, identity\r\n"),
    ("unknown encoding", "transfer-encoding: xchunked\r\n"),
    ("blank before colon", "transfer-encoding : chunked\r\n"),
    ("folded", "transfer-encoding:\r\n chunked\r\n"),
    ("vertical tab", "transfer-encoding: \u{b}chunked\r\n"),
    (
        "bare line feed",
        "transfer-encoding: chunked\ncontent-length: 4\r\n",
    ),
];

/// Requests with another fault in the line or the head.
const WHOLE: [(&str, &str); 16] = [
    ("no host", "GET /api/service/courses HTTP/1.1\r\n\r\n"),
    (
        "two hosts",
        "GET /api/service/courses HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    ),
    (
        "absolute form",
        "GET http://127.0.0.1/api/service/courses HTTP/1.1\r\nhost: a\r\n\r\n",
    ),
    (
        "authority form",
        "CONNECT 127.0.0.1:22 HTTP/1.1\r\nhost: a\r\n\r\n",
    ),
    ("asterisk", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"),
    ("version 0.9", "GET /api/service/courses\r\n\r\n"),
    ("version 1.0", "GET /api/service/courses HTTP/1.0\r\n\r\n"),
    (
        "version 2.0 in a line",
        "GET /api/service/courses HTTP/2.0\r\nhost: a\r\n\r\n",
    ),
    ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0"),
    (
        "upgrade",
        "GET /api/service/courses HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n",
    ),
    (
        "dots",
        "GET /docs/../api/service/courses HTTP/1.1\r\nhost: a\r\n\r\n",
    ),
    (
        "coded slashes",
        "GET /docs%2f..%2fapi/service/courses HTTP/1.1\r\nhost: a\r\n\r\n",
    ),
    (
        "NUL in the path",
        "GET /api/service/courses%00 HTTP/1.1\r\nhost: a\r\n\r\n",
    ),
    (
        "NUL in a header",
        "GET /api/service/courses HTTP/1.1\r\nhost: a\r\nauthorization: Bearer a\0b\r\n\r\n",
    ),
    (
        "a forged address",
        "GET /api/service/courses HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 127.0.0.1\r\nx-original-url: /livez\r\n\r\n",
    ),
    (
        "two credentials",
        "GET /api/service/courses HTTP/1.1\r\nhost: a\r\nauthorization: Bearer a\r\nx-api-key: b\r\n\r\n",
    ),
];

/// All of them. `round` makes the garbage of each round another.
pub(crate) fn shapes(round: u64) -> Vec<Shape> {
    let put =
        "PUT /api/service/participations/a/result HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    let heads = HEADS.iter().flat_map(|(name, head)| {
        [put, "GET /api/service/courses HTTP/1.1\r\nhost: a\r\n"].map(|line| Shape {
            name: (*name).to_owned(),
            bytes: format!("{line}{head}\r\n0\r\n\r\n{SMUGGLED}").into_bytes(),
        })
    });
    let whole = WHOLE.iter().map(|(name, text)| Shape {
        name: (*name).to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let garbage = (0..20).map(|number| Shape {
        name: format!("garbage {number} of round {round}"),
        bytes: noise(round * 1_000 + number, 2_000),
    });
    let long = [
        (
            "a long line",
            format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(100_000)),
        ),
        (
            "a long header",
            format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "a".repeat(100_000)),
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(1_000)),
        ),
        (
            "TLS",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned(),
        ),
    ]
    .map(|(name, text)| Shape {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    });
    heads.chain(whole).chain(garbage).chain(long).collect()
}

/// Bytes that look like nothing, the same for the same seed: a linear congruential generator.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    });
    next.take(length).collect()
}

/// The statuses of the answers in what came back.
pub(crate) fn statuses(received: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(received);
    text.split("HTTP/1.1 ")
        .skip(1)
        .filter_map(|answer| answer.get(..3)?.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_of_a_connection_is_counted() {
        let received = b"HTTP/1.1 401 Unauthorized\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n";
        assert_eq!(statuses(received), [401, 400]);
        assert!(statuses(b"").is_empty());
    }

    #[test]
    fn rounds_differ_in_their_garbage_alone() {
        let (first, second) = (shapes(0), shapes(1));
        assert_eq!(first.len(), second.len());
        let differ = first
            .iter()
            .zip(&second)
            .filter(|(one, other)| one.bytes != other.bytes)
            .count();
        assert_eq!(differ, 20);
    }
}
