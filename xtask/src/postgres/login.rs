//! The login that a server of ours uses: a member of the role that `hemera-api migrate --roles` makes, and of no other.

use anyhow::{Context as _, Result};

use super::Server;
use super::database::Name;
use super::url::DatabaseUrl;
use crate::guard::Guard;

impl Server {
    /// Where a server comes into that database, with the rights of the role `…_server` and no others. The roles are
    /// there already, named after the database.
    ///
    /// The login is one of its own where we came in with a password; it gets the same, which stays right for several
    /// tasks at once and is no second secret. Without one a login of another name may not come in (the socket asks the
    /// operating system who we are): there the session gives up its own rights for the role's.
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
