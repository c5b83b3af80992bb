//! The metrics as one scrape shows them.

use std::collections::{BTreeMap, BTreeSet};

use super::Answer;

/// One scrape.
#[derive(Clone, Debug)]
pub(crate) struct Scrape(pub(crate) Answer);

/// What a family of metrics is: its type and its labels.
pub(crate) type Kind = (String, BTreeSet<String>);

impl Scrape {
    pub(super) fn of(answer: Answer) -> Self {
        Self(answer)
    }

    /// The value of one series, written as `name{label="value"}` with the labels in the order in which they are
    /// exported; 0 where it is not there (yet).
    #[track_caller]
    pub(crate) fn value(&self, series: &str) -> u64 {
        let name = series.split('{').next().unwrap();
        let family = self.0.text.lines().any(|line| line.starts_with(name));
        assert!(family, "nothing is called {name} in {}", self.0.text);
        let mut samples = self.samples();
        samples
            .find(|(sample, _)| *sample == series)
            .map_or(0, |(_, value)| whole(value))
    }

    /// Every series of a name with its value.
    pub(crate) fn all(&self, name: &str) -> BTreeMap<String, u64> {
        let of_name = |(series, _): &(&str, &str)| series.split('{').next() == Some(name);
        self.samples()
            .filter(of_name)
            .map(|(series, value)| (series.to_owned(), whole(value)))
            .collect()
    }

    /// Every family as Prometheus calls it, with its type and its labels.
    pub(crate) fn families(&self) -> BTreeMap<String, Kind> {
        let mut families = BTreeMap::new();
        let lines = self.0.text.lines();
        for line in lines.filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (name, kind) = line.split_once(' ').unwrap();
            let help = format!("# HELP {name} ");
            assert!(self.0.text.contains(&help), "{name} has no help");
            let (called, counted) = match kind {
                "counter" => (format!("{name}_total"), format!("{name}_total")),
                "info" => (format!("{name}_info"), format!("{name}_info")),
                "histogram" => (name.to_owned(), format!("{name}_count")),
                _ => (name.to_owned(), name.to_owned()),
            };
            let series = self.samples().map(|(series, _)| series);
            let series = series.filter(|series| series.split('{').next() == Some(&counted));
            let labels = series.flat_map(labels_of).collect();
            families.insert(called, (kind.to_owned(), labels));
        }
        families
    }

    fn samples(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.text.lines().filter(|line| !line.starts_with('#'));
        let without_exemplar = |line| match str::split_once(line, " # {") {
            Some((sample, _)) => sample,
            None => line,
        };
        lines.map(move |line| without_exemplar(line).rsplit_once(' ').unwrap())
    }
}

/// A value. On a clock that only the test moves, times are whole seconds too.
fn whole(value: &str) -> u64 {
    value.strip_suffix(".0").unwrap_or(value).parse().unwrap()
}

/// The names of a series' labels. No value has a comma or a brace in it.
fn labels_of(series: &str) -> Vec<String> {
    let Some((_, labels)) = series.trim_end_matches('}').split_once('{') else {
        return Vec::new();
    };
    labels
        .split(',')
        .map(|label| label.split('=').next().unwrap().to_owned())
        .collect()
}
