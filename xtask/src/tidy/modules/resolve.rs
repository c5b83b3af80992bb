//! From a written path to the module that declares its item, through imports and re-exports.

use std::collections::BTreeSet;

use super::{Index, Modules};

/// One module uses another, which is neither above nor below it.
#[derive(Debug)]
pub(in crate::tidy) struct Use {
    pub(in crate::tidy) line: usize,
    pub(in crate::tidy) from: Index,
    pub(in crate::tidy) to: Index,
    /// The nearest module that has both below it.
    pub(in crate::tidy) parent: Index,
    /// The child of `parent` that is or holds `from`.
    pub(in crate::tidy) from_child: Index,
    /// The child of `parent` that is or holds `to`.
    pub(in crate::tidy) to_child: Index,
}

/// The names that have been looked up on the way, so that an import that leads back to itself ends.
type Seen = BTreeSet<(Index, String)>;

impl Modules<'_> {
    /// Every use of one file by another, file by file, in the order of the lines.
    ///
    /// A module and those below it may use each other: that is how `super::Item` and re-exports work.
    pub(in crate::tidy) fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for (index, module) in self.0.iter().enumerate() {
            let from = self.file_module(index);
            for reference in &module.references {
                let Some(to) = self.resolve(index, &reference.path, &mut Seen::new()) else {
                    continue;
                };
                uses.extend(self.between(reference.line, from, self.file_module(to)));
            }
        }
        uses
    }

    fn between(&self, line: usize, from: Index, to: Index) -> Option<Use> {
        let (above_from, above_to) = (self.lineage(from), self.lineage(to));
        let both = above_from.iter().zip(&above_to);
        let shared = both.take_while(|(one, other)| one == other).count();
        Some(Use {
            line,
            from,
            to,
            parent: *above_from.get(shared.checked_sub(1)?)?,
            from_child: *above_from.get(shared)?,
            to_child: *above_to.get(shared)?,
        })
    }

    /// The modules from the root to this one, both included.
    fn lineage(&self, index: Index) -> Vec<Index> {
        let mut lineage: Vec<Index> =
            std::iter::successors(Some(index), |index| self.0[*index].parent).collect();
        lineage.reverse();
        lineage
    }

    /// The module whose file it stands in.
    fn file_module(&self, index: Index) -> Index {
        let module = &self.0[index];
        match module.parent {
            Some(parent) if module.is_inline => self.file_module(parent),
            _ => index,
        }
    }

    /// `None` where the path leads to another crate, or its first name is not known.
    fn resolve(&self, module: Index, path: &[String], seen: &mut Seen) -> Option<Index> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(self.walk(0, rest, seen)),
            "self" => Some(self.walk(module, rest, seen)),
            "super" => {
                let parent = self.0[module].parent?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.resolve(parent, rest, seen),
                    _ => Some(self.walk(parent, rest, seen)),
                }
            }
            _ => self.look_up(module, first, rest, seen),
        }
    }

    /// Follows names from a module on, as far as they are known.
    fn walk(&self, module: Index, path: &[String], seen: &mut Seen) -> Index {
        let next = path
            .split_first()
            .and_then(|(first, rest)| self.look_up(module, first, rest, seen));
        next.unwrap_or(module)
    }

    /// What a name means in a module: a child, an item of its own, an import, or one of the names imported as a whole.
    fn look_up(&self, module: Index, name: &str, rest: &[String], seen: &mut Seen) -> Option<Index> {
        if !seen.insert((module, name.to_owned())) {
            return None;
        }
        let at = &self.0[module];
        if let Some(child) = at.children.get(name) {
            return Some(self.walk(*child, rest, seen));
        }
        if at.names.items.contains(name) {
            return Some(module);
        }
        for path in at.names.imports.get(name).into_iter().flatten() {
            let whole = [path.as_slice(), rest].concat();
            if let Some(found) = self.resolve(module, &whole, seen) {
                return Some(found);
            }
        }
        at.names.globs.iter().find_map(|path| {
            let source = self.resolve(module, path, seen)?;
            self.look_up(source, name, rest, seen)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Modules;
    use crate::tidy::sources::Sources;
    use crate::tidy::trees::files;

    /// Which file uses which, beside the root.
    fn uses(texts: &[(&str, &str)]) -> Vec<String> {
        let files = files(texts);
        let (sources, _) = Sources::parse(&files);
        let (modules, _) = Modules::read(&sources, Path::new("lib.rs"));
        let file = |index| modules.get(index).file.path.display();
        let uses = modules.uses();
        uses.iter()
            .map(|one| format!("{}:{} -> {}", file(one.from), one.line, file(one.to)))
            .collect()
    }

    /// What `a.rs` of this text uses of `b.rs` and `b/c.rs`, which are beside it.
    fn used_by(text: &str) -> Vec<String> {
        uses(&[
            ("lib.rs", "mod a;\nmod b;\npub use b::Top;\n"),
            ("a.rs", text),
            (
                "b.rs",
                "mod c;\npub use c::Deep;\npub use self::c::*;\npub struct Top;\n",
            ),
            (
                "b/c.rs",
                "pub struct Deep;\npub struct Widely;\npub mod inline { pub struct In; }\n",
            ),
        ])
    }

    #[test]
    fn paths_are_followed_to_the_file_of_their_item() {
        for (text, to) in [
            ("use crate::b::Top;", "b.rs"),
            ("use super::b;", "b.rs"),
            ("use crate::Top;", "b.rs"),
            ("use crate::b::Deep;", "b/c.rs"),
            ("use crate::b::Widely as W;", "b/c.rs"),
            ("fn f(_: crate::b::c::inline::In) {}", "b/c.rs"),
            ("mod inner { use super::super::b::Top; }", "b.rs"),
            ("use crate::b::unknown;", "b.rs"),
        ] {
            assert_eq!(used_by(text), [format!("a.rs:1 -> {to}")], "{text}");
        }
    }

    #[test]
    fn names_of_imports_and_globs_stand_for_what_they_import() {
        assert_eq!(
            used_by("use crate::b as other;\nfn f() { other::Deep::new() }\n"),
            ["a.rs:1 -> b.rs", "a.rs:2 -> b/c.rs"]
        );
        assert_eq!(
            used_by("use super::*;\nfn f() { b::Deep::new() }\n"),
            ["a.rs:2 -> b/c.rs"]
        );
    }

    #[test]
    fn other_crates_and_names_that_lead_nowhere_are_no_use() {
        for text in [
            "use std::b::Top;",
            "use ::b::Top;",
            "fn f() { b::Top }",
            "use self::missing::x;",
            "use again::x;\nuse x::again;",
            "fn f() { Self::b(); String::new() }",
        ] {
            assert_eq!(used_by(text), [""; 0], "{text}");
        }
    }
}
