//! Reading the usage of the service: for admins.

use hemera_types::{Operation, Usage, UsageQuery};

use crate::client::HemeraClient;
use crate::error::Error;

impl HemeraClient {
    /// Requests of the last `days` days (1 to 90, today included) per subject, operation and status
    /// class, from Hemera's audit log. Admins only: the service user gets
    /// [`is_forbidden`](Error::is_forbidden).
    pub async fn service_usage(&self, days: u32) -> Result<Usage, Error> {
        let query = UsageQuery { days };
        Ok(self
            .call(Operation::GetUsage, None, &query.to_pairs())
            .await?
            .data)
    }
}
