//! Writing the result of a participation.

use hemera_types::{
    ETag, IfMatch, Participation, ParticipationId, ParticipationStatus, Patch, ResultText, ResultUpdate,
    Timestamp,
};

use super::store::{ParticipationRecord, World};

/// What became of a write.
#[derive(Debug)]
pub(in crate::testing) enum Written {
    /// The participation was changed; as it is now, with its new tag.
    Changed(Box<Participation>, ETag),
    /// It was as the update wants it, whatever the condition says.
    Unchanged(Box<Participation>, ETag),
    /// It is not the one that the caller read; its tag as it is now. Nothing was written.
    Stale(ETag),
    /// There is no such participation.
    Missing,
}

impl World {
    /// Writes what `update` names, if the participation meets the condition.
    pub(in crate::testing) fn write(
        &mut self,
        id: &ParticipationId,
        update: &ResultUpdate,
        condition: Option<&IfMatch>,
        now: Timestamp,
    ) -> Written {
        let Some(record) = self.participations.get_mut(id) else {
            return Written::Missing;
        };
        let wanted = wanted(record, update, now);
        let is_change = wanted.status != record.status
            || wanted.texts != record.texts
            || wanted.result_completed_at != record.result_completed_at;
        if is_change {
            let tag = record.tag();
            if condition.is_some_and(|condition| !condition.admits(&tag)) {
                return Written::Stale(tag);
            }
            *record = wanted;
            record.changed(now);
        }
        match self.participation(id) {
            Some((now, tag)) if is_change => Written::Changed(Box::new(now), tag),
            Some((now, tag)) => Written::Unchanged(Box::new(now), tag),
            None => Written::Missing,
        }
    }
}

/// The participation as the update wants it.
fn wanted(record: &ParticipationRecord, update: &ResultUpdate, now: Timestamp) -> ParticipationRecord {
    let mut wanted = record.clone();
    apply(&mut wanted.texts.result_outcome, &update.result_outcome);
    apply(&mut wanted.texts.result_notes, &update.result_notes);
    if update.complete == Some(true) {
        wanted.status = ParticipationStatus::Complete;
        wanted.result_completed_at = wanted.result_completed_at.or(Some(now));
    }
    wanted
}

fn apply(field: &mut Option<String>, patch: &Patch<ResultText>) {
    match patch {
        Patch::Absent => {}
        Patch::Null => *field = None,
        Patch::Value(text) => *field = Some(text.as_str().to_owned()),
    }
}
