//! Writes that expect a version.

use aither_client::Version;
use aither_client::hemera_types::{ErrorCode, ParticipationId, ResultUpdate};

use crate::support::{Bench, Reply, Server, failure, participation};

fn id() -> ParticipationId {
    ParticipationId::parse("part_1").unwrap()
}

fn update() -> ResultUpdate {
    ResultUpdate::default().complete()
}

fn at_version(tag: &str) -> Reply {
    Reply::json(200, participation()).with_header("etag", tag)
}

#[tokio::test]
async fn read_version_is_sent_as_if_match() {
    let replies = [
        at_version("\"3-gzip\""),
        at_version("\"4\""),
        at_version("\"5\""),
        at_version("\"6\""),
    ];
    let bench = Bench::new(Server::script(replies).await);
    let read = bench.client.service_participation(&id()).await.unwrap();
    let mut version = read.version.clone();
    for _ in 0..2 {
        let written = bench
            .client
            .update_service_participation_result(&id(), &update(), Some(&version))
            .await
            .unwrap();
        assert_eq!(written.booking_id, read.booking_id);
        version = Version::parse(&written.version.to_string()).unwrap();
    }
    bench
        .client
        .update_service_participation_result(&id(), &update(), None)
        .await
        .unwrap();
    let expected: Vec<_> = bench
        .server
        .received()
        .iter()
        .map(|seen| {
            seen.headers
                .get("if-match")
                .map(|value| value.to_str().unwrap().to_owned())
        })
        .collect();
    let [three, four] = ["\"3\"", "\"4\""].map(|tag| Some(tag.to_owned()));
    assert_eq!(expected, [None, three, four, None]);
}

#[tokio::test]
async fn conflict_has_advice_and_is_not_retried() {
    let refusal = failure("PRECONDITION_FAILED", "The resource has changed");
    let bench = Bench::new(Server::script([at_version("\"3\""), Reply::json(412, refusal)]).await);
    let read = bench.client.service_participation(&id()).await.unwrap();
    let error = bench
        .client
        .update_service_participation_result(&id(), &update(), Some(&read.version))
        .await
        .unwrap_err();
    assert!(error.is_precondition_failed() && !error.is_transient());
    assert_eq!(error.code().unwrap().known(), Some(ErrorCode::PreconditionFailed));
    assert_eq!(error.attempts(), 1);
    assert!(
        error.to_string().contains("read it again, decide, and repeat"),
        "{error}"
    );
}

/// If a proxy removes the tags, the write must not silently become unconditional.
#[tokio::test]
async fn unknown_version_is_never_sent() {
    for reply in [
        Reply::json(200, participation()),
        at_version("W/\"3\""),
        at_version("3"),
    ] {
        let bench = Bench::new(Server::script([reply]).await);
        let read = bench.client.service_participation(&id()).await.unwrap();
        assert!(!read.version.is_known());
        let error = bench
            .client
            .update_service_participation_result(&id(), &update(), Some(&read.version))
            .await
            .unwrap_err();
        assert!(
            error.is_invalid() && error.to_string().contains("no strong ETag"),
            "{error}"
        );
        assert_eq!((error.attempts(), bench.server.received().len()), (0, 1));
    }
}
