//! Within one crate a name of a type has one meaning: no two types that are visible beyond their modules share it.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::{Item, Visibility};

use super::Finding;
use super::modules::{Module, Modules};

pub(super) fn check(modules: &Modules<'_>) -> Vec<Finding> {
    let mut first: BTreeMap<String, (&Module<'_>, usize)> = BTreeMap::new();
    let mut findings = Vec::new();
    for module in modules.iter() {
        for ident in module.items.iter().filter_map(|item| visible_type(item)) {
            let line = ident.span().start().line;
            let (other, at) = first.entry(ident.to_string()).or_insert((module, line));
            // Twice in one module it is one type, in variants for different systems.
            if other.path != module.path {
                findings.push(module.file.finding(
                    line,
                    format!(
                        "`{ident}` is also the name of a type in {}:{at}: give each a name of its own",
                        other.file.path.display()
                    ),
                ));
            }
        }
    }
    findings
}

/// The name of a type that other modules can see.
fn visible_type(item: &Item) -> Option<&Ident> {
    let (visibility, ident) = match item {
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Union(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::TraitAlias(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    let is_private = match visibility {
        Visibility::Public(_) => false,
        Visibility::Restricted(restricted) => restricted.path.is_ident("self"),
        Visibility::Inherited => true,
    };
    (!is_private).then_some(ident)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trees::findings;

    fn found(a: &str, b: &str) -> Vec<String> {
        let files = [("lib.rs", "mod a;\nmod b;\n"), ("a.rs", a), ("b.rs", b)];
        findings(&files, |modules| check(&modules))
    }

    #[test]
    fn second_type_of_a_name_names_the_first() {
        assert_eq!(
            found(
                "pub(crate) struct Report;\n",
                "//! B.\npub(super) enum Report {}\n"
            ),
            ["b.rs:2: `Report` is also the name of a type in a.rs:1: give each a name of its own"]
        );
    }

    #[test]
    fn every_kind_of_type_and_visibility_counts() {
        for other in [
            "pub struct T;",
            "pub(in crate::b) enum T {}",
            "pub(crate) trait T {}",
            "pub(super) type T = u8;",
            "pub union T { a: u8 }",
            "mod inner { pub struct T; }",
        ] {
            assert_eq!(found("pub(crate) struct T;\n", other).len(), 1, "{other}");
        }
    }

    #[test]
    fn private_types_and_those_of_tests_may_share_a_name() {
        for other in [
            "struct T;",
            "pub(self) enum T {}",
            "#[cfg(test)]\npub struct T;",
            "#[cfg(test)]\nmod tests {\n    pub struct T;\n}",
            "pub fn f() {}\npub use crate::a::T;",
        ] {
            assert_eq!(found("pub(crate) struct T;\n", other), [""; 0], "{other}");
        }
    }

    #[test]
    fn variants_of_one_type_for_different_systems_are_one_type() {
        let text = "#[cfg(unix)]\npub struct T;\n#[cfg(windows)]\npub struct T;\n";
        assert_eq!(found(text, ""), [""; 0]);
    }
}
