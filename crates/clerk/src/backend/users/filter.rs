//! Which users to list.

use crate::transport::Request;

/// Which users to list. Empty means the newest ten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserFilter {
    email_addresses: Vec<String>,
    user_ids: Vec<String>,
    query: Option<String>,
    limit: Option<u16>,
    offset: Option<u32>,
}

impl UserFilter {
    /// Users with any of these addresses; may be called several times, 100 in all.
    #[must_use]
    pub fn with_email_address(mut self, address: impl Into<String>) -> Self {
        self.email_addresses.push(address.into());
        self
    }

    /// Users with any of these ids; may be called several times, 100 in all.
    #[must_use]
    pub fn with_user_id(mut self, id: impl Into<String>) -> Self {
        self.user_ids.push(id.into());
        self
    }

    /// Users whose name, address or id contains this.
    #[must_use]
    pub fn with_query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// At most this many, 1 to 500.
    #[must_use]
    pub fn with_limit(mut self, limit: u16) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Skip this many.
    #[must_use]
    pub fn with_offset(mut self, offset: u32) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The request with what was asked for.
    pub(super) fn apply_to(self, mut request: Request<'_>) -> Request<'_> {
        for address in self.email_addresses {
            request = request.with_query("email_address", address);
        }
        for id in self.user_ids {
            request = request.with_query("user_id", id);
        }
        if let Some(query) = self.query {
            request = request.with_query("query", query);
        }
        if let Some(limit) = self.limit {
            request = request.with_query("limit", limit.to_string());
        }
        if let Some(offset) = self.offset {
            request = request.with_query("offset", offset.to_string());
        }
        request
    }
}
