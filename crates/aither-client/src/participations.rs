//! Reading participations and recording their results.

use bytes::Bytes;
use hemera_types::{FieldErrors, Operation, Participation, ParticipationId, ResultUpdate};

use crate::call::Call;
use crate::client::{HemeraClient, Told};
use crate::error::Error;
use crate::version::{Version, Versioned};

impl HemeraClient {
    /// A participation with its result, in the version that it has now.
    pub async fn service_participation(
        &self,
        id: &ParticipationId,
    ) -> Result<Versioned<Participation>, Error> {
        let operation = Operation::GetParticipation;
        let call = Call::read(operation, self.url_of(operation, Some(id.as_str()), &[]));
        Ok(self.carry_out(&call).await?.into())
    }

    /// Writes the result of a participation and returns it as it then is.
    ///
    /// With an `expected` version it writes only if the participation is still the one that was read: the version is
    /// that of [`service_participation`](Self::service_participation), or of an earlier write. Otherwise nothing is
    /// written and the error says [`is_precondition_failed`](Error::is_precondition_failed): somebody else has written
    /// in between; read it again, decide, and repeat. `None` writes whatever is there.
    ///
    /// It is a `PUT` that sets fields to values: sent twice it does what it does once, and the second
    /// time changes nothing. So it is tried again like a read, also after a time-out that leaves open
    /// whether it arrived; one that had arrived is no conflict with itself.
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
    ) -> Result<Versioned<Participation>, Error> {
        let operation = Operation::UpdateParticipationResult;
        let invalid = |field: &str, fault: &str| Error::invalid(operation, FieldErrors::one(field, fault));
        if update.is_empty() {
            return Err(invalid("body", "must set resultOutcome, resultNotes or complete"));
        }
        let unknown = || invalid("If-Match", NO_VERSION);
        let expected = expected.map(|version| version.condition().ok_or_else(unknown));
        let body = serde_json::to_vec(update).map_err(Error::setup)?;
        let call = Call {
            body: Some(Bytes::from(body)),
            expected: expected.transpose()?,
            ..Call::read(operation, self.url_of(operation, Some(id.as_str()), &[]))
        };
        let written: Versioned<Participation> = self.carry_out(&call).await?.into();
        self.remove_cached(Operation::GetParticipation, id.as_str());
        self.remove_cached(Operation::GetCourse, written.course_id.as_str());
        Ok(written)
    }
}

/// Why a version that is not known cannot be expected.
const NO_VERSION: &str = "has no version to name: the answer that was read had no strong ETag; see what stands between \
                          here and Hemera and takes it out";

impl<T> From<Told<T>> for Versioned<T> {
    fn from(told: Told<T>) -> Self {
        Self {
            value: told.success.data,
            version: told.version,
        }
    }
}
