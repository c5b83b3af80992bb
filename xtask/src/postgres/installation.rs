//! PostgreSQL's programs on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::guard::Guard;
use crate::process::capture_within;
use crate::programs::on_path;
use crate::tools::Tool;

/// Folders in which packages put the programs without putting them on the path. `*` stands for one folder; the
/// highest version is taken.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
];

/// A folder with a server's programs.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(crate) bin: PathBuf,
    pub(crate) psql: PathBuf,
    /// The folder of a tool of ours, which holds all that its programs need. It may lie where another user cannot reach it.
    pub(crate) ours: Option<PathBuf>,
}

/// The first folder that holds a whole installation: that of the `initdb` on the path, then what `pg_config` says,
/// then the places where packages put them, then what was fetched before.
pub(crate) fn find(guard: &Guard) -> Option<Installation> {
    let installed = folders(guard).into_iter().find_map(|bin| {
        let whole = ["initdb", "postgres"]
            .iter()
            .all(|program| bin.join(program).is_file());
        let psql = Some(bin.join("psql"))
            .filter(|psql| psql.is_file())
            .or_else(|| on_path("psql"));
        whole.then_some(bin).zip(psql).map(|(bin, psql)| Installation {
            bin,
            psql,
            ours: None,
        })
    });
    installed.or_else(|| {
        let tool = Tool::postgres()?;
        tool.there().map(|bin| of_tool(&tool, bin))
    })
}

/// Fetches one, and says so.
pub(crate) fn fetch(guard: &Guard) -> Result<Installation> {
    let tool = Tool::postgres().context("no registry has a PostgreSQL for this system")?;
    let bin = tool.fetch(guard)?;
    Ok(of_tool(&tool, bin))
}

/// The server of a major version; `None` where no registry has it for this system.
pub(crate) fn fetch_major(guard: &Guard, major: u32) -> Result<Option<Installation>> {
    let Some(tool) = Tool::postgres_of(major) else {
        return Ok(None);
    };
    let psql = match find_client(guard) {
        Some(psql) => psql,
        None => fetch(guard)?.psql,
    };
    Ok(Some(Installation {
        bin: tool.fetch(guard)?,
        psql,
        ours: Some(tool.folder()),
    }))
}

fn of_tool(tool: &Tool, bin: PathBuf) -> Installation {
    Installation {
        psql: bin.join("psql"),
        bin,
        ours: Some(tool.folder()),
    }
}

/// The client alone.
pub(crate) fn find_client(guard: &Guard) -> Option<PathBuf> {
    // Debian's psql on the path is a slow wrapper around the one in the folder.
    let direct = folders(guard)
        .into_iter()
        .map(|bin| bin.join("psql"))
        .find(|psql| psql.is_file());
    direct
        .or_else(|| on_path("psql"))
        .or_else(|| Some(Tool::postgres()?.there()?.join("psql")))
}

fn folders(guard: &Guard) -> Vec<PathBuf> {
    let linked = on_path("initdb").and_then(|initdb| initdb.canonicalize().ok());
    let mut folders: Vec<PathBuf> = linked
        .iter()
        .filter_map(|initdb| initdb.parent())
        .map(Into::into)
        .collect();
    let mut ask = Command::new("pg_config");
    ask.arg("--bindir");
    if let Ok(answer) = capture_within(guard, &mut ask, Duration::from_secs(5))
        && answer.status.success()
    {
        folders.push(PathBuf::from(answer.stdout.trim()));
    }
    for pattern in FOLDERS {
        folders.extend(matching(pattern));
    }
    folders
}

/// The folders that a pattern with one `*` names, highest version first.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return Vec::new();
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or((".", before));
    let Ok(entries) = Path::new(parent).read_dir() else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name
                .strip_prefix(prefix)?
                .trim_start_matches('@')
                .parse()
                .unwrap_or(0);
            Some((version, entry.path().join(after.trim_start_matches('/'))))
        })
        .filter(|(_, folder)| folder.is_dir())
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "17", "15"] {
            std::fs::create_dir_all(folder.path().join("lib").join(version).join("bin")).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("lib/16")).unwrap();
        let pattern = format!("{}/lib/*/bin", folder.path().display());
        let found: Vec<_> = matching(&pattern)
            .iter()
            .map(|bin| bin.strip_prefix(folder.path()).unwrap().display().to_string())
            .collect();
        assert_eq!(found, ["lib/17/bin", "lib/15/bin", "lib/9/bin"]);
    }
}
