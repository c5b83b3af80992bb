//! Entity tags: RFC 9110's grammar and its two comparisons.

use hemera_types::{ContentCoding, ETag, IfMatch, IfNoneMatch};

#[test]
fn if_match_compares_strongly() {
    let current = ETag::of_version(3);
    for (header, admits) in [
        ("*", true),
        ("\"3\"", true),
        ("\"2\", \"3\"", true),
        (" , \"3\" ,, ", true),
        ("W/\"3\"", false),
        ("\"33\"", false),
        ("\"2\",W/\"3\"", false),
    ] {
        assert_eq!(
            IfMatch::parse(header).unwrap().admits(&current),
            admits,
            "{header}"
        );
    }
}

#[test]
fn if_none_match_compares_weakly() {
    let current = ETag::of_version(3);
    for (header, met) in [
        ("*", true),
        ("W/\"3\"", true),
        ("\"1\", \"3\"", true),
        ("\"1\"", false),
    ] {
        assert_eq!(
            IfNoneMatch::parse(header).unwrap().is_met_by(&current),
            met,
            "{header}"
        );
    }
}

#[test]
fn malformed_tag_list_is_refused() {
    for header in [
        "",
        ",",
        "3",
        "\"3",
        "3\"",
        "\"a b\"",
        "\"3\" \"4\"",
        "*, \"3\"",
        "w/\"3\"",
        "\"3\"x",
    ] {
        assert!(IfMatch::parse(header).is_err(), "{header:?}");
    }
}

#[test]
fn tag_reads_back_as_written() {
    for text in ["\"3\"", "W/\"abc-gzip\"", "\"\""] {
        assert_eq!(ETag::parse(text).unwrap().to_string(), text);
    }
    assert!(ETag::parse("\"1\", \"2\"").is_err());
    assert!(ETag::strong("a\"b").is_err());
}

/// What was read compressed can be written conditionally, and what was read plain confirmed compressed.
#[test]
fn compressed_variant_matches_its_resource() {
    let current = ETag::of_version(3);
    for (coding, text) in [
        (ContentCoding::Gzip, "\"3-gzip\""),
        (ContentCoding::Brotli, "\"3-br\""),
    ] {
        let variant = current.of_variant(coding);
        assert_eq!((variant.to_string().as_str(), variant.resource()), (text, "3"));
        assert!(IfMatch::parse(text).unwrap().admits(&current));
        assert!(IfMatch::parse("\"3\"").unwrap().admits(&variant));
        assert!(!IfMatch::parse(&format!("W/{text}")).unwrap().admits(&current));
        assert!(IfNoneMatch::parse(text).unwrap().is_met_by(&current));
        assert!(
            IfNoneMatch::parse("\"3-br\"")
                .unwrap()
                .is_met_by(&current.of_variant(ContentCoding::Gzip))
        );
    }
    for other in [
        "\"3-zip\"",
        "\"3gzip\"",
        "\"3-gzip-gzip\"",
        "\"33-br\"",
        "\"-gzip\"",
    ] {
        assert!(!IfNoneMatch::parse(other).unwrap().is_met_by(&current), "{other}");
    }
}
