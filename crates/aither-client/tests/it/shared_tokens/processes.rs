//! Operating system processes with one Redis, one Clerk and one Hemera, configured by settings.

use std::process::Stdio;

use aither_client::HemeraClient;
use redis::AsyncCommands as _;
use redis_fixture::RedisServer;
use tokio::process::Command;

use super::KEY;
use crate::support::{Clerk, Reply, SERVICE_USER, Server, list};

/// Set in the processes that the test starts. They run the same test.
const ROLE: &str = "AITHER_TEST_ROLE";
const THIS: &str = "shared_tokens::processes::processes_mint_once_between_them";
const PROCESSES: usize = 4;

#[tokio::test]
async fn processes_mint_once_between_them() {
    if std::env::var_os(ROLE).is_some() {
        return one_of_them().await;
    }
    let (redis, clerk) = (RedisServer::start().unwrap(), Clerk::start().await);
    let hemera = Server::always(Reply::courses()).await;
    let (clerk_url, secret_key, redis_url) = (clerk.base_url(), clerk.secret_key(), redis.url());
    let settings = [
        (ROLE, "process"),
        ("HEMERA_API_BASE_URL", hemera.origin()),
        ("CLERK_API_URL", &clerk_url),
        ("CLERK_ISSUER", &clerk_url),
        ("CLERK_SECRET_KEY", &secret_key),
        ("CLERK_SERVICE_USER_EMAIL", SERVICE_USER),
        ("AITHER_TOKEN_STORE", &redis_url),
        ("AITHER_TOKEN_STORE_KEY", KEY),
    ];
    let this = std::env::current_exe().unwrap();
    let processes: Vec<_> = (0..PROCESSES)
        .map(|_| {
            Command::new(&this)
                .args([THIS, "--exact", "--nocapture"])
                .envs(settings)
                .kill_on_drop(true)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for process in processes {
        let output = process.wait_with_output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    }
    for path in [
        "/v1/sign_in_tokens",
        "/v1/client/sign_ins",
        "/v1/sessions/*/tokens/*",
    ] {
        assert_eq!(clerk.count("POST", path), 1, "{path}");
    }
    let bearers = hemera.bearers();
    assert_eq!(bearers.len(), PROCESSES);
    assert!(!bearers[0].is_empty() && bearers.iter().all(|bearer| *bearer == bearers[0]));
    nothing_can_be_read(&redis, &[&bearers[0], &secret_key, SERVICE_USER]).await;
}

/// The work of each process: one call.
async fn one_of_them() {
    let hemera = HemeraClient::load().unwrap();
    list(&hemera).await.unwrap();
}

/// No key or value contains a secret or a part of one.
async fn nothing_can_be_read(redis: &RedisServer, secrets: &[&str]) {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = connection.keys("*").await.unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    let value: Vec<u8> = connection.get(&keys[0]).await.unwrap();
    for secret in secrets.iter().flat_map(|secret| secret.split('.')) {
        let part = &secret.as_bytes()[..secret.len().min(16)];
        for place in [keys[0].as_bytes(), &value] {
            assert!(
                !place.windows(part.len()).any(|window| window == part),
                "{secret}"
            );
        }
    }
}
