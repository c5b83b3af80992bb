//! The seeds of the fuzz targets `token` and `claims`, and what holds for each of them.
//!
//! The seeds of `token` are the corpus of bad tokens and three good ones, signed by a key whose private half was thrown
//! away. With `WRITE_SEEDS=1` they are made anew, by the key of that run.

mod properties;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clerk::Verifier;
use futures_util::FutureExt as _;
use proptest::prelude::*;

use self::properties::{judge_claims, judge_token, outcome, verifier};
use crate::support::keys::KEY;
use crate::support::token::{
    base64, machine_claims, machine_header, session_claims, session_header, session_token, template_claims,
    template_header, template_token, token,
};
use crate::support::verifier::outcome as support_outcome;
use crate::verify;

/// Longer ones are refused for their length alone, and one of those is enough.
const LONGEST_SEED: usize = 9 * 1024;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target)
}

fn seeds(target: &str) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder(target)).unwrap();
    files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

/// The verifier of the seeds' key.
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier(&pem()));

static TOKENS: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| seeds("token"));

/// The verifier of this run's key.
static OWN_VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier(&KEY.pem()));

fn pem() -> String {
    fs::read_to_string(folder("token-key.pem")).unwrap()
}

/// The seeds that are accepted, one of each class.
const GOOD: [&str; 3] = ["good-session", "good-template", "good-machine"];

fn good() -> [String; 3] {
    let machine = token(&machine_header(), &machine_claims());
    [session_token(), template_token(), machine]
}

/// What the seeds should be, by file name: the token and what becomes of it by the corpus's own policy.
fn wanted() -> BTreeMap<String, (String, &'static str)> {
    let bad = verify::corpus::all().into_iter();
    let bad = bad.map(|case| (case.name, case.token, case.reason));
    let good = GOOD.into_iter().zip(good());
    let good = good.map(|(name, token)| (name.to_owned(), token, "accepted"));
    let mut wanted = BTreeMap::new();
    for (name, token, expected) in good.chain(bad) {
        if token.len() <= LONGEST_SEED {
            wanted.insert(free_name(&wanted, &file_name(&name)), (token, expected));
        }
    }
    wanted
}

/// Fit for file systems that see no difference between upper and lower case.
fn file_name(case: &str) -> String {
    let words = case.split(|each: char| !each.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

fn free_name<T>(taken: &BTreeMap<String, T>, name: &str) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains_key(name)).unwrap()
}

#[test]
fn the_seeds_are_those_of_the_corpus() {
    let wanted = wanted();
    if std::env::var_os("WRITE_SEEDS").is_some() {
        let folder = folder("token");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(self::folder("token-key.pem"), KEY.pem()).unwrap();
        for (name, (token, _)) in &wanted {
            fs::write(folder.join(name), token).unwrap();
        }
    }
    let names: BTreeSet<String> = seeds("token").into_keys().collect();
    let known: BTreeSet<String> = wanted.into_keys().collect();
    assert_eq!(
        names, known,
        "run WRITE_SEEDS=1 cargo test -p clerk --test it the_seeds_are_those_of_the_corpus, and commit fuzz/seeds"
    );
}

#[test]
fn every_token_seed_has_the_properties_of_all_tokens() {
    let signed: BTreeSet<String> = TOKENS
        .values()
        .map(|seed| str::from_utf8(seed).unwrap().to_owned())
        .collect();
    for seed in TOKENS.values() {
        judge_token(&VERIFIER, &signed, seed);
    }
    for name in GOOD {
        let text = str::from_utf8(&TOKENS[name]).unwrap();
        assert_eq!(outcome(&VERIFIER, text), "accepted", "{name}");
    }
}

#[tokio::test]
async fn every_seed_is_refused_for_the_reason_in_the_corpus() {
    let keys = clerk::KeySet::fixed_pem(&pem()).unwrap();
    let verifier = verify::verifier_with(verify::policy(), keys);
    for (name, (_, expected)) in wanted() {
        // Machines' tokens are good, and not accepted by the corpus's policy.
        let expected = if name == "good-machine" {
            "class_not_accepted"
        } else {
            expected
        };
        let text = str::from_utf8(&TOKENS[&name]).unwrap();
        assert_eq!(support_outcome(&verifier, text).await, expected, "{name}");
    }
}

#[test]
fn every_seed_of_header_and_claims_has_the_properties_of_all_tokens() {
    let seeds = seeds("claims");
    assert!(seeds.len() >= 10, "{}", seeds.len());
    let mut accepted = 0;
    for seed in seeds.values() {
        judge_claims(&OWN_VERIFIER, |message| KEY.sign(message), seed);
        let (header, claims) = str::from_utf8(seed).unwrap().split_once('\n').unwrap();
        let text = crate::support::token::token_of_bytes(header, claims);
        accepted += usize::from(OWN_VERIFIER.verify(&text).now_or_never().unwrap().is_ok());
    }
    assert!((3..seeds.len()).contains(&accepted), "{accepted} accepted");
}

/// Whether this text passes, although it is not the good token.
fn passes(text: &str, good: &str) -> bool {
    text != good && outcome(&VERIFIER, text) == "accepted"
}

/// Where several texts could encode the same bytes.
#[test]
fn a_token_with_another_last_character_in_a_segment_is_refused() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ";
    for name in GOOD {
        let good = str::from_utf8(&TOKENS[name]).unwrap();
        let ends = good.match_indices('.').map(|(dot, _)| dot).chain([good.len()]);
        for end in ends {
            for other in alphabet.chars() {
                let text = format!("{}{other}{}", &good[..end - 1], &good[end..]);
                assert!(!passes(&text, good), "{name}, {other:?} before {end}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    /// Every byte of a good token of every class, each replaced by some other.
    #[test]
    fn a_token_with_a_replaced_byte_is_refused(by in prop::collection::vec(any::<u8>(), 1000)) {
        for name in GOOD {
            let good = str::from_utf8(&TOKENS[name]).unwrap();
            for (index, by) in (0..good.len()).zip(&by) {
                let mut bytes = good.as_bytes().to_vec();
                // Half of them stay text that could be a token.
                bytes[index] = if index % 2 == 0 { b'0' + by % 10 } else { by & 0x7f };
                let text = String::from_utf8(bytes).unwrap();
                prop_assert!(!passes(&text, good), "{}, byte {} to {}", name, index, text.as_bytes()[index]);
            }
        }
    }
}

/// Values that are not what a claim wants, and some that are.
fn odd_values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (1_789_990_000_u64..1_790_010_000).prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,12}".prop_map(Into::into),
        prop::sample::select(vec![
            "https://clerk.hemera-academy.com",
            "https://app.hemera-academy.com",
            "hemera-api",
            "active",
            "user_1",
            "mch_1",
            "sess_1",
        ])
        .prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn good_pairs() -> impl Strategy<Value = (serde_json::Value, serde_json::Value)> {
    prop::sample::select(vec![
        (session_header(), session_claims()),
        (template_header(), template_claims()),
        (machine_header(), machine_claims()),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// One claim or header field of a good token, changed to anything and signed again.
    #[test]
    fn claims_are_accepted_exactly_when_the_oracle_accepts_them(
        (mut header, mut claims) in good_pairs(),
        in_header in prop::bool::weighted(0.2),
        name in prop::sample::select(vec![
            "iss", "sub", "sid", "exp", "nbf", "iat", "aud", "azp", "sts", "act", "alg", "kid", "typ", "cat", "oiat", "crit",
        ]),
        value in odd_values(),
    ) {
        if in_header { header[name] = value } else { claims[name] = value }
        judge_claims(&OWN_VERIFIER, |message| KEY.sign(message), format!("{header}\n{claims}").as_bytes());
    }

    #[test]
    fn no_input_causes_a_panic(input in prop::collection::vec(any::<u8>(), 0..300)) {
        judge_token(&OWN_VERIFIER, &BTreeSet::new(), &input);
        judge_claims(&OWN_VERIFIER, |message| KEY.sign(message), &input);
        judge_token(&OWN_VERIFIER, &BTreeSet::new(), base64(&input).as_bytes());
    }
}
