//! The two text formats that Prometheus and its like read.

use http::HeaderMap;
use http::header::{ACCEPT, HeaderValue};

const OPEN_METRICS: &str = "application/openmetrics-text";

/// A format of the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `OpenMetrics` 1.0.
    OpenMetrics,
    /// Prometheus's text format 0.0.4, which every tool reads.
    PlainText,
}

impl Format {
    /// `OpenMetrics` for a reader that names it and prefers nothing else, the plain text for everyone else.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter();
        let ranges = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','));
        let (mut open, mut plain) = (0.0_f32, 0.0_f32);
        for range in ranges {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
            match name.as_str() {
                OPEN_METRICS => open = open.max(weight),
                "text/plain" | "text/*" => plain = plain.max(weight),
                _ => {}
            }
        }
        if open > 0.0 && open >= plain {
            Self::OpenMetrics
        } else {
            Self::PlainText
        }
    }

    /// The format's name, for `Content-Type`.
    pub(crate) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::PlainText => "text/plain; version=0.0.4; charset=utf-8",
        })
    }
}

/// A text in `OpenMetrics` as Prometheus's plain text: a family is called as its samples are, an info is a gauge, and there
/// are no units, no exemplars and no end.
pub(super) fn plain_text(open_metrics: &str) -> String {
    let mut plain = String::with_capacity(open_metrics.len());
    let mut help = None;
    for line in open_metrics.lines() {
        if let Some(text) = line.strip_prefix("# HELP ") {
            // Its family's name depends on the type, which comes in the next line.
            help = text.split_once(' ');
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|text| text.split_once(' '))
        {
            let (suffix, kind) = match kind {
                "counter" => ("_total", kind),
                "info" => ("_info", "gauge"),
                _ => ("", kind),
            };
            if let Some((_, help)) = help.take() {
                plain.extend(["# HELP ", name, suffix, " ", help, "\n"]);
            }
            plain.extend(["# TYPE ", name, suffix, " ", kind, "\n"]);
        } else if !line.starts_with('#') {
            // Quotation marks within a label are escaped, so no label looks like the beginning of an exemplar.
            let sample = line.split(" # {trace_id=\"").next().unwrap_or(line);
            plain.extend([sample, "\n"]);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_metrics_is_for_readers_that_prefer_it() {
        let prometheus =
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";
        for (accept, format) in [
            ("", Format::PlainText),
            ("*/*", Format::PlainText),
            ("text/plain", Format::PlainText),
            (prometheus, Format::OpenMetrics),
            ("application/openmetrics-text", Format::OpenMetrics),
            ("application/openmetrics-text;q=0", Format::PlainText),
            (
                "text/plain;q=0.9, Application/OpenMetrics-Text;q=0.5",
                Format::PlainText,
            ),
            ("application/openmetrics-text;q=much", Format::PlainText),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Format::accepted(&headers), format, "{accept:?}");
        }
        assert_eq!(Format::accepted(&HeaderMap::new()), Format::PlainText);
    }

    #[test]
    fn families_of_the_plain_text_are_called_as_their_samples() {
        let open_metrics = "# HELP a Counted.\n# TYPE a counter\na_total{x=\"1\"} 2\n\
                            # HELP b That runs.\n# TYPE b info\nb_info{v=\"3\"} 1\n\
                            # HELP c_seconds Old.\n# TYPE c_seconds gauge\n# UNIT c_seconds seconds\nc_seconds 4.5\n\
                            # HELP d Long.\n# TYPE d histogram\nd_bucket{le=\"1\"} 2 # {trace_id=\"4b\"} 0.5 7.0\n# EOF\n";
        let plain = "# HELP a_total Counted.\n# TYPE a_total counter\na_total{x=\"1\"} 2\n\
                     # HELP b_info That runs.\n# TYPE b_info gauge\nb_info{v=\"3\"} 1\n\
                     # HELP c_seconds Old.\n# TYPE c_seconds gauge\nc_seconds 4.5\n\
                     # HELP d Long.\n# TYPE d histogram\nd_bucket{le=\"1\"} 2\n";
        assert_eq!(plain_text(open_metrics), plain);
    }
}
