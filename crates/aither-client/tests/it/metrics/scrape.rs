//! Figures as one scrape shows them.

use std::collections::{BTreeMap, BTreeSet};

/// A text in the format of `OpenMetrics`.
#[derive(Clone, Debug)]
pub(super) struct Scrape(pub(super) String);

impl Scrape {
    /// The value of one series, written as `name{label="value"}`, rounded down; 0 if it is not there.
    pub(super) fn value(&self, series: &str) -> u64 {
        let mut samples = self.samples();
        samples
            .find(|(sample, _)| *sample == series)
            .and_then(|(_, value)| value.split('.').next()?.parse().ok())
            .unwrap_or_default()
    }

    /// Every series of a name with its value.
    pub(super) fn all(&self, name: &str) -> BTreeMap<&str, &str> {
        let of_name = |(series, _): &(&str, &str)| series.split('{').next() == Some(name);
        self.samples().filter(of_name).collect()
    }

    /// Every family as Prometheus calls it, with its type and its labels. Each has a help.
    pub(super) fn families(&self) -> BTreeMap<String, (String, BTreeSet<String>)> {
        let types = self.0.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let families = types.map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            assert!(self.0.contains(&format!("# HELP {name} ")), "{name} has no help");
            let (called, counted) = match kind {
                "counter" => (format!("{name}_total"), format!("{name}_total")),
                "info" => (format!("{name}_info"), format!("{name}_info")),
                "histogram" => (name.to_owned(), format!("{name}_count")),
                _ => (name.to_owned(), name.to_owned()),
            };
            let labels = self.all(&counted).into_keys().flat_map(labels_of).collect();
            (called, (kind.to_owned(), labels))
        });
        families.collect()
    }

    fn samples(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        let without_exemplar = |line| match str::split_once(line, " # ") {
            Some((sample, _)) => sample,
            None => line,
        };
        lines.map(move |line| without_exemplar(line).rsplit_once(' ').unwrap())
    }
}

/// The names of a series' labels. No value has a comma or a brace in it.
fn labels_of(series: &str) -> Vec<String> {
    let Some((_, labels)) = series.trim_end_matches('}').split_once('{') else {
        return Vec::new();
    };
    let names = labels.split(',').filter_map(|label| label.split('=').next());
    names.map(str::to_owned).collect()
}
