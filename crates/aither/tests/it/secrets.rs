//! Secrets are in nothing that is printed or stored, however much is said.

use std::path::Path;

use clerk_emulator::{Effect, Fault};

use crate::support::academy::academy;
use crate::support::clerk::Clerk;

/// All files below a directory, as text.
fn files(directory: &Path) -> String {
    let entries = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
            }
        })
        .collect()
}

#[tokio::test]
async fn neither_key_nor_token_is_printed_or_stored() {
    let clerk = Clerk::start().await;
    let hemera = academy().await;
    let aither = clerk
        .aither()
        .with("HEMERA_API_BASE_URL", hemera.base_url().to_string());
    let mut said = Vec::new();
    let commands = [
        &["doctor"][..],
        &["courses"],
        &["token"],
        &["settings"],
        &["smoke"],
        &["sync", "here"],
        &["course", "missing"],
    ];
    for command in commands {
        for more in [&["-vv"][..], &["-vv", "--json"]] {
            let ended = aither.run(&[command, more].concat()).await;
            said.extend([ended.output, ended.notes]);
        }
    }
    clerk.add_fault(Fault::new("/v1/**", Effect::Garbage));
    let ended = aither.run(&["token", "-vv"]).await;
    said.extend([ended.output, ended.notes]);
    clerk.clear_faults();
    let token = aither.run(&["token", "--reveal"]).await.succeeded().output;
    let stored = files(&aither.home());
    let said = said.concat();
    let claims = token.split('.').nth(1).unwrap();
    let key = clerk.secret_key();
    // What is the same in all tokens of this user: the begin of the claims.
    for secret in [key.as_str(), &claims[..40]] {
        assert!(!said.contains(secret) && !stored.contains(secret), "{secret}");
    }
    assert!(said.contains("debug: "), "the details were not printed");
}
