//! What handlers take from a request. Each extractor fails with an [`ApiError`](crate::wire::error::ApiError), never with
//! the framework's own text.

mod body;
mod caller;
mod client_addr;
mod exchange;
mod if_match;
mod path;
mod query;

pub use self::body::{ApiBody, RequestBody};
pub(crate) use self::body::{BodyTimeout, check_media_type};
pub use self::client_addr::ClientAddr;
pub use self::exchange::Exchange;
pub use self::if_match::Precondition;
pub use self::path::ApiPath;
pub use self::query::{ApiQuery, RequestQuery};
