//! A production instance is only changed after a confirmation.

use std::io::{self, BufRead, IsTerminal as _, Write};

use clap::Args;

use crate::admin::Failure;

/// The option of every command that changes or creates something. What only reads has none.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Yes {
    /// Do not ask before a production instance (`sk_live_…`) is changed
    #[arg(long)]
    pub(super) yes: bool,
}

/// Whether a change needs a confirmation first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// A development instance, or `--yes`.
    Given,
    /// A production instance: a person must confirm.
    Needed,
}

impl Consent {
    pub(super) fn new(is_production: bool, yes: bool) -> Self {
        if is_production && !yes {
            Self::Needed
        } else {
            Self::Given
        }
    }

    /// Asks for a confirmation where one is needed. `what` completes "repeat it with --yes to …".
    ///
    /// # Errors
    /// If the answer is not yes, or there is no terminal to ask at.
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
            Err("nothing was changed: the answer was not yes".into())
        }
    }
}

/// Asks, and returns whether the answer is `y` or `yes`.
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
    fn consent_is_needed_for_production_without_the_yes_flag() {
        assert_eq!(Consent::new(true, false), Consent::Needed);
        assert_eq!(Consent::new(true, true), Consent::Given);
        assert_eq!(Consent::new(false, false), Consent::Given);
        assert!(Consent::Given.obtain("ban the user").is_ok());
    }

    #[test]
    fn only_y_and_yes_are_a_consent() {
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
