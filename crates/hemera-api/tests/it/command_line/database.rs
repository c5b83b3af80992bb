//! The commands that use the database: what they do, and what they say where it cannot be used.

use std::net::TcpListener;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{borrowed, one_error, run, serve, setup};
use crate::support::{TestDatabase, administrate, fresh_name, role_names};

/// The one line with which a command fails that uses this database.
async fn refusal(command: &str, url: &str) -> String {
    let database = TestDatabase::create_empty().await;
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", url)]).await;
    let (code, _, err) = run(&[command], &borrowed(&settings)).await;
    assert_eq!(code, 1, "{err}");
    one_error(command, &err)
}

#[tokio::test]
async fn serve_needs_a_migrated_database_and_migrate_makes_one() {
    let database = TestDatabase::create_empty().await;
    let (_clerk, settings) = setup(&database, &[]).await;
    let settings = borrowed(&settings);
    let (code, _, err) = run(&["serve"], &settings).await;
    assert_eq!(code, 1);
    assert!(
        one_error("serve", &err).contains(" migrations: run `hemera-api migrate --roles` first"),
        "{err}"
    );

    let (code, out, err) = run(&["migrate"], &settings).await;
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    // The migrations make partitions, too: those of this month and of the twelve that follow.
    assert!(
        out.contains("; 13 partitions of the audit log made now, of 13 that there are\n"),
        "{out}"
    );
    let (code, again, _) = run(&["migrate"], &settings).await;
    assert_eq!(code, 0);
    assert!(
        again.contains(": 0 of ") && again.contains("; 0 partitions of the audit log made now, of 13 "),
        "{again}"
    );
    let (mut child, _) = serve(&settings).await;
    child.kill().await.unwrap();
}

#[tokio::test]
async fn an_unreachable_database_is_one_line() {
    let database = TestDatabase::create_empty().await;
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("postgres://hemera:swordfish@127.0.0.1:{closed}/hemera");
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", &url)]).await;
    for command in ["serve", "migrate"] {
        let (code, _, err) = run(&[command], &borrowed(&settings)).await;
        assert_eq!(code, 1);
        assert!(
            err.contains(&format!("127.0.0.1:{closed}/hemera cannot be reached")),
            "{err}"
        );
        one_error(command, &err);
        assert!(!err.contains("swordfish"), "{err}");
    }
}

#[tokio::test]
async fn a_refused_login_is_told_from_a_database_that_does_not_answer() {
    let database = TestDatabase::create_empty().await;
    let with = |change: fn(&mut url::Url)| {
        let mut url = url::Url::parse(&database.url()).unwrap();
        change(&mut url);
        String::from(url)
    };
    let login = with(|url| url.set_username("no_such_login").unwrap());
    let missing = with(|url| url.set_path("no_such_database"));
    for (url, cause, remedy) in [
        (
            &login,
            "no_such_login",
            "correct user and password in the address",
        ),
        (
            &missing,
            "database \"no_such_database\" does not exist",
            "create the database, or correct its name",
        ),
    ] {
        let err = refusal("serve", url).await;
        assert!(
            err.starts_with("error: PostgreSQL refuses a connection to "),
            "{err}"
        );
        assert!(err.contains(cause) && err.contains(remedy), "{err}");
        assert!(!err.contains("at line"), "{err}");
    }
}

/// A proxy that has not found the primary may lead to a standby.
#[tokio::test]
async fn neither_serve_nor_migrate_begins_at_a_standby() {
    let database = TestDatabase::create().await;
    let mut url = url::Url::parse(&database.url()).unwrap();
    url.query_pairs_mut()
        .append_pair("options", "-c default_transaction_read_only=on");
    for command in ["serve", "migrate"] {
        let err = refusal(command, url.as_str()).await;
        assert!(
            err.contains("takes no writes (it is a standby") && err.contains("docs/failover.md"),
            "{err}"
        );
    }
}

#[tokio::test]
async fn migrating_with_the_servers_login_names_the_login_that_can() {
    let database = TestDatabase::create().await;
    let err = refusal("migrate", &database.server_url()).await;
    assert!(
        err.contains("may not change the schema")
            && err.contains("set HEMERA_DATABASE__ADMIN_URL to a login"),
        "{err}"
    );
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_served_and_not_migrated() {
    let database = TestDatabase::create().await;
    database
        .run(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (20990101000000, 'of a later version', true, '', 0)",
        )
        .await;
    let err = refusal("migrate", &database.url()).await;
    assert!(
        err.contains("has the migration 20990101000000") && err.contains("migrate with the newest version"),
        "{err}"
    );
    let (_clerk, settings) = setup(&database, &[]).await;
    let (mut child, _) = serve(&borrowed(&settings)).await;
    child.kill().await.unwrap();
}

#[tokio::test]
async fn migrate_with_roles_prints_what_it_did_and_nothing_else() {
    let (database, login) = (TestDatabase::create().await, fresh_name("login"));
    let names = role_names();
    administrate(&format!("create role {login} in role {}", names.owner())).await;
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", &database.url_as(&login))]).await;
    let arguments = ["migrate", "--roles", "--role-prefix", &names.to_string()];
    // What holds for the database as a whole is not copied to a test's: a superuser revokes it.
    let superuser = setup(&database, &[("DATABASE_URL", &database.url())]).await.1;
    assert_eq!(run(&arguments, &borrowed(&superuser)).await.0, 0);

    let (code, out, err) = run(&arguments, &borrowed(&settings)).await;

    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(
        out.contains(&format!("; 0 objects now belong to {}\n", names.owner())),
        "{out}"
    );
    database.remove().await;
    administrate(&format!("drop role {login}")).await;
}

#[tokio::test]
async fn rights_that_remain_are_exit_code_1() {
    let database = TestDatabase::create().await;
    let names = role_names();
    // The database lets every role make temporary tables, and the owner's role cannot change that.
    let owner = database.url_as(&names.owner());
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", &owner)]).await;
    let arguments = ["migrate", "--roles", "--role-prefix", &names.to_string()];
    let (code, _, err) = run(&arguments, &borrowed(&settings)).await;
    assert_eq!(code, 1);
    assert!(err.contains("\n  public: temporary on database "), "{err}");
    assert!(err.contains("\n  revoke temporary on database "), "{err}");
}

#[tokio::test]
async fn an_older_postgresql_than_13_is_refused() {
    let database = TestDatabase::create().await;
    let rows = database
        .rows("select current_setting('server_version_num')::integer as number")
        .await;
    let number = i32::try_from(rows[0]["number"].as_i64().unwrap()).unwrap();
    let url = claiming(&database.url(), number, 12_0022).await;
    for command in ["serve", "migrate"] {
        let err = refusal(command, &url).await;
        assert!(
            err.contains(", and Hemera needs 13 or newer: upgrade it, or use another"),
            "{err}"
        );
    }
    // The same way, with a version that is supported.
    let url = claiming(&database.url(), number, 13_0000).await;
    let (_clerk, settings) = setup(&database, &[("DATABASE_URL", &url)]).await;
    let (mut child, _) = serve(&borrowed(&settings)).await;
    child.kill().await.unwrap();
}

/// The same database behind a proxy that puts another version number into the answers.
async fn claiming(url: &str, number: i32, claimed: i32) -> String {
    let mut url = url::Url::parse(url).unwrap();
    let upstream = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    url.set_host(Some("127.0.0.1")).unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&upstream).await.unwrap();
            tokio::spawn(replace_number(
                client,
                server,
                number.to_be_bytes(),
                claimed.to_be_bytes(),
            ));
        }
    });
    url.into()
}

async fn replace_number(client: TcpStream, server: TcpStream, number: [u8; 4], claimed: [u8; 4]) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let upward = tokio::io::copy(&mut from_client, &mut to_server);
    let downward = async {
        let mut chunk = vec![0; 65_536];
        while let Ok(count @ 1..) = from_server.read(&mut chunk).await {
            let found = chunk[..count].windows(4).position(|window| window == number);
            if let Some(at) = found {
                chunk[at..at + 4].copy_from_slice(&claimed);
            }
            if to_client.write_all(&chunk[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = upward => {}
        () = downward => {}
    }
}
