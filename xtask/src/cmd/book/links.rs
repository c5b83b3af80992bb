//! The links of a finished book: each leads to a file of it, and to a place in that file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};

/// What a page has.
#[derive(Debug)]
struct Page {
    anchors: BTreeSet<String>,
    links: Vec<String>,
}

/// How many links within the book there are, and those that lead nowhere.
pub(super) fn check(book: &Path) -> Result<(usize, Vec<String>)> {
    let mut files = BTreeSet::new();
    let mut pages = BTreeMap::new();
    collect(book, Path::new(""), &mut files)?;
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "html"))
    {
        let text = fs::read_to_string(book.join(file))
            .with_context(|| format!("{} cannot be read", file.display()))?;
        pages.insert(file.clone(), read(&text));
    }
    let mut count = 0;
    let mut findings = Vec::new();
    for (file, page) in &pages {
        // It is shown under every path that is not there: its links begin at the top.
        if file == Path::new("404.html") {
            continue;
        }
        for link in page
            .links
            .iter()
            .filter(|link| !link.contains(':') && !link.is_empty())
        {
            count += 1;
            if !leads_somewhere(file, link, &files, &pages) {
                findings.push(format!("{}: {link}", file.display()));
            }
        }
    }
    findings.dedup();
    Ok((count, findings))
}

fn leads_somewhere(
    from: &Path,
    link: &str,
    files: &BTreeSet<PathBuf>,
    pages: &BTreeMap<PathBuf, Page>,
) -> bool {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or(path);
    let target = if path.is_empty() {
        Some(from.to_path_buf())
    } else {
        resolve(from, path)
    };
    let Some(target) = target else { return false };
    // A browser shows the page of a folder.
    let target = if files.contains(&target) {
        target
    } else {
        target.join("index.html")
    };
    if !files.contains(&target) {
        return false;
    }
    anchor.is_empty()
        || pages
            .get(&target)
            .is_none_or(|page| page.anchors.contains(anchor))
}

fn resolve(from: &Path, path: &str) -> Option<PathBuf> {
    let mut target = from.parent()?.to_path_buf();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => target.push(name),
            Component::ParentDir if target.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(target)
}

fn read(html: &str) -> Page {
    let values = |name: &str| -> Vec<String> {
        let begin = format!(" {name}=\"");
        let rests = html.split(begin.as_str()).skip(1);
        rests
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let mut links = values("href");
    links.extend(values("src"));
    Page {
        anchors: values("id").into_iter().collect(),
        links,
    }
}

fn collect(book: &Path, folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(book.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(book, &path, files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_to_files_folders_and_anchors() {
        let book = tempfile::tempdir().unwrap();
        fs::create_dir_all(book.path().join("a/b")).unwrap();
        let page = |path: &str, text: &str| fs::write(book.path().join(path), text).unwrap();
        page("a/b/index.html", "<h1 id=\"top\">B</h1>");
        page(
            "a/one.html",
            "<a href=\"b/#top\"></a><a href=\"../index.html\"></a><a href=\"https://x.org/y\"></a>",
        );
        page(
            "index.html",
            "<img src=\"a/p.png\"><a href=\"a/b#gone\"></a><a href=\"#here\"></a><p id=\"here\">",
        );
        assert_eq!(
            check(book.path()).unwrap(),
            (
                5,
                vec![
                    "index.html: a/b#gone".to_owned(),
                    "index.html: a/p.png".to_owned()
                ]
            )
        );
    }
}
