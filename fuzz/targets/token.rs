//! Any text that comes as a token, held against a key whose private half was thrown away.

#![no_main]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use clerk::Verifier;
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "the other half is for the target `claims`")]
#[path = "../../crates/clerk/tests/it/fuzzed/properties.rs"]
mod properties;

/// The verifier, and the tokens that its key has signed.
static SCENE: LazyLock<(Verifier, BTreeSet<String>)> = LazyLock::new(|| {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pem = fs::read_to_string(own.join("seeds/token-key.pem")).expect("the key of the seeds");
    let seeds = fs::read_dir(own.join("seeds/token")).expect("the seeds");
    let texts = seeds.map(|seed| fs::read(seed.expect("a seed").path()).expect("a seed's text"));
    let known = texts.filter_map(|bytes| String::from_utf8(bytes).ok()).collect();
    (properties::verifier(&pem), known)
});

fuzz_target!(|input: &[u8]| {
    let (verifier, known) = &*SCENE;
    properties::judge_token(verifier, known, input);
});
