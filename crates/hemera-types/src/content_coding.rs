//! How a body may be compressed on its way.

use crate::named::named_enum;

named_enum! {
    /// A content coding that large answers may have, under its name in `Accept-Encoding` and `Content-Encoding`.
    ContentCoding {
        /// RFC 1952.
        Gzip = "gzip",
        /// RFC 7932.
        Brotli = "br",
    }
}
