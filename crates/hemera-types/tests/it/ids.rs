//! Ids and request ids: what is accepted.

use hemera_types::{CourseId, InvalidId, Operation, RequestId};
use proptest::prelude::*;

#[test]
fn id_has_a_fixed_alphabet_and_a_limited_length() {
    let longest = "a".repeat(64);
    for good in ["a", "Z", "0", "_", "-", "user_2abcDEF-9", longest.as_str()] {
        assert_eq!(CourseId::parse(good).unwrap().as_str(), good);
    }
    let too_long = "a".repeat(65);
    for bad in [
        "",
        " ",
        "a b",
        "a/b",
        "../a",
        "a%2F",
        "ä",
        "a\0",
        "a\n",
        "{id}",
        too_long.as_str(),
    ] {
        assert_eq!(CourseId::parse(bad), Err(InvalidId), "{bad:?}");
    }
}

#[test]
fn id_in_a_body_is_checked() {
    assert!(serde_json::from_str::<CourseId>("\"a/b\"").is_err());
    assert!(serde_json::from_str::<CourseId>("7").is_err());
}

#[test]
fn request_id_must_be_visible_ascii() {
    let longest = "x".repeat(128);
    for good in ["a", "4f0c-…".trim_end_matches('…'), "!~", longest.as_str()] {
        assert_eq!(RequestId::accept(good.as_bytes()).unwrap().as_str(), good);
    }
    let too_long = "x".repeat(129);
    for bad in ["", " ", "a b", "a\tb", "ä", "a\r\nX: y", too_long.as_str()] {
        assert_eq!(RequestId::accept(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn random_request_ids_are_accepted_and_differ() {
    let (one, other) = (RequestId::random(), RequestId::random());
    assert_eq!(RequestId::accept(one.as_str().as_bytes()), Some(one.clone()));
    assert_ne!(one, other);
}

proptest! {
    #[test]
    fn checked_id_needs_no_escaping_in_a_path(text in "\\PC{0,70}") {
        if let Ok(id) = CourseId::parse(text) {
            let path = Operation::GetCourse.path(Some(id.as_str()));
            prop_assert_eq!(path.matches('/').count(), 4);
            prop_assert!(path.is_ascii() && !path.contains(['?', '#', '%']));
        }
    }
}
