//! The committed `.sqlx`: what the database says about each query, so that a build needs none.
//!
//! The query macros write it themselves while a crate is being checked with `SQLX_OFFLINE=false`, a `DATABASE_URL` and
//! a `SQLX_OFFLINE_DIR` that exists. They run only when their crate is compiled, so the crates that use them are made
//! to look changed first.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use crate::guard::Guard;
use crate::postgres::Server;
use crate::postgres::database::Name;
use crate::process::capture;
use crate::workspace::{Package, Workspace, cargo, root};

/// The macros that ask for query data.
const MACROS: [&str; 12] = [
    "query!",
    "query_as!",
    "query_scalar!",
    "query_file!",
    "query_file_as!",
    "query_file_scalar!",
    "query_unchecked!",
    "query_as_unchecked!",
    "query_scalar_unchecked!",
    "query_file_unchecked!",
    "query_file_as_unchecked!",
    "query_file_scalar_unchecked!",
];

/// File name → content of a folder of query data.
pub(crate) type Queries = BTreeMap<String, String>;

/// The folder in the repository.
pub(crate) fn folder() -> PathBuf {
    root().join(".sqlx")
}

/// What is committed; empty where there is no folder.
pub(crate) fn committed() -> Result<Queries> {
    if folder().is_dir() {
        read(&folder())
    } else {
        Ok(Queries::new())
    }
}

/// Asks a database that has exactly the repository's migrations about every query of the workspace.
pub(crate) fn generate(guard: &Guard, workspace: &Workspace, server: &Server) -> Result<Queries> {
    let users = users(workspace)?;
    if users.is_empty() {
        return Ok(Queries::new());
    }
    let name = Name::scratch("sqlx");
    server.drop_database(guard, &name)?;
    server.create(guard, &name)?;
    let made = migrate(guard, server, &name).and_then(|()| check(guard, server, &name, &users));
    server.drop_database(guard, &name)?;
    made
}

/// Makes `.sqlx` hold exactly these.
pub(crate) fn write(queries: &Queries) -> Result<()> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    for old in read(&folder)?.keys().filter(|name| !queries.contains_key(*name)) {
        std::fs::remove_file(folder.join(old))?;
    }
    for (name, content) in queries {
        std::fs::write(folder.join(name), content)?;
    }
    Ok(())
}

/// A line for each file that differs; empty where `.sqlx` is up to date.
pub(crate) fn differences(committed: &Queries, generated: &Queries) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, content) in generated {
        let what = match committed.get(name) {
            None => "is missing",
            Some(old) if old != content => "is not what the database says",
            Some(_) => continue,
        };
        lines.push(format!(".sqlx/{name} {what}: {}", query(content)));
    }
    let unused = committed
        .iter()
        .filter(|(name, _)| !generated.contains_key(*name));
    lines.extend(
        unused.map(|(name, content)| format!(".sqlx/{name} is used by no query: {}", query(content))),
    );
    lines
}

/// Applies the migrations as plain SQL: the binary that usually does it cannot be built before its queries are known.
fn migrate(guard: &Guard, server: &Server, name: &Name) -> Result<()> {
    let folder = root().join("migrations");
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| {
            let undoes = file
                .file_stem()
                .is_some_and(|stem| Path::new(stem).extension() == Some("down".as_ref()));
            file.extension() == Some("sql".as_ref()) && !undoes
        })
        .collect();
    files.sort();
    for file in files {
        server.psql.run_file(guard, &server.url_of(name), &file)?;
    }
    Ok(())
}

fn check(guard: &Guard, server: &Server, name: &Name, users: &[&Package]) -> Result<Queries> {
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let mut command = cargo();
    // The whole workspace with all features, as the lints see it: third-party crates are then built once for both.
    command.args([
        "check",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--all-features",
    ]);
    command
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", folder.path())
        .env("DATABASE_URL", server.url_of(name).expose());
    let touched = Touched::touch(users)?;
    let answer = capture(guard, &mut command)?;
    drop(touched);
    if !answer.status.success() {
        bail!("a query does not fit the migrations:\n{}", answer.text());
    }
    read(folder.path())
}

/// The crates in which a query macro stands.
fn users(workspace: &Workspace) -> Result<Vec<&Package>> {
    let mut users = Vec::new();
    for package in &workspace.packages {
        let folder = package.manifest.parent().unwrap_or(root());
        let of_ours = package
            .dependencies
            .iter()
            .any(|dependency| dependency.name == "sqlx");
        if of_ours && (asks(&folder.join("src"))? || asks(&folder.join("tests"))?) {
            users.push(package);
        }
    }
    Ok(users)
}

fn asks(folder: &Path) -> Result<bool> {
    if !folder.is_dir() {
        return Ok(false);
    }
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let found = if path.is_dir() {
            asks(&path)?
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            has_query(&std::fs::read_to_string(&path)?)
        } else {
            false
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a query macro is called in this code.
fn has_query(code: &str) -> bool {
    MACROS.iter().any(|name| code.contains(name))
}

/// Crates that look changed to cargo until this is dropped: afterwards nothing else has to be built again.
struct Touched(Vec<(PathBuf, SystemTime)>);

impl Touched {
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo compares a file's real time of change with that of what it has built"
    )]
    fn touch(packages: &[&Package]) -> Result<Self> {
        let mut touched = Self(Vec::new());
        for target in packages.iter().flat_map(|package| &package.targets) {
            let file = File::options().append(true).open(&target.source)?;
            let before = file.metadata()?.modified()?;
            file.set_modified(SystemTime::now())?;
            touched.0.push((target.source.clone(), before));
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (path, before) in &self.0 {
            // At worst the crate is built once more than needed.
            let _ = File::options()
                .append(true)
                .open(path)
                .and_then(|file| file.set_modified(*before));
        }
    }
}

fn read(folder: &Path) -> Result<Queries> {
    let mut queries = Queries::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("query-") && path.extension() == Some("json".as_ref()) {
            queries.insert(name.to_owned(), std::fs::read_to_string(&path)?);
        }
    }
    Ok(queries)
}

/// The first words of a query, so that a person finds it.
fn query(content: &str) -> String {
    let text = serde_json::from_str::<serde_json::Value>(content)
        .ok()
        .and_then(|data| data["query"].as_str().map(str::to_owned))
        .unwrap_or_default();
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > 80 {
        format!("{}…", words.chars().take(80).collect::<String>())
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(files: &[(&str, &str)]) -> Queries {
        files
            .iter()
            .map(|(name, query)| ((*name).to_owned(), format!(r#"{{"query":"{query}"}}"#)))
            .collect()
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let committed = queries(&[
            ("query-a.json", "select 1"),
            ("query-b.json", "select 2"),
            ("query-c.json", "x"),
        ]);
        let generated = queries(&[
            ("query-a.json", "select 1"),
            ("query-b.json", "other"),
            ("query-d.json", "y"),
        ]);
        assert_eq!(
            differences(&committed, &generated),
            [
                ".sqlx/query-b.json is not what the database says: other",
                ".sqlx/query-d.json is missing: y",
                ".sqlx/query-c.json is used by no query: x",
            ]
        );
        assert!(differences(&committed, &committed).is_empty());
    }

    #[test]
    fn every_macro_that_asks_the_database_is_found() {
        for call in [
            "query!(\"select 1\")",
            "sqlx::query_as!(Row, \"select 1\")",
            "query_file!(\"src/update.sql\")",
            "sqlx::query_file_as!(\n    Row,\n    \"src/page.sql\")",
            "query_file_scalar!(\"src/count.sql\")",
            "query_scalar_unchecked!(\"select 1\")",
        ] {
            assert!(has_query(&format!("async fn f() {{\n    {call}\n}}\n")), "{call}");
        }
        assert!(!has_query(
            "fn query() { query(); println!(\"{}\", sqlx::query_as(text)) }"
        ));
    }
}
