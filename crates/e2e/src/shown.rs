//! What a document shows of a walk, held against the walk itself.

use crate::failure::Failure;

/// Whether every step that the document shows was walked, in this order, and as many as it says. It may leave steps out.
pub(crate) fn shows(document: &str, walked: &[&str]) -> Result<(), Failure> {
    let shown: Vec<&str> = document.lines().filter_map(step).collect();
    if shown.is_empty() {
        return Err(Failure::new("a few steps, each behind ✓", "none"));
    }
    let mut rest = walked.iter();
    for title in shown {
        if !rest.any(|walked| *walked == title) {
            return Err(Failure::new(
                format!("a step that the walk has at this place, one of {walked:?}"),
                title,
            ));
        }
    }
    let sum = format!("{} passed, 0 failed", walked.len());
    if document.lines().any(|line| line == sum) {
        Ok(())
    } else {
        Err(Failure::new(sum, "another sum, or none"))
    }
}

/// The title of a step, without its sign in front and its time behind.
fn step(line: &str) -> Option<&str> {
    let line = line.trim_start().strip_prefix("✓ ")?.strip_suffix(" ms")?;
    Some(line.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALKED: [&str; 3] = ["Reads: 200", "Writes", "Stops"];

    #[test]
    fn steps_may_be_left_out() {
        for document in [
            "  ✓ Reads: 200      12 ms\n  …\n  ✓ Stops   1 ms\n\n3 passed, 0 failed\n",
            "  ✓ Reads: 200 7 ms\n  ✓ Writes 7 ms\n  ✓ Stops 1234 ms\n3 passed, 0 failed\n",
        ] {
            assert!(shows(document, &WALKED).is_ok(), "{document}");
        }
    }

    #[test]
    fn other_steps_another_order_and_another_sum_are_refused() {
        for document in [
            "",
            "3 passed, 0 failed\n",
            "  ✓ Reads 1 ms\n3 passed, 0 failed\n",
            "  ✓ Stops 1 ms\n  ✓ Reads: 200 1 ms\n3 passed, 0 failed\n",
            "  ✓ Stops 1 ms\n13 passed, 0 failed\n",
            "  ✓ Stops 1 ms\n",
        ] {
            assert!(shows(document, &WALKED).is_err(), "{document}");
        }
    }
}
