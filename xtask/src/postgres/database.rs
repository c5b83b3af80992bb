//! The databases of this workspace, known by their names. Others in the same server are never touched.

use std::fmt;

use anyhow::{Result, bail};

use super::url::DatabaseUrl;
use super::{Origin, Server};
use crate::guard::Guard;
use crate::screen::say;

/// The names that a task may create and drop.
const OURS: [&str; 3] = ["hemera_dev", "hemera_test_", "hemera_e2e_"];

/// The name of a database that is ours to create and drop; safe to write into a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Name(String);

impl Name {
    /// Reads a name: one of our prefixes, then small letters, digits and underscores, at most 63 bytes.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let plain = text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if plain && text.len() <= 63 && OURS.iter().any(|prefix| text.starts_with(prefix)) {
            return Ok(Self(text.to_owned()));
        }
        bail!("`{text}` is not one of our databases: name it hemera_dev…, hemera_test_… or hemera_e2e_…")
    }

    /// The database that `dev` fills and `db` works on.
    pub(crate) fn dev() -> Self {
        Self("hemera_dev".to_owned())
    }

    /// A name for a purpose that no other task running now has.
    pub(crate) fn scratch(purpose: &str) -> Self {
        Self(format!("hemera_test_{purpose}_{}", std::process::id()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Server {
    /// Where that database is.
    pub(crate) fn url_of(&self, name: &Name) -> DatabaseUrl {
        self.url.with_database(&name.0)
    }

    /// Creates it unless it is there, and says whether it is new.
    pub(crate) fn create(&self, guard: &Guard, name: &Name) -> Result<bool> {
        let there = self.psql.ask(
            guard,
            &self.url,
            &format!("select count(*) from pg_database where datname = '{name}'"),
        )?;
        if there == "1" {
            return Ok(false);
        }
        self.psql
            .ask(guard, &self.url, &format!("create database {name}"))?;
        Ok(true)
    }

    /// Drops it if it is there, and ends the sessions in it.
    pub(crate) fn drop_database(&self, guard: &Guard, name: &Name) -> Result<()> {
        self.psql.ask(
            guard,
            &self.url,
            &format!("drop database if exists {name} with (force)"),
        )?;
        Ok(())
    }

    /// Drops what tests and end-to-end runs left behind in a server that outlives us. A database with
    /// a session belongs to a run that goes on.
    pub(crate) fn sweep(&self, guard: &Guard) -> Result<()> {
        if self.origin == Origin::Ours {
            return Ok(());
        }
        let left = self.psql.ask(
            guard,
            &self.url,
            "select datname from pg_database d where datname ~ '^hemera_(test|e2e)_' \
             and not exists (select from pg_stat_activity a where a.datid = d.oid) order by datname",
        )?;
        let mut swept = 0;
        for name in left.lines().filter_map(|line| Name::parse(line).ok()) {
            // Without force: a run may have connected since.
            if self
                .psql
                .ask(guard, &self.url, &format!("drop database if exists {name}"))
                .is_ok()
            {
                swept += 1;
            }
        }
        self.sweep_roles(guard)?;
        if swept > 0 {
            say(&format!(
                "dropped {swept} left-over test databases at {}",
                self.url.place()
            ));
        }
        Ok(())
    }

    /// Drops the roles of test databases, once all of those are gone: another run may be about to use its own.
    fn sweep_roles(&self, guard: &Guard) -> Result<()> {
        let left = self.psql.ask(
            guard,
            &self.url,
            "select rolname from pg_roles where rolname ~ '^hemera_(test|e2e)_' \
             and not exists (select from pg_database where datname ~ '^hemera_(test|e2e)_') order by rolname",
        )?;
        for role in left.lines().filter_map(|line| Name::parse(line).ok()) {
            let _ = self
                .psql
                .ask(guard, &self.url, &format!("drop role if exists {role}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_our_prefixes_are_refused() {
        for text in ["hemera_dev", "hemera_dev_anna", "hemera_test_1", "hemera_e2e_x"] {
            assert_eq!(Name::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "hemera",
            "postgres",
            "hemera_test",
            "hemera_test_x; drop database shop",
            "hemera_test_\"",
            "HEMERA_DEV",
            "",
            &format!("hemera_test_{}", "x".repeat(60)),
        ] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn generated_names_are_accepted() {
        assert!(Name::parse(&Name::dev().to_string()).is_ok());
        assert!(Name::parse(&Name::scratch("prepare").to_string()).is_ok());
    }
}
