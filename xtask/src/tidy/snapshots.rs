//! Snapshots have names of their own. That each is used is seen when the tests run.

use super::{Finding, TextFile};

/// insta numbers a second assertion without a name: `order-2.snap` says nothing, and moves when a test grows.
pub(super) fn check(file: &TextFile) -> Option<Finding> {
    let stem = file.name().strip_suffix(".snap")?;
    let (_, number) = stem.rsplit_once('-')?;
    let counted = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    counted.then(|| file.finding(0, "a snapshot with a number for a name: name it in its assertion"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshot_with_a_number_for_a_name_is_found() {
        let finds = |name: &str| {
            check(&TextFile {
                path: format!("crates/a/tests/it/snapshots/{name}").into(),
                text: String::new(),
            })
            .is_some()
        };
        assert!(finds("it__courses__list-2.snap"));
        assert!(!finds("it__courses__list.snap"));
        assert!(!finds("it__courses__rfc-draft.snap"));
        assert!(!finds("page-2.md"));
    }
}
