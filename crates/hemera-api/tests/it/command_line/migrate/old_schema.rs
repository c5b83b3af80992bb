//! A server on a schema that is too old for it.

use super::super::one_error;
use super::{OF_AN_OLD_RELEASE, borrowed, run, setup};
use crate::support::{TestDatabase, known_versions};

#[tokio::test]
async fn a_schema_that_is_too_old_is_refused_with_both_versions_and_the_command() {
    let versions = known_versions().await;
    let needed = versions.last().unwrap();
    for (database, found, missing) in [
        (
            TestDatabase::create_empty().await,
            "none".to_owned(),
            versions.len(),
        ),
        (
            TestDatabase::create_migrated_to(OF_AN_OLD_RELEASE).await,
            OF_AN_OLD_RELEASE.to_string(),
            versions.len() - 7,
        ),
    ] {
        let (_clerk, settings) = setup(&database, &[]).await;
        let (code, _, err) = run(&["serve"], &borrowed(&settings)).await;
        assert_eq!(code, 1);
        let error = one_error("serve", &err);
        let expected = format!(
            "is too old: its newest migration is {found}, this server needs {needed}, and it lacks {missing} of {} migrations: \
             run `hemera-api migrate --roles` first",
            versions.len()
        );
        assert!(error.contains(&expected), "{error}");
    }
}
