//! Request bodies are read as strictly as the contract says.

use hemera_types::bounds::RESULT_TEXT_CHARS;
use hemera_types::{
    BodyFault, ETag, InvalidText, ParticipationId, Patch, RequestBody as _, ResultItem, ResultText,
    ResultUpdate, ResultUpdates,
};
use proptest::prelude::*;

fn fields(body: &[u8]) -> Vec<(String, String)> {
    match ResultUpdate::parse(body) {
        Err(BodyFault::Fields(faults)) => faults
            .fields
            .into_iter()
            .map(|fault| (fault.field, fault.message))
            .collect(),
        other => panic!("expected faulty fields, got {other:?}"),
    }
}

#[test]
fn text_is_absent_null_or_set() {
    let update = ResultUpdate::parse(br#"{"resultOutcome":null,"resultNotes":""}"#).unwrap();
    assert_eq!(update.result_outcome, Patch::Null);
    assert_eq!(update.result_notes.value().unwrap().as_str(), "");
    assert_eq!(update.complete, None);
    let update = ResultUpdate::parse(br#"{"complete":false}"#).unwrap();
    assert!(update.result_outcome.is_absent() && update.result_notes.is_absent());
    assert_eq!(update.complete, Some(false));
}

#[test]
fn bodies_that_are_not_json_or_no_object_are_refused() {
    for body in [
        "",
        " ",
        "{",
        "{\"complete\":true}x",
        "{'a':1}",
        "{\"resultNotes\":\"\\ud800\"}",
        "NaN",
    ] {
        assert_eq!(
            ResultUpdate::parse(body.as_bytes()),
            Err(BodyFault::NotJson),
            "{body:?}"
        );
    }
    assert_eq!(
        ResultUpdate::parse(b"{\"resultNotes\":\"\xff\"}"),
        Err(BodyFault::NotJson)
    );
    for body in [
        "null",
        "true",
        "[]",
        "[{\"complete\":true}]",
        "\"text\"",
        "1",
        "-1",
        "1.5",
    ] {
        assert_eq!(
            ResultUpdate::parse(body.as_bytes()),
            Err(BodyFault::NotObject),
            "{body:?}"
        );
    }
}

#[test]
fn deep_json_is_refused_without_overflow() {
    let deep = format!(
        "{{\"resultNotes\":{}1{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_eq!(ResultUpdate::parse(deep.as_bytes()), Err(BodyFault::NotJson));
}

#[test]
fn every_faulty_field_is_named() {
    let body =
        br#"{"resultOutcome":1,"complete":null,"complete":true,"status":"COMPLETE","resultNotes":"\u0000"}"#;
    insta::assert_json_snapshot!("faulty_fields", fields(body));
}

#[test]
fn object_without_fields_is_refused() {
    assert_eq!(fields(b"{}")[0].0, "body");
}

#[test]
fn text_length_counts_scalar_values() {
    let astral = |count| "\u{1F393}".repeat(count);
    assert!(ResultText::parse(astral(RESULT_TEXT_CHARS)).is_ok());
    assert_eq!(
        ResultText::parse(astral(RESULT_TEXT_CHARS + 1)),
        Err(InvalidText::TooLong)
    );
    assert_eq!(ResultText::parse("a\0b"), Err(InvalidText::Nul));
}

fn faults_of_updates(body: &[u8]) -> Vec<(String, String)> {
    match ResultUpdates::parse(body) {
        Err(BodyFault::Fields(faults)) => faults
            .fields
            .into_iter()
            .map(|fault| (fault.field, fault.message))
            .collect(),
        other => panic!("expected faulty fields, got {other:?}"),
    }
}

#[test]
fn every_fault_of_many_updates_is_named_with_its_place() {
    let body = br#"{"updates":[
        {"participationId":"a b","ifMatch":"3","resultOutcome":1,"complete":null,"resultNotes":"\u0000"},
        {"participationId":"part_1","complete":true,"complete":true,"status":"COMPLETE"},
        {"participationId":"part_1","ifMatch":null,"complete":true},
        {"complete":true},
        {"participationId":"part_2"},
        {},
        []
    ],"dryRun":true,"updates":[]}"#;
    insta::assert_json_snapshot!("faulty_updates", faults_of_updates(body));
    for body in ["{}", r#"{"updates":[]}"#, r#"{"updates":null}"#] {
        assert_eq!(faults_of_updates(body.as_bytes())[0].0, "updates", "{body}");
    }
}

#[test]
fn updates_are_read_with_their_conditions() {
    let body = br#"{"updates":[
        {"participationId":"part_1","ifMatch":"\"3\", W/\"4\"","resultNotes":"","complete":false},
        {"participationId":"part_2","resultOutcome":null}
    ]}"#;
    let updates = ResultUpdates::parse(body).unwrap();
    let [first, second] = updates.items() else {
        panic!("two updates")
    };
    assert!(first.if_match.as_ref().unwrap().admits(&ETag::of_version(3)));
    assert!(
        !first.if_match.as_ref().unwrap().admits(&ETag::of_version(4)),
        "a weak tag"
    );
    assert_eq!(first.update.result_notes.value().unwrap().as_str(), "");
    assert_eq!(
        (&second.if_match, second.update.result_outcome.is_null()),
        (&None, true)
    );
}

#[test]
fn updates_that_cannot_be_sent_are_refused_when_they_are_made() {
    let item = |id: &str| {
        ResultItem::new(
            ParticipationId::parse(id).unwrap(),
            ResultUpdate::default().complete(),
        )
    };
    let empty = ResultItem {
        update: ResultUpdate::default(),
        ..item("part_2")
    };
    let faults = ResultUpdates::new(vec![item("part_1"), empty, item("part_1")]).unwrap_err();
    let fields: Vec<&str> = faults.fields.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["updates[1]", "updates[2].participationId"]);
    for count in [0, 101] {
        let items = (0..count).map(|number| item(&format!("part_{number}")));
        assert_eq!(
            ResultUpdates::new(items.collect()).unwrap_err().fields[0].field,
            "updates"
        );
    }
}

#[test]
fn fifty_updates_weigh_as_one_request() {
    for (count, weight) in [(1, 1), (50, 1), (51, 2), (100, 2)] {
        let items = (0..count).map(|number| {
            let id = ParticipationId::parse(format!("part_{number}")).unwrap();
            ResultItem::new(id, ResultUpdate::default().complete())
        });
        assert_eq!(
            ResultUpdates::new(items.collect()).unwrap().weight(),
            weight,
            "{count}"
        );
    }
}

proptest! {
    #[test]
    fn reading_never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ResultUpdate::parse(&body);
    }

    #[test]
    fn server_reads_what_the_client_writes(
        outcome in prop::option::of(prop::option::of("[^\0]{0,40}")),
        complete in prop::option::of(any::<bool>()),
    ) {
        let mut update = ResultUpdate { complete, ..ResultUpdate::default() };
        update = match outcome {
            None => update,
            Some(None) => update.without_outcome(),
            Some(Some(text)) => update.with_outcome(text).unwrap(),
        };
        let body = serde_json::to_vec(&update).unwrap();
        if update.is_empty() {
            prop_assert!(ResultUpdate::parse(&body).is_err());
        } else {
            prop_assert_eq!(ResultUpdate::parse(&body).unwrap(), update);
        }
    }
}
