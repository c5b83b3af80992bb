//! `traceparent`, as W3C Trace Context wants it read and written.

use hemera_types::{SpanId, TraceId, TraceParent};
use proptest::prelude::*;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

#[test]
fn header_of_version_00_is_read_and_written_alike() {
    for flags in ["00", "01"] {
        let header = format!("00-{TRACE}-{SPAN}-{flags}");
        let parent = TraceParent::parse(header.as_bytes()).unwrap();
        assert_eq!(parent.to_string(), header);
        assert_eq!(parent.trace_id().to_string(), TRACE);
        assert_eq!(parent.span_id().to_string(), SPAN);
    }
}

#[test]
fn unknown_flags_are_not_passed_on() {
    let parent = TraceParent::parse(format!("00-{TRACE}-{SPAN}-ff").as_bytes()).unwrap();
    assert_eq!(parent.to_string(), format!("00-{TRACE}-{SPAN}-01"));
    let parent = TraceParent::parse(format!("00-{TRACE}-{SPAN}-fe").as_bytes()).unwrap();
    assert_eq!(parent.to_string(), format!("00-{TRACE}-{SPAN}-00"));
}

#[test]
fn later_versions_are_read_as_far_as_they_are_known() {
    for header in [
        format!("cc-{TRACE}-{SPAN}-01"),
        format!("01-{TRACE}-{SPAN}-01-"),
        format!("fe-{TRACE}-{SPAN}-01-what-the-future-will-be-like"),
    ] {
        let parent = TraceParent::parse(header.as_bytes()).unwrap();
        assert_eq!(parent.to_string(), format!("00-{TRACE}-{SPAN}-01"), "{header}");
    }
}

#[test]
fn everything_else_is_ignored() {
    let zero_trace = "0".repeat(32);
    let zero_span = "0".repeat(16);
    for bad in [
        String::new(),
        "00".to_owned(),
        format!("00-{TRACE}-{SPAN}"),
        format!("00-{TRACE}-{SPAN}-"),
        format!("00-{TRACE}-{SPAN}-1"),
        format!("00-{TRACE}-{SPAN}-001"),
        format!("00-{TRACE}-{SPAN}-01-"),
        format!("00-{TRACE}-{SPAN}-01-more"),
        format!("00-{TRACE}-{SPAN}-01 "),
        format!(" 00-{TRACE}-{SPAN}-01"),
        format!("01-{TRACE}-{SPAN}-01.more"),
        format!("ff-{TRACE}-{SPAN}-01"),
        format!("0-{TRACE}-{SPAN}-01"),
        format!("00_{TRACE}_{SPAN}_01"),
        format!("00-{zero_trace}-{SPAN}-01"),
        format!("00-{TRACE}-{zero_span}-01"),
        format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
        format!("00-{TRACE}-{}-01", SPAN.to_uppercase()),
        format!("00-{}-{SPAN}-01", TRACE.replace('4', "g")),
        format!("00-{}-{SPAN}0-01", &TRACE[1..]),
        format!("00-{TRACE}-{SPAN}-0A"),
        format!("0X-{TRACE}-{SPAN}-01"),
        format!("00-{TRACE}-{SPAN}-+1"),
    ] {
        assert_eq!(TraceParent::parse(bad.as_bytes()), None, "{bad:?}");
    }
    assert_eq!(TraceParent::parse(&[0xff; 55]), None);
}

#[test]
fn new_trace_can_be_read_and_differs_from_the_next() {
    let (one, other) = (TraceParent::begin(), TraceParent::begin());
    assert_eq!(TraceParent::parse(one.to_string().as_bytes()), Some(one));
    assert_ne!(one.trace_id(), other.trace_id());
    assert_ne!(TraceId::random(), TraceId::random());
    assert_ne!(SpanId::random(), SpanId::random());
}

#[test]
fn spans_of_a_trace_share_its_id_and_its_flags() {
    let parent = TraceParent::parse(format!("00-{TRACE}-{SPAN}-01").as_bytes()).unwrap();
    let next = parent.with_new_span();
    assert_eq!(next.trace_id(), parent.trace_id());
    assert_ne!(next.span_id(), parent.span_id());
    assert!(next.to_string().ends_with("-01"), "{next}");
}

proptest! {
    #[test]
    fn no_header_makes_the_parser_panic(header in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = TraceParent::parse(&header);
    }

    #[test]
    fn what_is_read_is_written_so_that_it_can_be_read(header in "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}") {
        if let Some(parent) = TraceParent::parse(header.as_bytes()) {
            prop_assert_eq!(TraceParent::parse(parent.to_string().as_bytes()), Some(parent));
        }
    }
}
