//! Reading the usage of the service: for admins.

use hemera_types::{Operation, Usage, UsageQuery};

use crate::client::HemeraClient;
use crate::error::Error;
use crate::response::Response;

impl HemeraClient {
    /// Requests of the last `days` days (1 to 90, today included) per subject, operation and status
    /// class, from Hemera's audit log. Admins only: the service user gets
    /// [`is_forbidden`](Error::is_forbidden).
    pub async fn service_usage(&self, days: u32) -> Result<Response<Usage>, Error> {
        let query = UsageQuery { days };
        let decoded = self.call(Operation::GetUsage, None, &query.to_pairs()).await?;
        Ok(decoded.into_response(|success| success.data))
    }
}
