//! The modules of a crate, as its files declare them, and which of them uses which.
//!
//! Only what ships counts: code under `#[cfg(test)]` is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta};

use self::attributes::{is_for_tests, of_item};
use self::paths::{Names, Reference};
pub(super) use self::resolve::Use;
use super::sources::Sources;
use super::{Finding, TextFile};

mod attributes;
mod paths;
mod resolve;

/// A module, by its place in [`Modules`].
pub(super) type Index = usize;

/// All modules of one crate; the first is its root.
pub(super) struct Modules<'a>(Vec<Module<'a>>);

/// A file, or a `mod name { … }` inside of one.
pub(super) struct Module<'a> {
    /// The names from the root on; empty for the root itself.
    pub(super) path: Vec<String>,
    pub(super) file: &'a TextFile,
    pub(super) items: Vec<&'a Item>,
    parent: Option<Index>,
    /// It stands in the file of its parent.
    is_inline: bool,
    children: BTreeMap<String, Index>,
    names: Names,
    references: Vec<Reference>,
}

/// A module that was found and is not read yet.
struct Declared<'a> {
    parent: Option<Index>,
    path: Vec<String>,
    file: &'a TextFile,
    items: &'a [Item],
    is_inline: bool,
    /// The folder in which the files of its children lie.
    folder: PathBuf,
}

impl<'a> Modules<'a> {
    /// Reads a crate from its root file on. A declared module without a file is a finding.
    pub(super) fn read(sources: &'a Sources<'a>, root: &Path) -> (Self, Vec<Finding>) {
        let mut modules = Self(Vec::new());
        let mut findings = Vec::new();
        if let Some(source) = sources.get(root) {
            let root = Declared {
                parent: None,
                path: Vec::new(),
                file: source.file,
                items: &source.syntax.items,
                is_inline: false,
                folder: root.parent().unwrap_or(root).to_path_buf(),
            };
            modules.add(sources, &root, &mut findings);
        }
        (modules, findings)
    }

    fn add(&mut self, sources: &'a Sources<'a>, declared: &Declared<'a>, findings: &mut Vec<Finding>) {
        let shipped = declared.items.iter().filter(|item| !is_for_tests(of_item(item)));
        let items: Vec<&Item> = shipped.collect();
        let (names, references) = paths::collect(&items);
        let index = self.0.len();
        self.0.push(Module {
            path: declared.path.clone(),
            file: declared.file,
            items: items.clone(),
            parent: declared.parent,
            is_inline: declared.is_inline,
            children: BTreeMap::new(),
            names,
            references,
        });
        for item in items {
            let Item::Mod(item) = item else { continue };
            match child(sources, index, declared, item) {
                Ok(Some(child)) => {
                    let next = self.0.len();
                    self.0[index].children.insert(item.ident.to_string(), next);
                    self.add(sources, &child, findings);
                }
                Ok(None) => {}
                Err(finding) => findings.push(finding),
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Module<'a>> {
        self.0.iter()
    }

    pub(super) fn get(&self, index: Index) -> &Module<'a> {
        &self.0[index]
    }

    /// The names of the modules that the root declares.
    pub(super) fn top(&self) -> BTreeSet<&str> {
        let root = self.0.first();
        root.into_iter()
            .flat_map(|root| root.children.keys().map(String::as_str))
            .collect()
    }
}

/// A module that an item declares, unless it is for tests only.
fn child<'a>(
    sources: &'a Sources<'a>,
    parent: Index,
    above: &Declared<'a>,
    item: &'a ItemMod,
) -> Result<Option<Declared<'a>>, Finding> {
    let name = item.ident.to_string();
    let path = [above.path.as_slice(), std::slice::from_ref(&name)].concat();
    if let Some((_, items)) = &item.content {
        return Ok(Some(Declared {
            parent: Some(parent),
            path,
            file: above.file,
            items,
            is_inline: true,
            folder: above.folder.join(&name),
        }));
    }
    let files = files_of(above, &name, &item.attrs);
    let Some(source) = files.iter().find_map(|file| sources.get(file)) else {
        return Err(above.file.finding(
            item.ident.span().start().line,
            format!("the file of module `{name}` is not in the repository: add it to git"),
        ));
    };
    if is_for_tests(&source.syntax.attrs) {
        return Ok(None);
    }
    Ok(Some(Declared {
        parent: Some(parent),
        path,
        file: source.file,
        items: &source.syntax.items,
        is_inline: false,
        folder: folder_of_children(&source.file.path),
    }))
}

/// The files in which a module may lie.
fn files_of(above: &Declared<'_>, name: &str, attributes: &[Attribute]) -> Vec<PathBuf> {
    if let Some(path) = attributes.iter().find_map(explicit_path) {
        return vec![above.file.path.with_file_name(path)];
    }
    vec![
        above.folder.join(format!("{name}.rs")),
        above.folder.join(name).join("mod.rs"),
    ]
}

/// The value of `#[path = "…"]`.
fn explicit_path(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(path), ..
        }) if meta.path.is_ident("path") => Some(path.value()),
        _ => None,
    }
}

/// `a/b` for `a/b.rs` and for `a/b/mod.rs`.
fn folder_of_children(file: &Path) -> PathBuf {
    if file.file_name() == Some("mod.rs".as_ref()) {
        file.parent().unwrap_or(file).to_path_buf()
    } else {
        file.with_extension("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trees::files;

    /// Each module with the file that it was found in, and the findings.
    fn read(texts: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let files = files(texts);
        let (sources, _) = Sources::parse(&files);
        let (modules, findings) = Modules::read(&sources, Path::new("src/lib.rs"));
        let found = modules
            .iter()
            .map(|module| format!("{} {}", module.path.join("::"), module.file.path.display()));
        (
            found.collect(),
            findings.iter().map(ToString::to_string).collect(),
        )
    }

    #[test]
    fn modules_are_found_where_rust_finds_them() {
        let (modules, findings) = read(&[
            (
                "src/lib.rs",
                "mod a;\nmod b;\nmod c { mod d; }\n#[path = \"odd.rs\"]\nmod e;\n",
            ),
            ("src/a.rs", "mod x;\n"),
            ("src/a/x.rs", ""),
            ("src/b/mod.rs", "mod y;\n"),
            ("src/b/y.rs", ""),
            ("src/c/d.rs", ""),
            ("src/odd.rs", ""),
            ("src/unrelated.rs", ""),
        ]);
        assert_eq!(findings, [""; 0]);
        assert_eq!(
            modules,
            [
                " src/lib.rs",
                "a src/a.rs",
                "a::x src/a/x.rs",
                "b src/b/mod.rs",
                "b::y src/b/y.rs",
                "c src/lib.rs",
                "c::d src/c/d.rs",
                "e src/odd.rs",
            ]
        );
    }

    #[test]
    fn modules_of_tests_are_left_out() {
        let (modules, findings) = read(&[
            (
                "src/lib.rs",
                "#[cfg(test)]\nmod a;\nmod b;\n#[cfg(test)]\nmod tests {}\n",
            ),
            ("src/a.rs", ""),
            ("src/b.rs", "#![cfg(test)]\n"),
        ]);
        assert_eq!(findings, [""; 0]);
        assert_eq!(modules, [" src/lib.rs"]);
    }

    #[test]
    fn module_without_a_file_is_found() {
        let (_, findings) = read(&[("src/lib.rs", "//! A.\nmod gone;\n")]);
        assert_eq!(
            findings,
            ["src/lib.rs:2: the file of module `gone` is not in the repository: add it to git"]
        );
    }
}
