//! The connection to the Backend API, with the instance's key or a machine's.

use std::time::Duration;

use http::HeaderValue;
use network::Network;
use url::Url;

use super::{DEFAULT_TIMEOUT, Transport};
use crate::error::{Error, ErrorKind};
use crate::operation::ClerkOperation;

const DEFAULT_BASE_URL: &str = "https://api.clerk.com";

/// Where the Backend API is, how requests get there, and how long one call may take.
#[derive(Clone, Debug)]
pub(crate) struct BackendConnection {
    /// `None` is Clerk's own address.
    pub(crate) base_url: Option<Url>,
    pub(crate) timeout: Duration,
    pub(crate) network: Network,
}

impl BackendConnection {
    /// Fails with [`ErrorKind::Setting`] where the base URL or the machine's TLS set-up cannot be used.
    pub(crate) fn open(
        self,
        operation: ClerkOperation,
        authorization: HeaderValue,
    ) -> Result<Transport, Error> {
        let base_url = match self.base_url {
            Some(url) => url,
            None => Url::parse(DEFAULT_BASE_URL)
                .map_err(|error| Error::new(operation, ErrorKind::Setting).with_source(error))?,
        };
        Transport::new(
            operation,
            base_url,
            self.timeout,
            &self.network,
            Some(authorization),
        )
    }
}

impl Default for BackendConnection {
    fn default() -> Self {
        Self {
            base_url: None,
            timeout: DEFAULT_TIMEOUT,
            network: Network::default(),
        }
    }
}
