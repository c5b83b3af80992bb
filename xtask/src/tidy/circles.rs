//! No circles: of two modules side by side, at most one uses the other, directly or through more of them.
//!
//! The modules below one parent are compared with each other, each with all that lies below it, at every depth. A
//! parent and what lies below it may use each other: the parent re-exports, and its children use its items.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Finding;
use super::modules::{Index, Modules, Use};

/// Which child of one parent uses which, each with the first import that does.
type Graph<'a> = BTreeMap<Index, BTreeMap<Index, &'a Use>>;

pub(super) fn check(modules: &Modules<'_>) -> Vec<Finding> {
    let uses = modules.uses();
    let mut levels: BTreeMap<Index, Graph<'_>> = BTreeMap::new();
    for one in &uses {
        let graph = levels.entry(one.parent).or_default();
        let from = graph.entry(one.from_child).or_default();
        from.entry(one.to_child).or_insert(one);
    }
    levels
        .values()
        .flat_map(circles)
        .map(|circle| finding(modules, &circle))
        .collect()
}

/// The shortest circle through each module that is in one. Of circles that share a step only the shortest is kept: the
/// step may be the one that is wrong in all of them.
fn circles<'a>(graph: &Graph<'a>) -> Vec<Vec<&'a Use>> {
    let mut circles: Vec<Vec<&Use>> = graph.keys().filter_map(|start| shortest(graph, *start)).collect();
    circles.sort_by_key(Vec::len);
    let mut seen = BTreeSet::new();
    circles.retain(|circle| {
        let steps = circle.iter().map(|one| (one.from_child, one.to_child));
        let is_new = steps.clone().all(|step| !seen.contains(&step));
        seen.extend(steps);
        is_new
    });
    circles
}

/// The shortest way from a module back to itself.
fn shortest<'a>(graph: &Graph<'a>, start: Index) -> Option<Vec<&'a Use>> {
    let mut ways: BTreeMap<Index, Vec<&Use>> = BTreeMap::from([(start, Vec::new())]);
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for (to, one) in graph.get(&at).into_iter().flatten() {
            let way = [ways[&at].as_slice(), &[*one]].concat();
            if *to == start {
                return Some(way);
            }
            if !ways.contains_key(to) {
                ways.insert(*to, way);
                queue.push_back(*to);
            }
        }
    }
    None
}

fn finding(modules: &Modules<'_>, circle: &[&Use]) -> Finding {
    let name = |index: Index| modules.get(index).path.join("::");
    let file = |index: Index| modules.get(index).file.path.display();
    let names: Vec<String> = circle
        .iter()
        .chain(circle.first())
        .map(|one| name(one.from_child))
        .collect();
    let steps: Vec<String> = circle
        .iter()
        .map(|one| format!("\n    {}:{} uses {}", file(one.from), one.line, file(one.to)))
        .collect();
    let first = circle.first();
    Finding {
        path: first
            .map(|one| modules.get(one.from).file.path.clone())
            .unwrap_or_default(),
        line: first.map_or(0, |one| one.line),
        what: format!(
            "closes a circle of modules, {}: move what two of them need into a module of its own{}",
            names.join(" -> "),
            steps.concat()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trees::findings;

    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        findings(texts, |modules| check(&modules))
    }

    #[test]
    fn circle_names_the_files_on_its_way() {
        let found = found(&[
            ("lib.rs", "mod install;\nmod server;\nmod tool;\n"),
            ("install.rs", "use crate::server::find;\n"),
            (
                "server/mod.rs",
                "mod place;\nuse crate::tool::Tool;\npub(crate) use self::place::find;\n",
            ),
            ("server/place.rs", "pub(crate) fn find() {}\n"),
            (
                "tool.rs",
                "//! Tools.\npub(crate) struct Tool(crate::install::Need);\n",
            ),
        ]);
        assert_eq!(
            found,
            [
                "install.rs:1: closes a circle of modules, install -> server -> tool -> install: \
              move what two of them need into a module of its own\n    \
              install.rs:1 uses server/place.rs\n    \
              server/mod.rs:2 uses tool.rs\n    \
              tool.rs:2 uses install.rs"
            ]
        );
    }

    #[test]
    fn circle_is_found_at_every_depth() {
        let found = found(&[
            ("lib.rs", "mod top;\n"),
            ("top/mod.rs", "mod one;\nmod other;\n"),
            ("top/one.rs", "use super::other::Other;\n"),
            ("top/other.rs", "use crate::top::one::One;\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("top::one -> top::other -> top::one"),
            "{found:?}"
        );
    }

    #[test]
    fn circle_through_a_re_export_of_the_parent_is_found() {
        let found = found(&[
            ("lib.rs", "mod error;\nmod machine;\npub use error::Error;\n"),
            ("error.rs", "use crate::machine::NAME;\n"),
            ("machine.rs", "fn f() -> crate::Error { todo() }\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("machine.rs:1 uses error.rs"), "{found:?}");
    }

    #[test]
    fn one_wrong_step_is_one_finding() {
        let found = found(&[
            ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
            ("a.rs", "use crate::b::B;\n"),
            ("b.rs", "use crate::c::C;\n"),
            // Without it there is no circle.
            ("c.rs", "use crate::{a::A, b::D};\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("b -> c -> b"), "{found:?}");
    }

    #[test]
    fn parent_and_child_may_use_each_other() {
        let found = found(&[
            ("lib.rs", "mod a;\npub struct Root;\npub use a::child::Child;\n"),
            (
                "a/mod.rs",
                "mod child;\nuse self::child::Child;\nstruct A(crate::Root);\n",
            ),
            (
                "a/child.rs",
                "use super::A;\nuse crate::Root;\npub struct Child;\n",
            ),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn tests_and_downward_uses_close_no_circle() {
        let found = found(&[
            ("lib.rs", "mod a;\nmod b;\n#[cfg(test)]\nmod test_data;\n"),
            (
                "a.rs",
                "use crate::b::B;\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n",
            ),
            (
                "b.rs",
                "#[cfg(test)]\nuse crate::a::A;\n#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n",
            ),
        ]);
        assert_eq!(found, [""; 0]);
    }
}
