//! The properties of the fuzz targets `body`, `query` and `headers`, checked on their seeds and on random inputs.

mod properties;

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use self::properties::{judge_body, judge_headers, judge_query, judge_updates};

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target);
    let files = fs::read_dir(folder).unwrap();
    let seeds: Vec<Vec<u8>> = files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect();
    assert!(seeds.len() >= 20, "{target}: {}", seeds.len());
    seeds
}

#[test]
fn every_seed_keeps_the_properties() {
    for (target, judge) in [
        ("body", judge_body as fn(&[u8])),
        ("body", judge_updates),
        ("query", judge_query),
        ("headers", judge_headers),
    ] {
        for seed in seeds(target) {
            judge(&seed);
        }
    }
}

/// Texts made of the tokens of bodies.
fn bodies() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"resultOutcome\"",
        "\"resultNotes\"",
        "\"complete\"",
        "\"x\"",
        "null",
        "true",
        "false",
        "1",
        "1e999",
        "\\u0000",
        "\\ud800",
        "\u{1F393}",
        " ",
    ]);
    prop::collection::vec(word, 0..14).prop_map(|words| words.concat())
}

/// Bodies with a list of objects, of which some are good.
fn updates() -> impl Strategy<Value = String> {
    let member = prop::sample::select(vec![
        r#""participationId":"a""#,
        r#""participationId":"b""#,
        r#""participationId":"c d""#,
        r#""ifMatch":"\"3\"""#,
        r#""ifMatch":"*""#,
        r#""ifMatch":3"#,
        r#""complete":true"#,
        r#""complete":[1e999]"#,
        r#""resultNotes":null"#,
        r#""resultNotes":"\u0000""#,
        r#""resultOutcome":"""#,
        r#""x":{"y":[]}"#,
    ]);
    let object = prop::collection::vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(",")));
    prop::collection::vec(object, 0..4)
        .prop_map(|objects| format!(r#"{{"updates":[{}]}}"#, objects.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_cause_a_panic(input in prop::collection::vec(any::<u8>(), 0..200)) {
        judge_body(&input);
        judge_updates(&input);
        judge_query(&input);
        judge_headers(&input);
    }

    #[test]
    fn no_text_causes_a_panic(input in ".{0,100}") {
        judge_body(input.as_bytes());
        judge_updates(input.as_bytes());
        judge_query(input.as_bytes());
        judge_headers(input.as_bytes());
    }

    #[test]
    fn texts_like_bodies_are_read_as_serde_reads_them(body in bodies()) {
        judge_body(body.as_bytes());
    }

    #[test]
    fn texts_like_updates_are_read_as_serde_reads_them(updates in updates()) {
        judge_updates(updates.as_bytes());
    }

    #[test]
    fn texts_like_queries_stay_within_their_limits(
        query in "((level|published|startsFrom|limit|offset|days|x)=(BEGINNER|true|2026-0[1-9]-15T00:00:00Z|[0-9+.-]{0,4}|%[0-9A-F]{2})&?){0,4}"
    ) {
        judge_query(query.as_bytes());
    }

    #[test]
    fn tag_lists_read_back_equal(list in "((W/)?\"[!-~&&[^\"]]{0,3}\"|\\*|,| |\t){0,8}") {
        judge_headers(list.as_bytes());
    }
}
