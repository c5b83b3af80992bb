//! Whether the names in a query exist: its metrics and labels in what was scraped, and the words that it compares with
//! there or in the documents.

use std::collections::BTreeSet;
use std::path::Path;

use super::prometheus::Series;
use super::promql::{Matcher, Selector, names};

/// What exists.
#[derive(Debug)]
pub(super) struct Known {
    series: Series,
    words: BTreeSet<String>,
}

impl Known {
    /// What Prometheus has seen, and the words of the documents about metrics and reasons.
    pub(super) fn new(series: Series) -> anyhow::Result<Self> {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let mut words = BTreeSet::new();
        for document in ["operations.md", "audit.md", "client-metrics.md", "reasons.md"] {
            let text = std::fs::read_to_string(docs.join(document))?;
            words.extend(text.split('`').skip(1).step_by(2).map(str::to_owned));
        }
        Ok(Self { series, words })
    }

    /// What does not exist of a query's names.
    pub(super) fn unknown(&self, query: &str) -> Vec<String> {
        let names = names(query);
        let mut unknown = Vec::new();
        for selector in &names.selectors {
            let Some(labels) = self.series.get(&selector.metric) else {
                unknown.push(format!("no program has the metric {}", selector.metric));
                continue;
            };
            for Matcher { label, value } in &selector.matchers {
                match labels.get(label) {
                    None => unknown.push(format!("{} has no label {label}", selector.metric)),
                    Some(values) => unknown.extend(
                        words(value)
                            .filter(|word| !values.contains(*word) && !self.words.contains(*word))
                            .map(|word| {
                                format!(
                                    "{}: {label} is never `{word}`, here or in the documents",
                                    selector.metric
                                )
                            }),
                    ),
                }
            }
        }
        for label in &names.labels {
            let has = |selector: &Selector| {
                self.series
                    .get(&selector.metric)
                    .is_some_and(|labels| labels.contains_key(label))
            };
            if !names.selectors.iter().any(has) {
                unknown.push(format!("no metric of the query has the label {label}"));
            }
        }
        unknown
    }
}

/// The words of an alternation; patterns are no words.
fn words(value: &str) -> impl Iterator<Item = &str> {
    value
        .split('|')
        .filter(|word| !word.is_empty() && !word.contains(['.', '*', '+', '[', '(']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let label = |name: &str, value: &str| (name.to_owned(), BTreeSet::from([value.to_owned()]));
        let labels = [label("reason", "expired"), label("instance", "a")];
        Known {
            series: Series::from([("a_total".to_owned(), labels.into_iter().collect())]),
            words: BTreeSet::from(["banned_user".to_owned()]),
        }
    }

    #[test]
    fn names_that_exist_are_no_finding() {
        let query = "sum by (reason) (rate(a_total{reason=~\"expired|banned_user\",instance=~\".*\"}[5m]))";
        assert_eq!(known().unknown(query), Vec::<String>::new());
    }

    #[test]
    fn metric_label_and_word_that_do_not_exist_are_found() {
        for (query, what) in [
            ("rate(b_total[5m])", "no program has the metric b_total"),
            ("a_total{rason=\"expired\"}", "a_total has no label rason"),
            ("a_total{reason=~\"expired|expred\"}", "`expred`"),
            (
                "sum by (operation) (a_total)",
                "no metric of the query has the label operation",
            ),
        ] {
            let unknown = known().unknown(query);
            assert!(
                unknown.iter().any(|unknown| unknown.contains(what)),
                "{query}: {unknown:?}"
            );
        }
    }
}
