//! One promise, its bound and what was measured.

use std::fmt::Write as _;
use std::time::Duration;

use humantime::format_duration;
use serde_json::{Value, json};

/// A promise that a drill has held against the instance.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    text: String,
    /// The setting that the bound comes from, as `docs/settings.md` spells it; a word where it is none of a setting.
    source: String,
    bound: Value,
    bound_text: String,
    measured: Value,
    measured_text: String,
    kept: bool,
}

impl Promise {
    /// It takes at most `bound`.
    pub(crate) fn at_most(
        text: impl Into<String>,
        source: &str,
        bound: Duration,
        measured: Option<Duration>,
    ) -> Self {
        let kept = measured.is_some_and(|measured| measured <= bound);
        Self::timed(text.into(), source, bound, "at most", measured, kept)
    }

    /// It lasts at least `bound`.
    pub(crate) fn at_least(
        text: impl Into<String>,
        source: &str,
        bound: Duration,
        measured: Option<Duration>,
    ) -> Self {
        let kept = measured.is_some_and(|measured| measured >= bound);
        Self::timed(text.into(), source, bound, "at least", measured, kept)
    }

    /// It is so, whenever one looks.
    pub(crate) fn holds(text: impl Into<String>, bound: &str, measured: String, kept: bool) -> Self {
        Self {
            text: text.into(),
            source: String::new(),
            bound: bound.into(),
            bound_text: bound.to_owned(),
            measured: measured.clone().into(),
            measured_text: measured,
            kept,
        }
    }

    fn timed(
        text: String,
        source: &str,
        bound: Duration,
        relation: &str,
        measured: Option<Duration>,
        kept: bool,
    ) -> Self {
        Self {
            text,
            source: source.to_owned(),
            bound: json!({ "relation": relation, "ms": millis(bound) }),
            bound_text: format!("{relation} {}", format_duration(bound)),
            measured: measured.map_or(Value::Null, |measured| json!({ "ms": millis(measured) })),
            measured_text: measured.map_or_else(|| "it did not happen".to_owned(), shown),
            kept,
        }
    }

    /// The same, in a part of the drill that is named in front of it.
    pub(super) fn of_part(mut self, part: &str) -> Self {
        self.text.insert_str(0, part);
        self
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept
    }

    /// The cells of its row: promise, bound, setting, measured, kept.
    pub(super) fn cells(&self) -> Vec<String> {
        let kept = if self.kept { "yes" } else { "NO" };
        let source = if self.source.is_empty() { "-" } else { &self.source };
        vec![
            self.text.clone(),
            self.bound_text.clone(),
            source.to_owned(),
            self.measured_text.clone(),
            kept.to_owned(),
        ]
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "promise": self.text, "bound": self.bound, "setting": self.source, "measured": self.measured,
            "kept": self.kept,
        })
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// A measured time, with as many digits as are of use.
pub(super) fn shown(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 => format!("{} ms", span.as_millis()),
        1..=59 => format!("{:.1} s", span.as_secs_f64()),
        _ => {
            let mut text = format!("{} min", seconds / 60);
            if !seconds.is_multiple_of(60) {
                // Writing to a text cannot fail.
                let _ = write!(text, " {} s", seconds % 60);
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_did_not_happen_keeps_no_bound() {
        assert!(!Promise::at_most("", "", SECOND, None).is_kept());
        assert!(!Promise::at_least("", "", SECOND, None).is_kept());
    }

    #[test]
    fn a_bound_includes_itself() {
        for (measured, at_most, at_least) in [(999, true, false), (1000, true, true), (1001, false, true)] {
            let measured = Some(Duration::from_millis(measured));
            assert_eq!(Promise::at_most("", "", SECOND, measured).is_kept(), at_most);
            assert_eq!(Promise::at_least("", "", SECOND, measured).is_kept(), at_least);
        }
    }

    #[test]
    fn times_are_shown_with_the_digits_that_matter() {
        let millis = |millis| shown(Duration::from_millis(millis));
        assert_eq!(millis(7), "7 ms");
        assert_eq!(millis(1_250), "1.2 s");
        assert_eq!(millis(60_000), "1 min");
        assert_eq!(millis(366_000), "6 min 6 s");
    }
}
