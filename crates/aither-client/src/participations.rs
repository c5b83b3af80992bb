//! Reading participations and recording their results, one by one or many at a time.

use bytes::Bytes;
use hemera_types::{
    FieldErrors, ItemResults, Operation, Participation, ParticipationId, ResultUpdate, ResultUpdates, bounds,
};

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

impl HemeraClient {
    /// Writes the results of up to 100 participations, each by itself and in order, and returns the verdict on each.
    ///
    /// The call succeeds whatever the verdicts are: read them. [`ResultVerdict::is_open`] says of which updates it is not
    /// decided what became of them, for example because Hemera's time for the request was up. They may be sent again, in
    /// another call, as often as need be. A condition of an update ([`ResultItem::only_if`]) is made of the version of a
    /// participation by [`Version::to_if_match`].
    ///
    /// Hemera's rate limit counts each 50 updates as one request, and so does the pace of this client. The call is retried
    /// like the write of a single result.
    ///
    /// ```no_run
    /// # use aither_client::HemeraClient;
    /// # use aither_client::hemera_types::{ParticipationId, ResultItem, ResultUpdate, ResultUpdates, ResultVerdict};
    /// # async fn complete(hemera: &HemeraClient, ids: Vec<ParticipationId>) -> Result<(), Box<dyn std::error::Error>> {
    /// let complete = ResultUpdate::default().complete();
    /// let items = ids.into_iter().map(|id| ResultItem::new(id, complete.clone()));
    /// let updates = ResultUpdates::new(items.collect())?;
    /// let written = hemera.update_service_participation_results(&updates).await?;
    /// for result in &written.results {
    ///     match result.verdict.known() {
    ///         Some(ResultVerdict::Updated | ResultVerdict::Unchanged) => {}
    ///         Some(verdict) if verdict.is_open() => println!("send {} again", result.participation_id),
    ///         _ => println!("{}: {}", result.participation_id, result.verdict),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The body of the request is over 1 MiB: nothing was sent. Otherwise as every call; then it is open which of the updates
    /// were written, and the call may be repeated.
    ///
    /// [`ResultVerdict::is_open`]: hemera_types::ResultVerdict::is_open
    /// [`ResultItem::only_if`]: hemera_types::ResultItem::only_if
    pub async fn update_service_participation_results(
        &self,
        updates: &ResultUpdates,
    ) -> Result<Response<ItemResults>, Error> {
        let operation = Operation::UpdateParticipationResults;
        let body = serde_json::to_vec(updates).map_err(Error::setup)?;
        if body.len() > bounds::RESULTS_BODY_BYTES {
            let fault = "must have at most 1 MiB as JSON: send fewer at a time";
            return Err(Error::invalid(operation, FieldErrors::one("updates", fault)));
        }
        let call = Call {
            body: Some(Bytes::from(body)),
            weight: updates.weight(),
            ..Call::read(operation, self.url_of(operation, None, &[]))
        };
        let decoded: Result<Decoded<ItemResults>, Error> = self.execute(&call).await;
        self.remove_updated(updates);
        Ok(decoded?.into_response(|success| success.data))
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
