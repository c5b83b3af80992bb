//! A function fits a screen: at most 60 lines from its `fn` to its closing brace.
//!
//! What a function holds counts with it: closures, `async` blocks, blank lines, comments. clippy's rule of this kind
//! leaves out the last two, and takes `/*` in a text for the begin of a comment.

use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use super::Finding;
use super::sources::Source;

/// A function that is longer does more than one thing.
const LINES: usize = 60;

pub(super) fn check(source: &Source<'_>) -> Vec<Finding> {
    let mut long = Long::default();
    long.visit_file(&source.syntax);
    long.0
        .into_iter()
        .map(|(line, name, lines)| {
            source.file.finding(
                line,
                format!("`{name}` has {lines} lines, at most {LINES}: split it by what it does"),
            )
        })
        .collect()
}

/// Where each begins, its name, and its length.
#[derive(Default)]
struct Long(Vec<(usize, String, usize)>);

impl Long {
    fn measure(&mut self, signature: &Signature, body: &Block) {
        // From the signature: neither the documentation nor the attributes count.
        let begin = signature.fn_token.span.start().line;
        let lines = body.brace_token.span.close().end().line + 1 - begin;
        if lines > LINES {
            self.0.push((begin, signature.ident.to_string(), lines));
        }
    }
}

impl Visit<'_> for Long {
    fn visit_item_fn(&mut self, item: &ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &TraitItemFn) {
        if let Some(body) = &item.default {
            self.measure(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sources::Sources;
    use crate::tidy::trees::files;

    fn found(text: &str) -> Vec<String> {
        let files = files(&[("a.rs", text)]);
        let (sources, _) = Sources::parse(&files);
        let findings = sources.iter().flat_map(check);
        findings.map(|finding| finding.to_string()).collect()
    }

    /// A function of so many lines, with a comment, a blank line and a closure inside.
    fn function(head: &str, lines: usize) -> String {
        let rest = "    g();\n".repeat(lines - 7);
        format!(
            "/// About it.\n#[inline]\n{head} {{\n    // Why.\n\n    let f = || {{\n    }};\n    f();\n{rest}}}\n"
        )
    }

    #[test]
    fn function_of_61_lines_is_found_and_one_of_60_is_not() {
        for head in ["fn f()", "pub async fn f()", "#[tokio::test]\nasync fn f()"] {
            assert_eq!(found(&function(head, 60)), [""; 0], "{head}");
            let line = 2 + head.lines().count();
            assert_eq!(
                found(&function(head, 61)),
                [format!(
                    "a.rs:{line}: `f` has 61 lines, at most 60: split it by what it does"
                )]
            );
        }
    }

    #[test]
    fn methods_and_functions_of_tests_count() {
        for (before, after) in [
            ("impl A {\n", "}\n"),
            ("trait A {\n", "}\n"),
            ("#[cfg(test)]\nmod tests {\n", "}\n"),
            ("fn short() {\n", "}\n"),
        ] {
            let text = format!("{before}{}{after}", function("fn f()", 61));
            assert!(
                found(&text).iter().any(|finding| finding.contains("`f` has 61")),
                "{before}"
            );
        }
    }

    #[test]
    fn text_that_looks_like_a_comment_hides_no_lines() {
        let text = function("fn f()", 61).replace("f();", "f(\"/v1/**\");");
        assert_eq!(found(&text).len(), 1);
    }
}
