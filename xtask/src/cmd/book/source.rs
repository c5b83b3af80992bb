//! What the book is made of: the pages, at their places in the repository, with what they lead to.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};
use pulldown_cmark::{Event, Options, Parser, Tag};

/// The first page, which leads to all others.
const FIRST: &str = "README.md";

/// What a folder's own page is called in the repository, and in the book: mdBook makes the page that a browser shows for a folder
/// of the second, and leads to no page of the first.
const OF_FOLDER: [&str; 2] = ["README.md", "index.md"];

/// With more files than these, a folder's page lists those that are directly in it.
const LISTED: usize = 60;

/// The pages in their order, the files that they lead to, and the folders.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pages {
    ordered: Vec<PathBuf>,
    files: BTreeSet<PathBuf>,
    /// Those without a page of their own: they get a list of what is in them.
    folders: BTreeSet<PathBuf>,
}

impl Pages {
    /// Follows all links from the first page on, breadth first, so that its tables give the order.
    pub(super) fn gather(root: &Path) -> Result<Self> {
        let mut gathered = Self {
            ordered: vec![PathBuf::from(FIRST)],
            ..Self::default()
        };
        let mut next = 0;
        while let Some(page) = gathered.ordered.get(next).cloned() {
            next += 1;
            let text = fs::read_to_string(root.join(&page))
                .with_context(|| format!("{} cannot be read", page.display()))?;
            for link in links(&text) {
                if let Some(target) = resolve(&page, &link) {
                    gathered.add(root, target);
                }
            }
        }
        Ok(gathered)
    }

    fn add(&mut self, root: &Path, target: PathBuf) {
        let place = root.join(&target);
        if place.is_dir() {
            let own = target.join(OF_FOLDER[0]);
            if root.join(&own).is_file() {
                self.add(root, own);
            } else {
                self.files.extend(listed(root, &target));
                self.folders.insert(target);
            }
        } else if target.extension().is_some_and(|extension| extension == "md") {
            if place.is_file() && !self.ordered.contains(&target) {
                self.ordered.push(target);
            }
        } else if place.is_file() {
            self.files.insert(target);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.ordered.len() + self.folders.len()
    }

    /// Copies all of it to where mdBook reads it, with the summary.
    pub(super) fn write(&self, root: &Path, source: &Path) -> Result<()> {
        let write = |path: &Path, content: &[u8]| {
            let target = source.join(path);
            let failed = || format!("{} cannot be written", target.display());
            fs::create_dir_all(target.parent().unwrap_or(source)).with_context(failed)?;
            fs::write(&target, content).with_context(failed)
        };
        for page in &self.ordered {
            let text = fs::read_to_string(root.join(page))?;
            write(&in_book(page), with_links_of_book(&text).as_bytes())?;
        }
        for file in &self.files {
            write(file, &fs::read(root.join(file))?)?;
        }
        for folder in &self.folders {
            write(&folder.join(OF_FOLDER[1]), self.list_of(folder).as_bytes())?;
        }
        fs::write(source.join("SUMMARY.md"), self.summary(root)?).context("the summary cannot be written")
    }

    /// The page of a folder that has none.
    fn list_of(&self, folder: &Path) -> String {
        let mut text = format!("# {}\n\n", folder.display());
        for file in self
            .files
            .iter()
            .filter_map(|file| file.strip_prefix(folder).ok())
        {
            // Writing to a text does not fail.
            let _ = writeln!(text, "- [{0}]({0})", file.display());
        }
        text
    }

    fn summary(&self, root: &Path) -> Result<String> {
        let mut text = String::from("# Summary\n");
        let (documents, others): (Vec<&PathBuf>, Vec<&PathBuf>) = self.ordered[1..]
            .iter()
            .partition(|page| page.starts_with("docs"));
        let _ = writeln!(text, "[{}]({})", name_of(root, Path::new(FIRST))?, OF_FOLDER[1]);
        for (title, pages) in [("Documents", documents), ("The workspace", others)] {
            let _ = writeln!(text, "\n# {title}\n");
            for page in pages {
                let _ = writeln!(text, "- [{}]({})", name_of(root, page)?, in_book(page).display());
            }
        }
        let _ = writeln!(text, "\n# Files\n");
        for folder in &self.folders {
            let _ = writeln!(text, "- [{0}]({0}/{1})", folder.display(), OF_FOLDER[1]);
        }
        Ok(text)
    }
}

/// The first heading of a page, without marks; its path where it has none.
fn name_of(root: &Path, page: &Path) -> Result<String> {
    let text = fs::read_to_string(root.join(page))?;
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    Ok(heading.map_or_else(
        || page.display().to_string(),
        |line| line.replace(['`', '[', ']'], "").trim().to_owned(),
    ))
}

/// Where the links and pictures of a page lead, within the repository.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(dest_url.to_string());
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let sources = html
                    .split("src=\"")
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next());
                links.extend(sources.map(str::to_owned));
            }
            _ => {}
        }
    }
    links.retain(|link| !link.contains(':') && !link.starts_with('#'));
    links
}

fn resolve(from: &Path, link: &str) -> Option<PathBuf> {
    let path = link.split('#').next()?;
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

/// Where a page lies in the book.
fn in_book(page: &Path) -> PathBuf {
    if page.ends_with(OF_FOLDER[0]) {
        page.with_file_name(OF_FOLDER[1])
    } else {
        page.to_path_buf()
    }
}

/// The text with the pages of folders under the names that they have in the book.
fn with_links_of_book(text: &str) -> String {
    let mut parts = text.split("](");
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (target, rest) = part.split_at(part.find([')', ' ']).unwrap_or(part.len()));
        let is_elsewhere = target.contains(':');
        changed.push_str("](");
        changed.push_str(&if is_elsewhere {
            target.to_owned()
        } else {
            target.replace(OF_FOLDER[0], OF_FOLDER[1])
        });
        changed.push_str(rest);
    }
    changed
}

/// The files of a folder that its page lists; pages among them are of the book only where a link leads to them.
fn listed(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = files_in(root, folder);
    if files.len() > LISTED {
        files.retain(|file| file.parent() == Some(folder));
    }
    files.retain(|file| file.extension().is_none_or(|extension| extension != "md"));
    files
}

fn files_in(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
        let path = folder.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(files_in(root, &path)),
            Ok(kind) if kind.is_file() => files.push(path),
            _ => {}
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_in_the_order_of_the_first_one_with_what_they_lead_to() {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            (
                "README.md",
                "# Top\n[b](docs/b.md) [a](docs/a.md#x) [out](https://example.com) <img src=\"docs/p.png\">\n",
            ),
            (
                "docs/a.md",
                "# A `x`\n[up](../README.md) [deploy](../deploy) [c](../c)\n",
            ),
            ("docs/b.md", "# B\n"),
            ("docs/p.png", "picture"),
            ("docs/unlisted.md", "# U\n"),
            ("deploy/one/x.yml", "x"),
            ("c/README.md", "# C\n"),
        ] {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let pages = Pages::gather(root.path()).unwrap();
        let paths = |all: &[&str]| all.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(
            pages.ordered,
            paths(&["README.md", "docs/b.md", "docs/a.md", "c/README.md"])
        );
        let source = root.path().join("target/book");
        pages.write(root.path(), &source).unwrap();
        let summary = fs::read_to_string(source.join("SUMMARY.md")).unwrap();
        assert_eq!(
            summary,
            "# Summary\n[Top](index.md)\n\n# Documents\n\n- [B](docs/b.md)\n- [A x](docs/a.md)\n\n# The workspace\n\n\
             - [C](c/index.md)\n\n# Files\n\n- [deploy](deploy/index.md)\n"
        );
        let deploy = fs::read_to_string(source.join("deploy/index.md")).unwrap();
        assert_eq!(deploy, "# deploy\n\n- [one/x.yml](one/x.yml)\n");
        assert!(source.join("deploy/one/x.yml").is_file() && source.join("docs/p.png").is_file());
        assert!(!source.join("docs/unlisted.md").exists());
        let a = fs::read_to_string(source.join("docs/a.md")).unwrap();
        assert!(a.contains("[up](../index.md) [deploy](../deploy)"), "{a}");
    }
}
