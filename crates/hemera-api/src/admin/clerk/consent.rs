//! Nobody changes a production instance by mistake.

use std::io::{self, BufRead, IsTerminal as _, Write};

use crate::admin::Failure;

/// Whether a change may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// A development instance, or `--yes`.
    Given,
    /// A production instance: a person must say so.
    Asked,
}

impl Consent {
    pub(super) fn new(is_production: bool, yes: bool) -> Self {
        if is_production && !yes {
            Self::Asked
        } else {
            Self::Given
        }
    }

    /// Asks where that is needed. `what` reads after "this will".
    ///
    /// # Errors
    /// Where the answer is no, or there is nobody to ask.
    pub(super) fn obtain(self, what: &str) -> Result<(), Failure> {
        if self == Self::Given {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            let reason = "this is a production instance (sk_live_…) and there is no terminal to ask at";
            return Err(format!("nothing was changed: {reason}; repeat it with --yes to {what}").into());
        }
        if agrees(what, &mut io::stdin().lock(), &mut io::stderr())? {
            Ok(())
        } else {
            Err("nothing was changed: you did not say yes".into())
        }
    }
}

/// Only a clear yes is one.
fn agrees(what: &str, answers: &mut dyn BufRead, screen: &mut dyn Write) -> io::Result<bool> {
    write!(screen, "This is a production instance: {what}? [y/N] ")?;
    screen.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_production_is_asked_about_and_only_without_yes() {
        assert_eq!(Consent::new(true, false), Consent::Asked);
        assert_eq!(Consent::new(true, true), Consent::Given);
        assert_eq!(Consent::new(false, false), Consent::Given);
        assert!(Consent::Given.obtain("ban the user").is_ok());
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        for (answer, expected) in [
            ("y\n", true),
            ("YES\n", true),
            ("\n", false),
            ("n\n", false),
            ("yeah\n", false),
            ("", false),
        ] {
            let mut screen = Vec::new();
            assert_eq!(
                agrees("ban the user", &mut answer.as_bytes(), &mut screen).unwrap(),
                expected,
                "{answer:?}"
            );
            let shown = String::from_utf8(screen).unwrap();
            assert_eq!(shown, "This is a production instance: ban the user? [y/N] ");
        }
    }
}
