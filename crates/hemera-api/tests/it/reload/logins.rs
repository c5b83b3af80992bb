//! Logins of a test's own, with the server's rights.

use std::time::Duration;

use crate::support::{TestDatabase, administrate, fresh_name, role_names};

const PATIENCE: Duration = Duration::from_secs(20);

/// A role that can log in, and its address. It ends with [`remove`](Self::remove).
pub(super) struct TestLogin {
    pub(super) name: String,
    pub(super) url: String,
}

impl TestLogin {
    pub(super) async fn of_server(database: &TestDatabase) -> Self {
        let name = fresh_name("login");
        let server = role_names().server();
        administrate(&format!(
            "create role {name} login password 'secret of {name}' in role {server}"
        ))
        .await;
        let mut url = url::Url::parse(&database.url()).unwrap();
        url.set_username(&name).unwrap();
        url.set_password(Some(&format!("secret of {name}"))).unwrap();
        Self {
            name,
            url: url.into(),
        }
    }

    /// Waits until no session of it is left.
    pub(super) async fn until_unused(&self, database: &TestDatabase) {
        let sessions = format!(
            "select application_name, state, query from pg_stat_activity where usename = '{}'",
            self.name
        );
        let waiting = async { while !database.rows(&sessions).await.is_empty() {} };
        let in_time = tokio::time::timeout(PATIENCE, waiting).await.is_ok();
        assert!(
            in_time,
            "sessions of the old login stay: {:#?}",
            database.rows(&sessions).await
        );
    }

    pub(super) async fn remove(self) {
        administrate(&format!("drop role {}", self.name)).await;
    }
}
