//! The paths that stand in a module: imports, and those in expressions, types, patterns, attributes and macros.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ImplItem, Item, UseTree, Visibility};

use super::attributes::{is_for_tests, of_impl_item, of_item};

/// A path of several parts, as it is written.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// What names mean in a module.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What the module declares itself, its child modules excepted.
    pub(super) items: BTreeSet<String>,
    /// An imported name, and the paths it may stand for: one in each namespace, or under each `cfg`.
    pub(super) imports: BTreeMap<String, Vec<Vec<String>>>,
    /// The modules of which every name is imported.
    pub(super) globs: Vec<Vec<String>>,
}

/// Collects what stands in the items of a module, without that of its child modules.
pub(super) fn collect(items: &[&Item]) -> (Names, Vec<Reference>) {
    let mut collector = Collector::default();
    for item in items.iter().filter(|item| !is_for_tests(of_item(item))) {
        collector.names.items.extend(name_of(item));
        collector.visit_item(item);
    }
    (collector.names, collector.references)
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

#[derive(Default)]
struct Collector {
    names: Names,
    references: Vec<Reference>,
}

impl Visit<'_> for Collector {
    fn visit_item(&mut self, item: &Item) {
        if is_for_tests(of_item(item)) {
            return;
        }
        match item {
            // `::name` is always another crate.
            Item::Use(import) if import.leading_colon.is_some() => {}
            Item::Use(import) => self.import(&import.tree, &[]),
            Item::Mod(_) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item(&mut self, item: &ImplItem) {
        if !is_for_tests(of_impl_item(item)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if let (None, Some(first)) = (&path.leading_colon, path.segments.first())
            && path.segments.len() > 1
        {
            self.references.push(Reference {
                line: first.ident.span().start().line,
                path: path.segments.iter().map(|part| part.ident.to_string()).collect(),
            });
        }
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &Visibility) {
        // `pub(in crate::a)` says who may see it, and uses nothing.
    }

    fn visit_token_stream(&mut self, tokens: &TokenStream) {
        self.tokens(tokens);
    }
}

impl Collector {
    fn import(&mut self, tree: &UseTree, before: &[String]) {
        let joined = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(part) => self.import(&part.tree, &joined(&part.ident)),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let alias = before.last().cloned();
                self.imported(name.ident.span().start().line, before.to_vec(), alias);
            }
            UseTree::Name(name) => {
                let line = name.ident.span().start().line;
                self.imported(line, joined(&name.ident), Some(name.ident.to_string()));
            }
            UseTree::Rename(rename) => {
                let path = if rename.ident == "self" {
                    before.to_vec()
                } else {
                    joined(&rename.ident)
                };
                let alias = (rename.rename != "_").then(|| rename.rename.to_string());
                self.imported(rename.ident.span().start().line, path, alias);
            }
            UseTree::Glob(glob) => {
                self.names.globs.push(before.to_vec());
                let line = glob.star_token.spans[0].start().line;
                self.imported(line, before.to_vec(), None);
            }
        }
    }

    fn imported(&mut self, line: usize, path: Vec<String>, alias: Option<String>) {
        if let Some(alias) = alias {
            self.names.imports.entry(alias).or_default().push(path.clone());
        }
        self.references.push(Reference { line, path });
    }

    /// Finds `a::b::c` among the tokens of a macro or an attribute, which may be anything else.
    fn tokens(&mut self, tokens: &TokenStream) {
        let mut written = Reference {
            line: 0,
            path: Vec::new(),
        };
        let mut colons = 0;
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.finish(&mut written);
                        written.line = name.span().start().line;
                    }
                    written.path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' => {
                    colons += 1;
                    // `::name`, also after `field:`, is always another crate: its path begins with nothing.
                    if colons == 2 && written.path.is_empty() || colons == 3 {
                        self.finish(&mut written);
                        written.path.push(String::new());
                        colons = 2;
                    }
                }
                other => {
                    self.finish(&mut written);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(&group.stream());
                    }
                }
            }
        }
        self.finish(&mut written);
    }

    fn finish(&mut self, written: &mut Reference) {
        let path = std::mem::take(&mut written.path);
        if path.len() > 1 {
            self.references.push(Reference {
                line: written.line,
                path,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(text: &str) -> (Names, Vec<String>) {
        let file = syn::parse_file(text).unwrap();
        let (names, references) = collect(&file.items.iter().collect::<Vec<_>>());
        let written = references
            .iter()
            .map(|reference| format!("{}: {}", reference.line, reference.path.join("::")));
        (names, written.collect())
    }

    #[test]
    fn imports_are_taken_apart() {
        let (names, references) = collected(
            "use crate::a::{self, b::C as D, e::*};\nuse super::f;\nuse ::serde::de;\npub(in crate::x) use self::g::{self as h};\n",
        );
        assert_eq!(
            references,
            [
                "1: crate::a",
                "1: crate::a::b::C",
                "1: crate::a::e",
                "2: super::f",
                "4: self::g"
            ]
        );
        let aliases: Vec<&str> = names.imports.keys().map(String::as_str).collect();
        assert_eq!(aliases, ["D", "a", "f", "h"]);
        assert_eq!(names.globs, [["crate", "a", "e"]]);
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let (_, references) = collected(
            "struct S(crate::a::T);\nimpl crate::b::Show for S {}\n#[derive(crate::c::Make)]\nenum E {}\n\
             fn f() {\n    super::d::call::<crate::e::U>(name);\n    println!(\"{}\", crate::g::NAME);\n\
             \x20   call!({ x: ::std::y::Z, w: self::h::V });\n    use crate::i::J;\n}\n",
        );
        assert_eq!(
            references,
            [
                "1: crate::a::T",
                "2: crate::b::Show",
                "3: crate::c::Make",
                "6: super::d::call",
                "6: crate::e::U",
                "7: crate::g::NAME",
                "8: ::std::y::Z",
                "8: self::h::V",
                "9: crate::i::J",
            ]
        );
    }

    #[test]
    fn test_code_and_child_modules_are_left_out() {
        let (names, references) = collected(
            "fn f() {}\nmod child { use crate::a::B; }\n#[cfg(test)]\nfn g() { crate::a::h() }\n\
             impl S {\n    #[cfg(test)]\n    fn i() { crate::a::j() }\n}\n",
        );
        assert_eq!(references, [""; 0]);
        assert_eq!(names.items.into_iter().collect::<Vec<_>>(), ["f"]);
    }
}
