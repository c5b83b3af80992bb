//! The names of the server's settings in the documents.

use std::collections::BTreeSet;

/// Settings of which there may be several: the part in the middle is a name that an operator chooses.
const NAMED: [&str; 2] = ["HEMERA_SERVICE_KEYS__", "HEMERA_MACHINES__"];

/// The names of settings in a text, each once: those with a section, such as `HEMERA_HTTP__LISTEN`. One that goes on with `…` names no
/// single setting.
pub(crate) fn setting_names(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(|c| !is_part(c))
        .filter(|word| word.starts_with("HEMERA_") && word.contains("__") && !word.ends_with('_'))
        .collect()
}

/// Whether the server has this setting, which may also be given as a file.
pub(crate) fn is_known(name: &str, known: &BTreeSet<&str>) -> bool {
    let plain = name.strip_suffix("_FILE").unwrap_or(name);
    known.contains(name) || known.contains(plain) || is_like_a_named_one(name, known)
}

fn is_like_a_named_one(name: &str, known: &BTreeSet<&str>) -> bool {
    let last = name.rsplit("__").next();
    NAMED.iter().any(|prefix| {
        let mut alike = known.iter().filter(|other| other.starts_with(prefix));
        name.starts_with(prefix) && alike.any(|other| other.rsplit("__").next() == last)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_settings_are_known() {
        let known = setting_names("HEMERA_HTTP__LISTEN HEMERA_SERVICE_KEYS__ROLLBACK__SHA256 HEMERA_API_KEY");
        assert_eq!(known.len(), 2);
        for (text, is_one) in [
            ("`HEMERA_HTTP__LISTEN=127.0.0.1:8080`", true),
            ("HEMERA_HTTP__LISTEN_FILE", true),
            ("HEMERA_SERVICE_KEYS__NIGHTLY__SHA256", true),
            ("HEMERA_SERVICE_KEYS__NIGHTLY__SHA", false),
            ("HEMERA_HTTP__LISTENS", false),
        ] {
            let names = setting_names(text);
            assert_eq!(names.len(), 1, "{text}");
            assert!(
                names.iter().all(|name| is_known(name, &known) == is_one),
                "{text}"
            );
        }
        assert!(setting_names("`HEMERA_LIMITS__…`, `HEMERA_API_BASE_URL`").is_empty());
    }
}
