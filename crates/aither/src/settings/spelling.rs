//! Names of variables that are misspelt names of settings.
//!
//! A misspelt setting would be left out in silence, such as a proxy. Names that resemble no setting are none of this
//! command's business: other programs have variables with the same beginnings.

use super::FILE;
use super::table::SETTINGS;
use crate::exit::Exit;
use crate::failure::Failure;

/// What the names of all settings begin with.
const BEGINNINGS: [&str; 3] = ["AITHER_", "CLERK_", "HEMERA_API_"];
/// How many letters are wrong, missing, too many or swapped at most.
const MAX_SLIPS: usize = 2;

/// Refuses the first name that is almost that of a setting.
pub(super) fn check<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
    for name in names {
        if let Some(meant) = meant(name) {
            return Err(
                Failure::new(Exit::Configuration, format!("{name} is not a setting"))
                    .with_advice(format!("write {meant}, or remove it")),
            );
        }
    }
    Ok(())
}

/// The setting whose name this almost is; `None` for the name of a setting, and for a name that resembles none.
fn meant(name: &str) -> Option<String> {
    if !BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) {
        return None;
    }
    let names = SETTINGS.iter().flat_map(|setting| {
        let of_file = setting.is_secret.then(|| format!("{}{FILE}", setting.name));
        [Some(setting.name.to_owned()), of_file].into_iter().flatten()
    });
    let slips = |known: String| (strsim::damerau_levenshtein(name, &known), known);
    let (slips, known) = names.map(slips).min()?;
    (1..=MAX_SLIPS).contains(&slips).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_is_almost_a_setting_is_refused() {
        for (name, expected) in [
            ("AITHER_PROXY_URI", Some("AITHER_PROXY_URL")),
            ("AITHER_AUHT", Some("AITHER_AUTH")),
            ("CLERK_SECRET_KEY_FIEL", Some("CLERK_SECRET_KEY_FILE")),
            ("HEMERA_API_BASEURL", Some("HEMERA_API_BASE_URL")),
            ("AITHER_PROXY_URL", None),
            ("AITHER_EXAMPLE_KEY", None),
            ("CLERK_WEBHOOK_SECRET", None),
            ("HEMERA_API_TIMEOUT", None),
            ("PROXY_URL", None),
        ] {
            assert_eq!(meant(name).as_deref(), expected, "{name}");
        }
    }

    /// The file has settings of the server, too.
    #[test]
    fn no_name_of_the_example_is_refused() {
        let example = include_str!("../../../../.env.example");
        let lines = example.lines().map(|line| line.trim_start_matches(['#', ' ']));
        let names: Vec<&str> = lines.filter_map(|line| Some(line.split_once('=')?.0)).collect();
        assert!(names.len() > 50, "{names:?}");
        assert!(check(names.into_iter()).is_ok());
    }
}
