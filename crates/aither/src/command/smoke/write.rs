//! A result that is written, and put back.

use aither_client::HemeraClient;
use aither_client::Versioned;
use aither_client::hemera_types::{InvalidText, Participation, ParticipationId, ResultUpdate};

use super::promise::{Broken, Kept, NOT_HEMERA};
use crate::command::participation::version_text;

/// What is written below the text that is there, so that nothing is lost where the second write fails.
const LINE: &str = "[smoke test: this line goes away by itself]";

/// Writes a line below the outcome and takes it away again, each time on the condition that nothing else has changed.
///
/// A line that an earlier run has left is taken away too.
pub(super) async fn there_and_back(client: &HemeraClient, id: &ParticipationId) -> Result<Kept, Broken> {
    let read = client.service_participation(id).await?;
    let original = without_line(read.result_outcome.as_deref());
    let Ok(with_line) = update(Some(with_line(original.as_deref()))) else {
        return as_it_is(client, id, &read).await;
    };
    let written = client
        .update_service_participation_result(id, &with_line, Some(&read.version))
        .await?
        .into_inner();
    let back = update(original.clone()).map_err(refused_by_itself)?;
    let left = |error: aither_client::Error| {
        let mut broken = Broken::from(error);
        broken.found = format!("{id} was written and not put back: {}", broken.found);
        broken.remedy = format!("give the same command again: it removes the line {LINE:?} from the outcome");
        broken
    };
    let restored = client
        .update_service_participation_result(id, &back, Some(&written.version))
        .await
        .map_err(left)?
        .into_inner();
    let is_back = restored.result_outcome == original
        && restored.result_notes == read.result_notes
        && restored.status == read.status
        && restored.result_completed_at == read.result_completed_at;
    if !is_back || written.version == read.version && original == read.result_outcome {
        let found = format!("{id} is not as it was before it was written and put back");
        return Err(Broken::new(found, "give the request id to Hemera's operators"));
    }
    let version = |version| version_text(version).unwrap_or_default();
    Ok(Kept::Yes(format!(
        "{id} was written and put back: version {}, {}, {}",
        version(&read.version),
        version(&written.version),
        version(&restored.version)
    )))
}

/// Writes what is there: the outcome has no room for another line.
async fn as_it_is(
    client: &HemeraClient,
    id: &ParticipationId,
    read: &Versioned<Participation>,
) -> Result<Kept, Broken> {
    let same = update(read.result_outcome.clone()).map_err(refused_by_itself)?;
    let written = client
        .update_service_participation_result(id, &same, Some(&read.version))
        .await?;
    if written.value != read.value || written.version != read.version {
        let found = format!("{id} has changed, although it was written as it was");
        return Err(Broken::new(found, "give the request id to Hemera's operators"));
    }
    Ok(Kept::Yes(format!(
        "{id} was written as it was: its outcome has no room for another line"
    )))
}

fn update(outcome: Option<String>) -> Result<ResultUpdate, InvalidText> {
    match outcome {
        Some(text) => ResultUpdate::default().with_outcome(text),
        None => Ok(ResultUpdate::default().without_outcome()),
    }
}

fn refused_by_itself(error: InvalidText) -> Broken {
    Broken::new(
        format!("Hemera sent a text that it would refuse: {error}"),
        NOT_HEMERA,
    )
}

fn with_line(outcome: Option<&str>) -> String {
    match outcome {
        Some(text) => format!("{text}\n{LINE}"),
        None => LINE.to_owned(),
    }
}

fn without_line(outcome: Option<&str>) -> Option<String> {
    match outcome? {
        LINE => None,
        text => {
            let before = text.strip_suffix(LINE).and_then(|text| text.strip_suffix('\n'));
            Some(before.unwrap_or(text).to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_comes_and_goes_and_leaves_every_text_as_it_was() {
        for outcome in [None, Some(""), Some("Speaks freely"), Some("Two\nlines\n")] {
            let written = with_line(outcome);
            assert_ne!(Some(written.as_str()), outcome);
            assert_eq!(without_line(Some(&written)).as_deref(), outcome);
            assert_eq!(without_line(outcome).as_deref(), outcome);
        }
    }
}
