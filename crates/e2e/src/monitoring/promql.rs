//! What a query in `PromQL` reads: its selectors with their labels, and the labels that it groups and joins by.
//!
//! No parser: a query is known to be sound because a Prometheus evaluates it. This only finds the names in it.

/// A selector: a metric, and what its labels have to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    pub(super) metric: String,
    pub(super) matchers: Vec<Matcher>,
}

/// What a label has to be, or must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matcher {
    pub(super) label: String,
    pub(super) value: String,
}

/// The names in a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) selectors: Vec<Selector>,
    /// Labels behind `by`, `on`, `without` and their like.
    pub(super) labels: Vec<String>,
}

/// Words behind which labels stand in parentheses.
const BEFORE_LABELS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
/// Words that stand between operands.
const OPERATORS: [&str; 7] = ["and", "or", "unless", "atan2", "bool", "offset", "inf"];

/// Reads the names in a query.
pub(super) fn names(query: &str) -> Names {
    let tokens = tokens(query);
    let mut names = Names::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let Token::Word(word) = token else { continue };
        let next = tokens.get(at);
        if BEFORE_LABELS.contains(&word.as_str()) {
            at = until(&tokens, at, ')', |label| names.labels.push(label.to_owned()));
        } else if is_function(next) || OPERATORS.contains(&word.as_str()) {
            // A function, or a word of the language.
        } else {
            let mut selector = Selector {
                metric: word.clone(),
                matchers: Vec::new(),
            };
            if next == Some(&Token::Sign('{')) {
                at = matchers(&tokens, at, &mut selector.matchers);
            }
            names.selectors.push(selector);
        }
    }
    names
}

/// Whether a word is a function or an aggregation, by what follows it.
fn is_function(next: Option<&Token>) -> bool {
    match next {
        Some(Token::Sign('(')) => true,
        Some(Token::Word(word)) => ["by", "without"].contains(&word.as_str()),
        _ => false,
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    /// A name or a word of the language.
    Word(String),
    /// A text, without its quotes.
    Text(String),
    Sign(char),
}

/// Numbers and durations are left out, and so are ranges: they hold no name.
fn tokens(query: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = query.chars().peekable();
    while let Some(first) = rest.next() {
        match first {
            '"' | '\'' => {
                let text = rest.by_ref().take_while(|end| *end != first).collect();
                tokens.push(Token::Text(text));
            }
            '[' => drop(rest.by_ref().take_while(|end| *end != ']').count()),
            _ if first.is_ascii_digit() => {
                while rest
                    .next_if(|next| next.is_ascii_alphanumeric() || *next == '.')
                    .is_some()
                {}
            }
            _ if first.is_ascii_alphabetic() || first == '_' => {
                let mut word = String::from(first);
                while let Some(next) =
                    rest.next_if(|next| next.is_ascii_alphanumeric() || "_:".contains(*next))
                {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
            _ if first.is_whitespace() => {}
            _ => tokens.push(Token::Sign(first)),
        }
    }
    tokens
}

/// Gives the words up to this sign, and the place behind it.
fn until(tokens: &[Token], from: usize, end: char, mut take: impl FnMut(&str)) -> usize {
    let mut at = from;
    if tokens.get(at) != Some(&Token::Sign('(')) {
        return at;
    }
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Word(word) => take(word),
            Token::Sign(sign) if *sign == end => break,
            _ => {}
        }
    }
    at
}

/// Reads what stands in braces, and gives the place behind them.
fn matchers(tokens: &[Token], from: usize, matchers: &mut Vec<Matcher>) -> usize {
    let mut label = None;
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            Token::Word(word) => label = Some(word.clone()),
            Token::Text(value) => {
                if let Some(label) = label.take() {
                    let value = value.clone();
                    matchers.push(Matcher { label, value });
                }
            }
            Token::Sign('}') => break,
            Token::Sign(_) => {}
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(metric: &str, matchers: &[(&str, &str)]) -> Selector {
        let matchers = matchers.iter().map(|(label, value)| Matcher {
            label: (*label).to_owned(),
            value: (*value).to_owned(),
        });
        Selector {
            metric: metric.to_owned(),
            matchers: matchers.collect(),
        }
    }

    #[test]
    fn selectors_and_labels_are_found_and_words_of_the_language_are_not() {
        let query = r#"
          sum by (reason, status) (increase(a_total{reason=~"x|y",b!="{"}[5m])) >= 10 < 1.5e3
          and on (instance) max by (instance) (b:c:rate5m offset 1h) > 4 * 86400 - time()
          unless (resets((c > 0)[15m:])) or vector(0)"#;
        let found = names(query);
        assert_eq!(
            found.selectors,
            [
                selector("a_total", &[("reason", "x|y"), ("b", "{")]),
                selector("b:c:rate5m", &[]),
                selector("c", &[]),
            ]
        );
        assert_eq!(found.labels, ["reason", "status", "instance", "instance"]);
    }

    #[test]
    fn grouping_behind_an_aggregation_is_found_too() {
        let found = names("histogram_quantile(0.99, sum(rate(a_bucket[1m])) by (le)) / on() group_left b");
        assert_eq!(found.labels, ["le"]);
        assert_eq!(found.selectors, [selector("a_bucket", &[]), selector("b", &[])]);
    }
}
