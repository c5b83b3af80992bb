//! Any request body.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the rest is for the other targets")]
#[path = "../../crates/hemera-types/tests/it/fuzzed/properties.rs"]
mod properties;

fuzz_target!(|input: &[u8]| {
    properties::judge_body(input);
    properties::judge_updates(input);
});
