//! What handlers take from a request. Each extractor fails with an [`ApiError`](crate::wire::error::ApiError), never with
//! the framework's own text.

mod body;
mod caller;
mod client_addr;
mod handler_start;
mod if_match;
mod path;
mod query;
mod rate_charge;
mod request_context;
mod write_progress;

pub(crate) use self::body::ApiBody;
pub(crate) use self::body::{BodyLimit, BodyTimeout, check_media_type};
pub(crate) use self::client_addr::ClientAddr;
pub(crate) use self::handler_start::HandlerStart;
pub(crate) use self::if_match::Precondition;
pub(crate) use self::path::ApiPath;
pub(crate) use self::query::ApiQuery;
pub(crate) use self::rate_charge::RateCharge;
pub(crate) use self::request_context::RequestContext;
pub(crate) use self::write_progress::{SentItem, WriteProgress};
