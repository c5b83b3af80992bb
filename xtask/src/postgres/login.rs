//! The login that a server of ours uses: a member of the role that `hemera-api migrate --roles` makes, and of no other.

use anyhow::{Context as _, Result};

use super::Server;
use super::database::Name;
use super::url::DatabaseUrl;
use crate::guard::Guard;

impl Server {
    /// The URL by which a server connects to that database, with the rights of the role `…_server` and no others. The
    /// roles exist already, named after the database.
    ///
    /// If our own URL has a password, the server gets a login of its own with the same password: it stays right when
    /// several tasks run, and is no second secret. Without a password the operating system decides who may connect, and
    /// another login may be refused: the server then uses our login, and its session takes the role's rights only.
    pub(crate) fn url_of_service(&self, guard: &Guard, name: &Name) -> Result<DatabaseUrl> {
        let (url, role) = (self.url_of(name), format!("{name}_server"));
        let Some(password) = url.password() else {
            return Ok(url.with_role(&role));
        };
        let login = format!("{name}_login");
        let quoted = password.replace('\'', "''");
        let sql = format!(
            "set standard_conforming_strings = on;
             do $$ begin create role {login}; exception when duplicate_object or unique_violation then null; end $$;
             alter role {login} login password '{quoted}';
             grant {role} to {login};"
        );
        self.psql
            .feed(guard, &url, sql.as_bytes())
            .with_context(|| format!("the login {login} could not be made"))?;
        Ok(url.with_user(&login))
    }
}
