//! Reading participations and recording their results.

use bytes::Bytes;
use hemera_types::{FieldErrors, Operation, Participation, ParticipationId, ResultUpdate};

use crate::client::HemeraClient;
use crate::error::Error;

impl HemeraClient {
    /// A participation with its result.
    pub async fn service_participation(&self, id: &ParticipationId) -> Result<Participation, Error> {
        Ok(self
            .call(Operation::GetParticipation, Some(id.as_str()), &[], None)
            .await?
            .data)
    }

    /// Writes the result of a participation and returns it as it then is.
    ///
    /// It is a `PUT` that sets fields to values: sent twice it does what it does once, and the second
    /// time changes nothing. So it is tried again like a read, also after a time-out that leaves open
    /// whether it arrived.
    pub async fn update_service_participation_result(
        &self,
        id: &ParticipationId,
        update: &ResultUpdate,
    ) -> Result<Participation, Error> {
        let operation = Operation::UpdateParticipationResult;
        if update.is_empty() {
            let faults = FieldErrors::one("body", "must set resultOutcome, resultNotes or complete");
            return Err(Error::invalid(operation, faults));
        }
        let body = serde_json::to_vec(update).map_err(Error::setup)?;
        Ok(self
            .call(operation, Some(id.as_str()), &[], Some(Bytes::from(body)))
            .await?
            .data)
    }
}
