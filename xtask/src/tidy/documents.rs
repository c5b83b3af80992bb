//! The documents: each link within the repository leads to a file that is there and to a heading in it, each path of the
//! repository in code type is one that exists, and the page about the repository leads to every document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Finding, TextFile};

/// From here a reader finds everything.
const FIRST_PAGE: &str = "README.md";

/// The folder whose documents that page lists.
const DOCUMENTS: &str = "docs";

/// With these begins a path of the repository that is written in code type.
const FOLDERS: [&str; 7] = [
    ".ci/",
    ".github/",
    "crates/",
    "deploy/",
    "docs/",
    "migrations/",
    "xtask/",
];

/// What a document holds for others, and what it says of others.
#[derive(Debug, Default)]
struct Document {
    anchors: BTreeSet<String>,
    /// What links lead to, as it is written, with the line.
    links: Vec<(usize, String)>,
    /// What stands in code type, with the line.
    code: Vec<(usize, String)>,
}

/// `exists` says whether there is a file or folder of this path in the repository.
pub(super) fn check(files: &[TextFile], exists: impl Fn(&Path) -> bool) -> Vec<Finding> {
    let is_document = |file: &&TextFile| file.path.extension().is_some_and(|extension| extension == "md");
    let documents: BTreeMap<&Path, (&TextFile, Document)> = files
        .iter()
        .filter(is_document)
        .map(|file| (file.path.as_path(), (file, read(&file.text))))
        .collect();
    let mut findings = Vec::new();
    for (file, document) in documents.values() {
        for (line, link) in &document.links {
            if let Some(what) = broken(link, &file.path, &documents, &exists) {
                findings.push(file.finding(*line, format!("the link to {link} leads nowhere: {what}")));
            }
        }
        for (line, code) in &document.code {
            if is_path(code) && !exists(Path::new(code.trim_end_matches('/'))) {
                findings.push(file.finding(
                    *line,
                    format!("`{code}` is not there: name the path that is meant"),
                ));
            }
        }
    }
    findings.extend(unlisted(&documents));
    findings
}

/// What is wrong with a link within the repository.
fn broken(
    link: &str,
    from: &Path,
    documents: &BTreeMap<&Path, (&TextFile, Document)>,
    exists: impl Fn(&Path) -> bool,
) -> Option<String> {
    // Another place, or an item that rustdoc looks for.
    if link.contains(':') {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() {
        from.to_path_buf()
    } else {
        let Some(target) = resolve(from, path) else {
            return Some("it leaves the repository".to_owned());
        };
        target
    };
    if !exists(&target) {
        return Some(format!("there is no {}", target.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    let Some((_, document)) = documents.get(target.as_path()) else {
        return Some(format!("{} has no headings", target.display()));
    };
    let missing = !document.anchors.contains(anchor);
    missing.then(|| format!("{} has no heading `#{anchor}`", target.display()))
}

/// The path from the top folder on; `None` if it leaves that.
fn resolve(from: &Path, link: &str) -> Option<PathBuf> {
    let mut path = from.parent()?.to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                if !path.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// Whether the text is a path of the repository, and no pattern, example or part of one.
fn is_path(code: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-@".contains(letter);
    FOLDERS.iter().any(|folder| code.starts_with(folder)) && code.chars().all(plain)
}

/// The documents to which the first page does not lead.
fn unlisted(documents: &BTreeMap<&Path, (&TextFile, Document)>) -> Vec<Finding> {
    let Some((_, first)) = documents.get(Path::new(FIRST_PAGE)) else {
        return Vec::new();
    };
    let path = |link: &String| resolve(Path::new(FIRST_PAGE), link.split('#').next().unwrap_or_default());
    let listed: BTreeSet<PathBuf> = first.links.iter().filter_map(|(_, link)| path(link)).collect();
    let missing = documents
        .iter()
        .filter(|(path, _)| path.starts_with(DOCUMENTS) && !listed.contains(**path));
    missing
        .map(|(_, (file, _))| {
            file.finding(
                0,
                format!("{FIRST_PAGE} does not lead to it: add a row to its table"),
            )
        })
        .collect()
}

fn read(text: &str) -> Document {
    let mut document = Document::default();
    let mut heading: Option<String> = None;
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        let line = || text[..range.start].matches('\n').count() + 1;
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                document.links.push((line(), dest_url.to_string()));
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                if let Some(title) = heading.take() {
                    add_anchor(&mut document.anchors, &slug(&title));
                }
            }
            Event::Text(part) => {
                if let Some(title) = &mut heading {
                    title.push_str(&part);
                }
            }
            Event::Code(code) => {
                if let Some(title) = &mut heading {
                    title.push_str(&code);
                }
                document.code.push((line(), code.to_string()));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let of = |attribute| attributes(&html, attribute);
                document
                    .links
                    .extend(of("href").chain(of("src")).map(|link| (line(), link.to_owned())));
                document
                    .anchors
                    .extend(of("id").chain(of("name")).map(str::to_owned));
            }
            _ => {}
        }
    }
    document
}

/// The values of an attribute in a piece of HTML.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let begin = format!(" {name}=\"");
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&begin)?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some(value)
    })
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn slug(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.flat_map(char::to_lowercase)
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// A heading whose words were there before gets a number.
fn add_anchor(anchors: &mut BTreeSet<String>, slug: &str) {
    let numbered = (1..).map(|number| format!("{slug}-{number}"));
    let mut names = std::iter::once(slug.to_owned()).chain(numbered);
    if let Some(free) = names.find(|name| !anchors.contains(name)) {
        anchors.insert(free);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        let file = |(path, text): &(&str, &str)| TextFile {
            path: path.into(),
            text: (*text).to_owned(),
        };
        let files: Vec<TextFile> = texts.iter().map(file).collect();
        let exists = |path: &Path| {
            files.iter().any(|file| file.path.starts_with(path)) || path == Path::new("docs/images/a.png")
        };
        check(&files, exists).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_to_what_is_there_are_no_findings() {
        let first = "# Top\n[a](docs/a.md) [b](docs/a.md#two-words-once) [c](#top) [d](crates/b) <img src=\"docs/images/a.png\">\n\
                     [e](https://example.com/x#y) [f](b::Item)\n";
        let a = "## `two` words, once\n## Two words once\n[up](../README.md) [two](#two-words-once-1) `docs/a.md` `crates/b/` `crates/*/x`\n";
        let all = [("README.md", first), ("docs/a.md", a), ("crates/b/README.md", "")];
        assert_eq!(found(&all), Vec::<String>::new());
    }

    #[test]
    fn link_that_leads_nowhere_is_found_with_its_line() {
        for (link, what) in [
            ("[x](docs/b.md)", "there is no docs/b.md"),
            ("[x](docs/a.md#three)", "no heading `#three`"),
            ("[x](#gone)", "no heading `#gone`"),
            ("[x](../a.md)", "leaves the repository"),
            ("[x](docs/images/a.png#x)", "has no headings"),
            ("<img src=\"docs/images/b.png\">", "there is no docs/images/b.png"),
        ] {
            let first = format!("[a](docs/a.md)\n\n{link}\n");
            let found = found(&[("README.md", &first), ("docs/a.md", "# A\n")]);
            assert!(
                found.len() == 1 && found[0].starts_with("README.md:3: ") && found[0].contains(what),
                "{link}: {found:?}"
            );
        }
    }

    #[test]
    fn path_in_code_type_that_is_not_there_is_found() {
        let found = found(&[(
            "README.md",
            "One\n`xtask/src/gone.rs` and `xtask/src/…` and `gone.rs`\n",
        )]);
        assert_eq!(
            found,
            ["README.md:2: `xtask/src/gone.rs` is not there: name the path that is meant"]
        );
    }

    #[test]
    fn document_that_the_first_page_does_not_list_is_found() {
        let found = found(&[("README.md", ""), ("docs/a.md", ""), ("crates/a/README.md", "")]);
        assert_eq!(
            found,
            ["docs/a.md: README.md does not lead to it: add a row to its table"]
        );
    }
}
