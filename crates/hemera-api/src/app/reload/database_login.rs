//! The file of the database's address, for its login.

use std::path::PathBuf;
use std::time::Duration;

use super::secret::{NotUsed, Secret};
use crate::config::{DatabaseUrl, SecretsConfig};
use crate::database::{DatabaseError, Deadlines, check_pooler, check_schema};
use crate::http::state::AppState;
use crate::metrics::SecretName;

/// `DATABASE_URL_FILE`. The login may change; another database takes a restart, because requests that are under way would
/// still write to the one before.
pub(super) struct DatabaseLoginFile {
    file: PathBuf,
    handler_timeout: Duration,
    config: SecretsConfig,
    state: AppState,
}

impl DatabaseLoginFile {
    pub(super) fn new(
        file: PathBuf,
        handler_timeout: Duration,
        config: SecretsConfig,
        state: AppState,
    ) -> Self {
        Self {
            file,
            handler_timeout,
            config,
            state,
        }
    }

    /// The checks of a start, each on connections with this login.
    async fn check(&self, url: &DatabaseUrl) -> Result<(), DatabaseError> {
        check_pooler(url).await?;
        check_schema(url).await?;
        Deadlines::below(self.handler_timeout).check(url).await
    }
}

impl Secret for DatabaseLoginFile {
    type Value = DatabaseUrl;

    const NAME: SecretName = SecretName::DatabaseUrl;
    const SETTING: &'static str = "DATABASE_URL_FILE";

    fn files(&self) -> Vec<(&'static str, PathBuf)> {
        vec![(Self::SETTING, self.file.clone())]
    }

    fn read(&self) -> Result<DatabaseUrl, String> {
        self.config
            .read_database_url()
            .map_err(|faults| faults.in_one_line())
    }

    async fn replace(&self, in_use: &DatabaseUrl, new: &DatabaseUrl) -> Result<(), NotUsed> {
        if !new.leads_to_the_same_database_as(in_use) {
            let text = format!(
                "{}: names {}, and the server uses {}; restart the server to move it to another database",
                Self::SETTING,
                new.shown(),
                in_use.shown()
            );
            return Err(NotUsed { text, passes: false });
        }
        self.check(new).await.map_err(|error| NotUsed {
            text: format!("{}: {error}", Self::SETTING),
            // A role whose password changes a little later than the file is accepted then.
            passes: true,
        })?;
        self.state.database.replace_login(new);
        Ok(())
    }
}
