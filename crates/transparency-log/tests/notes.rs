//! Notes and keys: known ones, and what is refused.

use transparency_log::{Checkpoint, Error, SignedCheckpoint, SigningKey, Tree, VerifierKey, leaf_hash};

/// The key of the tests of Go's package `note`, and of the specification of signed notes.
const PETER: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER_VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// A checkpoint of the Go checksum database, as its server signed it.
const SUMDB_VERIFIER: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

fn checkpoint(origin: &str) -> Checkpoint {
    let mut tree = Tree::new();
    tree.append([leaf_hash(b"one")]);
    Checkpoint::of(origin, &tree)
}

#[test]
fn the_verifier_key_is_that_of_the_specification() {
    let key = SigningKey::parse(PETER).unwrap();
    assert_eq!(key.name(), "PeterNeumann");
    assert_eq!(key.verifier("PeterNeumann").unwrap().as_str(), PETER_VERIFIER);
    assert_eq!(&*key.secret_text(), PETER);
    assert_eq!(
        VerifierKey::parse(SUMDB_VERIFIER).unwrap().origin(),
        "sum.golang.org"
    );
}

#[test]
fn a_checkpoint_has_the_lines_of_the_specification() {
    let key = SigningKey::parse(PETER).unwrap();
    let text = checkpoint("example.com/log/1").sign(&key).unwrap().text();
    let lines: Vec<&str> = text.split('\n').collect();
    let ["example.com/log/1", "1", root, "", signature, ""] = lines[..] else {
        panic!("{text}");
    };
    assert_eq!(root.len(), 44, "32 bytes in base64");
    assert!(signature.starts_with("— example.com/log/1 "), "{signature}");
}

#[test]
fn a_signed_checkpoint_is_read_back_and_verified() {
    let key = SigningKey::generate("example.com/log").unwrap();
    let text = checkpoint("example.com/log/1").sign(&key).unwrap().text();
    let read = SignedCheckpoint::parse(&text).unwrap();
    assert_eq!(read.unverified(), &checkpoint("example.com/log/1"));
    let verifier = key.verifier("example.com/log/1").unwrap();
    assert_eq!(read.verify(&verifier).unwrap().size, 1);
    assert_eq!(read.text(), text);

    let of_another_epoch = key.verifier("example.com/log/2").unwrap();
    assert!(read.verify(&of_another_epoch).is_err());
    assert!(verifier.is_same_key(&of_another_epoch));
    let foreign = SigningKey::generate("example.com/log").unwrap();
    let foreign = foreign.verifier("example.com/log/1").unwrap();
    assert!(matches!(read.verify(&foreign), Err(Error::NotSigned(_))));
    assert!(!verifier.is_same_key(&foreign));
}

#[test]
fn a_changed_byte_of_a_checkpoint_is_seen() {
    let key = SigningKey::generate("example.com/log").unwrap();
    let verifier = key.verifier("example.com/log/1").unwrap();
    let text = checkpoint("example.com/log/1").sign(&key).unwrap().text();
    let mut bytes = text.clone().into_bytes();
    for place in 0..bytes.len() {
        bytes[place] ^= 1;
        let accepted = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| SignedCheckpoint::parse(text).ok())
            .is_some_and(|read| read.verify(&verifier).is_ok());
        assert!(!accepted, "byte {place}");
        bytes[place] ^= 1;
    }
    // A key that signs under a name that is not the origin is not this log's.
    let other = text.replacen("example.com/log/1", "example.com/log/9", 1);
    assert!(
        SignedCheckpoint::parse(&other)
            .unwrap()
            .verify(&verifier)
            .is_err()
    );
}

#[test]
fn what_is_no_key_is_refused_and_no_secret_prints() {
    for text in [
        "",
        "PRIVATE+KEY+a+00000000+AQ==",
        PETER_VERIFIER,
        &PETER.replace("c74f20a3", "c74f20a4"),
        &PETER[..PETER.len() - 4],
    ] {
        assert_eq!(
            SigningKey::parse(text).unwrap_err(),
            Error::NoSigningKey,
            "{text}"
        );
    }
    for text in ["", PETER, &PETER_VERIFIER.replace("+c7", "+c8"), "a+b"] {
        assert_eq!(
            VerifierKey::parse(text).unwrap_err(),
            Error::NoVerifierKey,
            "{text}"
        );
    }
    assert_eq!(SigningKey::generate("a b").unwrap_err(), Error::BadName);
    let key = SigningKey::parse(PETER).unwrap();
    assert_eq!(key.verifier("a+b").unwrap_err(), Error::BadName);
    assert!(checkpoint("two words").sign(&key).is_err());
    assert_eq!(format!("{key:?}"), r#"SigningKey { name: "PeterNeumann", .. }"#);
}
