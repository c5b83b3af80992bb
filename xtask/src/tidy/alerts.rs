//! The alerts: each says what an operator needs, is explained in the runbook, is listed, and has its tests; and nothing is
//! explained, listed or tested that is no alert.

use std::collections::BTreeMap;

use super::{Finding, TextFile};

const RULES: &str = "deploy/prometheus/rules";
const TESTS: &str = "deploy/prometheus/tests";
const RUNBOOK: &str = "docs/runbook.md";
const LIST: &str = "docs/monitoring.md";

const SEVERITIES: [&str; 3] = ["page", "warning", "ticket"];

/// What a test's name has to say of an alert, in one test or in several.
const CASES: [&str; 5] = ["fires", "silent", "resets", "zero traffic", "counter reset"];

/// The name of the test that scrapes nothing, before its colon.
const NOTHING: &str = "Nothing is scraped";

/// An alert of a rule file.
#[derive(Debug)]
struct Alert<'a> {
    file: &'a TextFile,
    line: usize,
    /// The lines of its rule: names and what follows the colon.
    says: BTreeMap<&'a str, &'a str>,
}

type Alerts<'a> = BTreeMap<&'a str, Alert<'a>>;

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut alerts = Alerts::new();
    for file in files.iter().filter(|file| file.path.starts_with(RULES)) {
        read(file, &mut alerts, &mut findings);
    }
    for (name, alert) in &alerts {
        findings.extend(complete(name, alert));
    }
    findings.extend(explained(files, &alerts));
    findings.extend(listed(files, &alerts));
    findings.extend(tested(files, &alerts));
    findings
}

fn read<'a>(file: &'a TextFile, alerts: &mut Alerts<'a>, findings: &mut Vec<Finding>) {
    let mut current = None;
    for (line, text) in file.lines() {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("- alert: ") {
            let alert = Alert {
                file,
                line,
                says: BTreeMap::new(),
            };
            if alerts.insert(name, alert).is_some() {
                findings
                    .push(file.finding(line, format!("a second alert {name}: give it a name of its own")));
            }
            current = Some(name);
        } else if text.starts_with("- ") {
            current = None;
        } else if let Some((key, value)) = text.split_once(": ")
            && let Some(alert) = current.and_then(|name| alerts.get_mut(name))
        {
            alert.says.entry(key).or_insert(value);
        }
    }
}

/// What the one who is called by an alert needs from it.
fn complete(name: &str, alert: &Alert<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut miss = |what: String| findings.push(alert.file.finding(alert.line, format!("{name} {what}")));
    if !alert
        .says
        .get("severity")
        .is_some_and(|is| SEVERITIES.contains(is))
    {
        miss(format!("has no `severity` of {}", SEVERITIES.join(", ")));
    }
    for annotation in ["summary", "description"] {
        if !alert.says.contains_key(annotation) {
            miss(format!("has no `{annotation}`"));
        }
    }
    let anchor = format!("#{}\"", name.to_lowercase());
    if !alert
        .says
        .get("runbook_url")
        .is_some_and(|url| url.ends_with(&anchor))
    {
        miss(format!("has no `runbook_url` that ends with {anchor}"));
    }
    findings
}

fn explained(files: &[TextFile], alerts: &Alerts<'_>) -> Vec<Finding> {
    let section = |text: &str| {
        text.strip_prefix("### ")
            .map(|name| (name.to_owned(), String::new()))
    };
    both_ways(files, RUNBOOK, alerts, section, |_, _| true)
}

fn listed(files: &[TextFile], alerts: &Alerts<'_>) -> Vec<Finding> {
    let row = |text: &str| {
        let (name, rest) = text.strip_prefix("| [")?.split_once("](runbook.md#")?;
        let severity = rest.split(" | ").nth(1)?;
        Some((name.to_owned(), severity.to_owned()))
    };
    let same = |alert: &Alert<'_>, severity: &str| alert.says.get("severity") == Some(&severity);
    both_ways(files, LIST, alerts, row, same)
}

/// Holds that a document has an entry for each alert, and none for what is no alert.
fn both_ways(
    files: &[TextFile],
    path: &str,
    alerts: &Alerts<'_>,
    entry: impl Fn(&str) -> Option<(String, String)>,
    agrees: impl Fn(&Alert<'_>, &str) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(document) = files.iter().find(|file| file.path == *path) else {
        let first = alerts.iter().next();
        return first
            .map(|(name, alert)| {
                alert
                    .file
                    .finding(alert.line, format!("there is no {path} with {name}"))
            })
            .into_iter()
            .collect();
    };
    let mut seen = Vec::new();
    for (line, text) in document.lines() {
        let Some((name, severity)) = entry(text) else {
            continue;
        };
        match alerts.get(name.as_str()) {
            None => findings.push(document.finding(line, format!("{name} is no alert in {RULES}"))),
            Some(alert) if !agrees(alert, &severity) => {
                findings.push(document.finding(line, format!("{name} has another severity in {RULES}")));
            }
            Some(_) => {}
        }
        seen.push(name);
    }
    for (name, alert) in alerts {
        if !seen.iter().any(|seen| seen == name) {
            findings.push(
                alert
                    .file
                    .finding(alert.line, format!("{path} has nothing about {name}")),
            );
        }
    }
    findings
}

fn tested(files: &[TextFile], alerts: &Alerts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut cases: BTreeMap<&str, String> = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.starts_with(TESTS)) {
        for (line, text) in file.lines() {
            let Some(name) = text.trim().strip_prefix("- name: ") else {
                continue;
            };
            let name = name.trim_matches('"');
            let (alert, said) = name.split_once(": ").unwrap_or((name, ""));
            if alerts.contains_key(alert) {
                let all = cases.entry(alert).or_default();
                all.push_str(said);
                all.push('\n');
            } else if alert != NOTHING {
                findings.push(file.finding(line, format!("{alert} is no alert in {RULES}")));
            }
        }
    }
    for (name, alert) in alerts {
        let said = cases.get(name).map(String::as_str).unwrap_or_default();
        for case in CASES.iter().filter(|case| !said.contains(**case)) {
            findings.push(alert.file.finding(
                alert.line,
                format!("no test in {TESTS} is named `{name}: … {case} …`"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "groups:\n  - name: a\n    rules:\n      - alert: Lost\n        expr: lost > 0\n        labels:\n          severity: page\n        annotations:\n          summary: It is lost\n          description: Find it\n          runbook_url: \"{{ x }}#lost\"\n";
    const TEST: &str = "  - name: \"Lost: fires, silent just below, resets\"\n  - name: \"Lost: zero traffic, counter reset\"\n  - name: \"Nothing is scraped: nothing fires\"\n";
    const ROW: &str = "| [Lost](runbook.md#lost) | page | one |\n";

    fn findings(rule: &str, test: &str, runbook: &str, list: &str) -> Vec<String> {
        let file = |path: &str, text: &str| TextFile {
            path: path.into(),
            text: text.to_owned(),
        };
        let files = [
            file("deploy/prometheus/rules/a.yml", rule),
            file("deploy/prometheus/tests/a.yml", test),
            file(RUNBOOK, runbook),
            file(LIST, list),
        ];
        check(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn alert_with_all_that_it_needs_is_no_finding() {
        assert_eq!(findings(RULE, TEST, "### Lost\n", ROW), Vec::<String>::new());
    }

    #[test]
    fn alert_without_section_row_or_test_is_found_and_the_reverse() {
        for (runbook, list, test, what) in [
            ("", ROW, TEST, "docs/runbook.md has nothing about Lost"),
            (
                "### Lost\n",
                "",
                TEST,
                "docs/monitoring.md has nothing about Lost",
            ),
            ("### Lost\n### Gone\n", ROW, TEST, "Gone is no alert"),
            (
                "### Lost\n",
                "| [Lost](runbook.md#lost) | ticket | one |\n",
                TEST,
                "Lost has another severity",
            ),
            (
                "### Lost\n",
                ROW,
                "  - name: \"Gone: fires\"\n",
                "Gone is no alert",
            ),
            (
                "### Lost\n",
                ROW,
                "  - name: \"Lost: fires, silent just below, resets, zero traffic\"\n",
                "`Lost: … counter reset …`",
            ),
        ] {
            let found = findings(RULE, test, runbook, list);
            assert!(
                found.iter().any(|found| found.contains(what)),
                "{what}: {found:?}"
            );
        }
    }

    #[test]
    fn alert_that_says_too_little_is_found() {
        for (line, what) in [
            ("          severity: page\n", "`severity`"),
            ("          summary: It is lost\n", "`summary`"),
            ("          description: Find it\n", "`description`"),
            ("          runbook_url: \"{{ x }}#lost\"\n", "`runbook_url`"),
        ] {
            let found = findings(&RULE.replace(line, ""), TEST, "### Lost\n", ROW);
            assert!(
                found.iter().any(|found| found.contains(what)),
                "{what}: {found:?}"
            );
        }
    }
}
