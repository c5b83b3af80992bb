//! A migration that was committed is never changed: databases keep its checksum, and refuse another text.

use crate::support::migrator;

#[tokio::test]
async fn each_migration_has_the_checksum_that_is_committed_beside_it() {
    let committed = include_str!("../../../../../migrations/SHA384SUMS");
    let mut expected = String::new();
    for migration in migrator().await.iter() {
        let name = migration.description.replace(' ', "_");
        let checksum = hex::encode(&migration.checksum);
        expected = format!("{expected}{checksum}  {}_{name}.sql\n", migration.version);
    }
    assert_eq!(
        committed, expected,
        "a migration that is on main never changes: write another one. Its line in migrations/SHA384SUMS is made by \
         `cd migrations && sha384sum *.sql > SHA384SUMS`"
    );
}
