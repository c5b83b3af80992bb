//! On TCP every request shows the key of the door.

use crate::support::{Hemera, KEY, Opened, Script};

async fn answered(keys: &[&str]) -> (u16, Option<String>, bool) {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    let keys: Vec<String> = keys.iter().map(|key| format!("x-api-key: {key}\r\n")).collect();
    let head = format!(
        "GET /api/service/courses HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{}",
        door.address,
        keys.concat()
    );
    let reply = door.ask_raw(&head).await;
    if reply.status == 401 {
        assert!(reply.header("www-authenticate").is_some());
        assert_eq!(reply.failure().error.code.name(), "UNAUTHORIZED");
    }
    (
        reply.status,
        reply.reason().map(str::to_owned),
        !hemera.received().is_empty(),
    )
}

#[tokio::test]
async fn only_the_key_opens() {
    assert_eq!(answered(&[KEY]).await, (200, None, true));
    for (keys, reason) in [
        (&[][..], "key_missing"),
        (&[""], "key_wrong"),
        (&[&KEY[1..]], "key_wrong"),
        (&[&KEY.to_uppercase()], "key_wrong"),
        (&[crate::support::SERVICE_KEY], "key_wrong"),
        (&[KEY, KEY], "key_repeated"),
        (&[KEY, "other"], "key_repeated"),
        (&["other", KEY], "key_repeated"),
        (&[&format!("{KEY}, {KEY}")], "key_wrong"),
    ] {
        assert_eq!(
            answered(keys).await,
            (401, Some(reason.to_owned()), false),
            "{keys:?}"
        );
    }
}

#[tokio::test]
async fn the_key_counts_in_its_header_alone() {
    let hemera = Hemera::sending([Script::success()]).await;
    let door = Opened::before(&hemera);
    for more in [
        format!("authorization: Bearer {KEY}\r\n"),
        format!("cookie: x-api-key={KEY}\r\n"),
        format!("api-key: {KEY}\r\n"),
    ] {
        let head = format!(
            "GET /api/service/courses?x-api-key={KEY} HTTP/1.1\r\nhost: {}\r\n{more}",
            door.address
        );
        let reply = door.ask_raw(&format!("{head}connection: close\r\n")).await;
        assert_eq!(reply.reason(), Some("key_missing"), "{more}");
    }
    assert!(hemera.received().is_empty());
}

/// What there is and what not is learned with the key alone.
#[tokio::test]
async fn without_the_key_all_paths_are_alike() {
    let door = Opened::before_nothing();
    for line in [
        "GET /nothing",
        "DELETE /api/service/courses",
        "GET /api/service/usage",
        "GET /metrics",
        "POST /livez",
    ] {
        let head = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            door.address
        );
        assert_eq!(door.ask_raw(&head).await.reason(), Some("key_missing"), "{line}");
    }
}
