//! Readers that close the pipe, and disks that are full.

use std::fs::File;
use std::process::Stdio;

use crate::support::academy::{COURSE, PARTICIPATION, academy, stored};
use crate::support::{Aither, ended};

#[tokio::test]
async fn closed_pipe_is_no_failure() {
    let hemera = academy().await;
    let aither = Aither::at(&hemera);
    for arguments in [
        &["courses"][..],
        &["course", COURSE, "--json"],
        &["token"],
        &["doctor"],
        &["completions", "bash"],
        &["settings"],
        &["--help"],
    ] {
        let mut child = aither.start(arguments);
        drop(child.stdout.take());
        let ended = ended(child).await;
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        assert!(!ended.notes.contains("panicked"), "{arguments:?}: {ended:?}");
    }
}

#[tokio::test]
async fn write_whose_reader_has_gone_is_done() {
    let hemera = academy().await;
    let mut child = Aither::at(&hemera).start(&["result", PARTICIPATION, "--outcome", "x"]);
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(ended(child).await.code, Some(0));
    assert_eq!(stored(&hemera).0.as_deref(), Some("x"));
}

#[tokio::test]
async fn output_that_cannot_be_written_is_1() {
    let hemera = academy().await;
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let aither = Aither::at(&hemera);
    let child = aither.command(&["courses"]).stdout(full()).spawn().unwrap();
    let ended = ended(child).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.notes.contains("its output could not be written"),
        "{ended:?}"
    );
}
