//! Every change of a good token is refused.

use futures_util::FutureExt as _;
use proptest::prelude::*;

use super::{policy, verifier};
use crate::support::keys::{KEY, OTHER_KEY};
use crate::support::token::{base64, session_token, signed, template_token};
use crate::support::verifier::outcome;

/// What becomes of a token under the tests' policy.
fn outcome_of(token: &str) -> &'static str {
    // The keys are fixed: the future is ready immediately, and no runtime is needed.
    outcome(&verifier(policy()), token).now_or_never().unwrap()
}

#[tokio::test]
async fn a_token_with_a_flipped_bit_is_refused() {
    let verifier = verifier(policy());
    let good = session_token();
    for index in 0..good.len() {
        for bit in 0..7 {
            let mut bytes = good.clone().into_bytes();
            bytes[index] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert_ne!(
                outcome(&verifier, &changed).await,
                "accepted",
                "bit {bit} of byte {index}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_that_is_cut_extended_or_mixed_is_refused() {
    let verifier = verifier(policy());
    let (session, template) = (session_token(), template_token());
    for length in 0..session.len() {
        assert_ne!(
            outcome(&verifier, &session[..length]).await,
            "accepted",
            "cut to {length}"
        );
    }
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (one, two) = (parts(&session), parts(&template));
    let message = format!("{}.{}", one[0], one[1]);
    let made = [
        format!("{session}A"),
        format!("{session}="),
        format!("{session}.{}", one[2]),
        format!(" {session}"),
        format!("{session}\n"),
        format!("{}.{}.{}", one[0], two[1], one[2]),
        format!("{}.{}.{}", two[0], one[1], one[2]),
        format!("{message}.{}", two[2]),
        format!("{message}.{}", base64([0; 256])),
        format!("{message}.{}", base64([0xff; 256])),
        format!("{message}.{}", base64(KEY.components().n)),
        signed(&OTHER_KEY, &message),
        format!(
            "{message}.{}",
            base64([&[0], KEY.sign(&message).as_slice()].concat())
        ),
        format!("{message}.{}", base64(&KEY.sign(&message)[1..])),
    ];
    for token in made {
        assert_ne!(outcome(&verifier, &token).await, "accepted", "{token}");
    }
    assert_eq!(outcome(&verifier, &session).await, "accepted");
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}") {
        prop_assert_ne!(outcome_of(&text), "accepted");
    }

    #[test]
    fn any_three_parts_are_refused_without_a_panic(parts in proptest::array::uniform3(proptest::collection::vec(any::<u8>(), 0..60))) {
        prop_assert_ne!(outcome_of(&parts.map(base64).join(".")), "accepted");
    }
}
