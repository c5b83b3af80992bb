//! Which addresses may call the service API at all.

use std::net::IpAddr;

use hemera_types::ErrorCode;
use ipnet::IpNet;

use crate::wire::error::{ApiError, Reason};

/// The networks whose clients are let in. Empty: everybody's.
#[derive(Clone, Debug)]
pub(crate) struct AllowList(Vec<IpNet>);

impl AllowList {
    pub(crate) fn new(networks: &[IpNet]) -> Self {
        Self(networks.to_vec())
    }

    /// Refuses a client that is on none of the networks, and one whose address is not known.
    ///
    /// # Errors
    /// 403, before any credential is looked at.
    pub(crate) fn check(&self, client: Option<IpAddr>) -> Result<(), ApiError> {
        let is_listed = |client| self.0.iter().any(|network| network.contains(&client));
        if self.0.is_empty() || client.is_some_and(is_listed) {
            Ok(())
        } else {
            Err(ApiError::new(ErrorCode::Forbidden).with_reason(Reason::AddressNotAllowed))
        }
    }
}
