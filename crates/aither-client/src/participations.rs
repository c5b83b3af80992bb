//! Reading participations and recording their results.

use bytes::Bytes;
use hemera_types::{FieldErrors, Operation, Participation, ParticipationId, ResultUpdate};

use crate::call::Call;
use crate::client::{Decoded, HemeraClient};
use crate::error::Error;
use crate::response::Response;
use crate::version::{Version, Versioned};

impl HemeraClient {
    /// A participation with its result and its current version.
    pub async fn service_participation(
        &self,
        id: &ParticipationId,
    ) -> Result<Response<Versioned<Participation>>, Error> {
        let operation = Operation::GetParticipation;
        let call = Call::read(operation, self.url_of(operation, Some(id.as_str()), &[]));
        Ok(versioned(self.execute(&call).await?))
    }

    /// Writes the result of a participation and returns the participation after the write.
    ///
    /// With an `expected` version the write happens only if the participation has not changed since that version, which
    /// comes from [`service_participation`](Self::service_participation) or an earlier write. Otherwise nothing is written
    /// and the error [`is_precondition_failed`](Error::is_precondition_failed): another caller has written in between; read
    /// the participation again, decide, and repeat. `None` writes unconditionally.
    ///
    /// The call is a `PUT` that sets fields to values: sending it twice has the same effect as sending it once. So it is
    /// retried like a read, even after a time-out that leaves open whether it arrived; a write that had arrived does not
    /// conflict with itself.
    ///
    /// ```no_run
    /// # use aither_client::{Error, HemeraClient};
    /// # use aither_client::hemera_types::{ParticipationId, ResultUpdate};
    /// # async fn note(hemera: &HemeraClient, id: &ParticipationId) -> Result<(), Box<dyn std::error::Error>> {
    /// loop {
    ///     let read = hemera.service_participation(id).await?;
    ///     let notes = format!("{}\nPresents freely.", read.result_notes.as_deref().unwrap_or_default());
    ///     let update = ResultUpdate::default().with_notes(notes.trim())?;
    ///     match hemera.update_service_participation_result(id, &update, Some(&read.version)).await {
    ///         Err(conflict) if conflict.is_precondition_failed() => continue, // read it again
    ///         written => return written.map(drop).map_err(Into::into),
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn update_service_participation_result(
        &self,
        id: &ParticipationId,
        update: &ResultUpdate,
        expected: Option<&Version>,
    ) -> Result<Response<Versioned<Participation>>, Error> {
        let operation = Operation::UpdateParticipationResult;
        let invalid = |field: &str, fault: &str| Error::invalid(operation, FieldErrors::one(field, fault));
        if update.is_empty() {
            return Err(invalid("body", "must set resultOutcome, resultNotes or complete"));
        }
        let unknown = || invalid("If-Match", NO_VERSION);
        let if_match = expected.map(|version| version.to_header().ok_or_else(unknown));
        let body = serde_json::to_vec(update).map_err(Error::setup)?;
        let call = Call {
            body: Some(Bytes::from(body)),
            if_match: if_match.transpose()?,
            ..Call::read(operation, self.url_of(operation, Some(id.as_str()), &[]))
        };
        let written: Response<Versioned<Participation>> = versioned(self.execute(&call).await?);
        self.remove_written(id.as_str(), &written);
        Ok(written)
    }
}

/// Why a write cannot expect an unknown version.
const NO_VERSION: &str = "has no version: the response that was read had no strong ETag; find what removes it between \
                          this client and Hemera";

fn versioned<T>(decoded: Decoded<T>) -> Response<Versioned<T>> {
    let version = decoded.version.clone();
    decoded.into_response(|success| Versioned {
        value: success.data,
        version,
    })
}
