//! What holds for every body, query string and header value that a caller can send. The fuzz targets `body`, `query` and
//! `headers` check it on millions of inputs; the tests beside this file check it on the seeds and on random inputs.

use std::collections::BTreeSet;

use hemera_types::{
    BodyFault, CourseId, CourseQuery, ETag, FieldErrors, IfMatch, IfNoneMatch, QueryPairs, RequestBody as _,
    RequestId, ResultText, ResultUpdate, ResultUpdates, Timestamp, UsageQuery, bounds,
};
use serde_json::{Map, Value};

/// An accepted body is within its limits, agrees with serde's own reader, and is written back as the same update. The
/// faults of a refused one fit into an answer.
pub(crate) fn judge_body(input: &[u8]) {
    let lenient: Option<Value> = serde_json::from_slice(input).ok();
    match ResultUpdate::parse(input) {
        Ok(update) => {
            assert!(!update.is_empty());
            for text in [&update.result_outcome, &update.result_notes] {
                assert!(text.value().is_none_or(is_within_bounds));
            }
            let written = serde_json::to_vec(&update).unwrap();
            assert_eq!(ResultUpdate::parse(&written).as_ref(), Ok(&update));
            let members: Map<String, Value> = serde_json::from_slice(input).unwrap();
            assert_eq!(
                serde_json::from_slice::<Map<String, Value>>(&written).unwrap(),
                members
            );
        }
        Err(BodyFault::NotJson) => assert!(lenient.is_none()),
        Err(BodyFault::NotObject) => assert!(!lenient.is_some_and(|value| value.is_object())),
        Err(BodyFault::Fields(faults)) => {
            assert!(lenient.is_some_and(|value| value.is_object()));
            judge_faults(&faults);
        }
    }
}

/// The same of the results of many participations. An accepted body has unique ids, and faults name the place of their
/// update.
pub(crate) fn judge_updates(input: &[u8]) {
    let lenient: Option<Value> = serde_json::from_slice(input).ok();
    match ResultUpdates::parse(input) {
        Ok(updates) => {
            let items = updates.items();
            assert!(bounds::RESULTS_ITEMS.contains(&items.len()));
            let ids: BTreeSet<&str> = items.iter().map(|item| item.participation_id.as_str()).collect();
            assert_eq!(ids.len(), items.len());
            for item in items {
                assert!(!item.update.is_empty());
                for text in [&item.update.result_outcome, &item.update.result_notes] {
                    assert!(text.value().is_none_or(is_within_bounds));
                }
            }
            assert!((1..=2).contains(&updates.weight()));
            let written = serde_json::to_vec(&updates).unwrap();
            assert_eq!(ResultUpdates::parse(&written), Ok(updates));
        }
        Err(BodyFault::NotJson) => assert!(lenient.is_none()),
        Err(BodyFault::NotObject) => assert!(!lenient.is_some_and(|value| value.is_object())),
        Err(BodyFault::Fields(faults)) => {
            assert!(lenient.is_some_and(|value| value.is_object()));
            judge_faults(&faults);
            assert!(faults.fields.len() <= 1_001);
        }
    }
}

/// An accepted query is within its limits, and reads back equal from the pairs that it is written as.
pub(crate) fn judge_query(input: &[u8]) {
    let pairs = || {
        let pairs = url::form_urlencoded::parse(input);
        QueryPairs::new(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())))
    };
    match CourseQuery::parse(pairs()) {
        Ok(query) => {
            assert!(bounds::PAGE_LIMIT.contains(&query.limit) && bounds::PAGE_OFFSET.contains(&query.offset));
            assert_eq!(CourseQuery::parse(asked(query.to_pairs())), Ok(query));
        }
        Err(faults) => judge_faults(&faults),
    }
    match UsageQuery::parse(pairs()) {
        Ok(query) => {
            assert!(bounds::USAGE_DAYS.contains(&query.days));
            assert_eq!(UsageQuery::parse(asked(query.to_pairs())), Ok(query));
        }
        Err(faults) => judge_faults(&faults),
    }
}

/// Conditions, ids and times: accepted values read back equal, and ids are safe in a path and in a log.
pub(crate) fn judge_headers(input: &[u8]) {
    if let Some(id) = RequestId::accept(input) {
        assert_eq!(id.as_str().as_bytes(), input);
        assert!(bounds::REQUEST_ID_CHARS.contains(&input.len()) && input.iter().all(u8::is_ascii_graphic));
    }
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    if let Ok(id) = CourseId::parse(text) {
        assert_eq!(id.as_str(), text);
        assert!(bounds::ID_CHARS.contains(&text.len()));
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        );
    }
    if let Ok(time) = Timestamp::parse(text) {
        let written = time.to_string();
        assert_eq!(written.len(), "2026-03-15T00:00:00.000Z".len());
        assert_eq!(Timestamp::parse(&written), Ok(time));
    }
    if let Ok(tag) = ETag::parse(text) {
        assert_eq!(ETag::parse(&tag.to_string()).as_ref(), Ok(&tag));
        assert!(tag.matches_weakly(&tag));
    }
    judge_conditions(text);
}

/// Both conditions read the same lists; a weak tag admits no write.
fn judge_conditions(text: &str) {
    let (strong, weak) = (IfMatch::parse(text), IfNoneMatch::parse(text));
    assert_eq!(strong.is_ok(), weak.is_ok());
    let Ok(IfMatch::Tags(tags)) = &strong else {
        return;
    };
    assert!(!tags.is_empty());
    assert_eq!(weak, Ok(IfNoneMatch::Tags(tags.clone())));
    let written: Vec<String> = tags.iter().map(ETag::to_string).collect();
    assert_eq!(IfMatch::parse(&written.join(", ")), strong);
    for (tag, written) in tags.iter().zip(&written) {
        let is_weak = written.starts_with("W/");
        assert_eq!(tag.matches_strongly(tag), !is_weak);
        assert!(weak.as_ref().is_ok_and(|condition| condition.is_met_by(tag)));
    }
}

fn is_within_bounds(text: &ResultText) -> bool {
    text.as_str().chars().count() <= bounds::RESULT_TEXT_CHARS && !text.as_str().contains('\0')
}

fn asked(pairs: Vec<(&'static str, String)>) -> QueryPairs {
    QueryPairs::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)))
}

/// Each message says what the field must be.
fn judge_faults(faults: &FieldErrors) {
    assert!(!faults.fields.is_empty());
    for fault in &faults.fields {
        assert!(
            fault.message.starts_with("must ") || fault.message.starts_with("is not "),
            "{}",
            fault.message
        );
    }
}
