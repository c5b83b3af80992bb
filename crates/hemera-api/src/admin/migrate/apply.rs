//! Applies the migrations.

use freshness::Clock;
use sqlx::migrate::{Migrate as _, MigrateError, Migration};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::audit;
use crate::config::DatabaseUrl;
use crate::database::{
    DatabaseError, MIGRATOR, MigrationLimits, applied_migrations, check_own_session, check_server, connect,
    known_migrations,
};

/// What a run of the migrations did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MigrationReport {
    /// How many migrations were applied now.
    pub applied: usize,
    /// How many migrations there are.
    pub known: usize,
    /// How many partitions of the audit log were made now, by the migrations or after them.
    pub partitions_made: u32,
    /// How many partitions of the audit log there are: one a month.
    pub partitions: u32,
}

/// Applies the missing migrations, within the usual limits.
///
/// # Errors
/// As [`migrate_within`].
pub async fn migrate(url: &DatabaseUrl, clock: &dyn Clock) -> Result<MigrationReport, DatabaseError> {
    migrate_within(url, clock, MigrationLimits::default(), |_| {}).await
}

/// Applies the missing migrations, and calls `applied` after each. Runs at the same time wait for each other.
///
/// # Errors
/// [`DatabaseError`], each in one line. A failed migration leaves nothing behind.
pub async fn migrate_within(
    url: &DatabaseUrl,
    clock: &dyn Clock,
    limits: MigrationLimits,
    applied: impl FnMut(&Migration),
) -> Result<MigrationReport, DatabaseError> {
    check_own_session(url).await?;
    // What is slow here is a migration, and its end is said.
    let options = url
        .options()
        .application_name("hemera-api migrate")
        .disable_statement_logging();
    let mut connection = connect(url, &options).await?;
    let mut run = Run {
        connection: &mut connection,
        url,
        limits,
    };
    let report = run.carry_out(clock, applied).await;
    // Only a courtesy: the server ends the session anyway, and with it the turn.
    let _ = connection.close().await;
    report
}

/// A run, on a connection of its own.
struct Run<'r> {
    connection: &'r mut PgConnection,
    url: &'r DatabaseUrl,
    limits: MigrationLimits,
}

impl Run<'_> {
    async fn carry_out(
        &mut self,
        clock: &dyn Clock,
        mut applied: impl FnMut(&Migration),
    ) -> Result<MigrationReport, DatabaseError> {
        check_server(self.connection, self.url).await?;
        self.limits
            .set(self.connection)
            .await
            .map_err(|error| DatabaseError::checking(self.url, &error))?;
        self.take_turn().await?;
        let partitions_before = self.count_partitions().await?;
        let there: Vec<i64> = applied_migrations(self.connection)
            .await
            .map_err(|error| DatabaseError::changing(self.url, &error))?
            .into_iter()
            .map(|migration| migration.version)
            .collect();
        let mut count = 0;
        for migration in known_migrations().filter(|known| !there.contains(&known.version)) {
            self.apply_up_to(migration.version).await?;
            applied(migration);
            count += 1;
        }
        // Where nothing is missing, what was applied before is compared all the same.
        self.apply_up_to(i64::MAX).await?;
        self.make_partitions(clock).await?;
        let partitions = self.count_partitions().await?;
        Ok(MigrationReport {
            applied: count,
            known: there.len() + count,
            partitions_made: partitions.saturating_sub(partitions_before),
            partitions,
        })
    }

    /// Waits until no other run is active in this database. The turn ends with the connection.
    async fn take_turn(&mut self) -> Result<(), DatabaseError> {
        let mut attempts = self.limits.attempts("another run of migrate is active");
        loop {
            let locked = self.connection.lock().await;
            if !attempts.allow_another(locked.as_ref().err().and_then(sql_error)) {
                return locked.map_err(|error| match DatabaseError::migrating(self.url, &error) {
                    DatabaseError::Locked { address, .. } => DatabaseError::AlreadyMigrating { address },
                    error => error,
                });
            }
            attempts.pause().await;
        }
    }

    /// Applies what is missing up to this version: one migration, as the run takes them one by one.
    async fn apply_up_to(&mut self, version: i64) -> Result<(), DatabaseError> {
        let step = format!("migration {version}");
        let mut attempts = self.limits.attempts(&step);
        loop {
            let applied = MIGRATOR.run_to(version, &mut *self.connection).await;
            if !attempts.allow_another(applied.as_ref().err().and_then(sql_error)) {
                return applied.map_err(|error| DatabaseError::migrating(self.url, &error));
            }
            attempts.pause().await;
        }
    }

    async fn make_partitions(&mut self, clock: &dyn Clock) -> Result<(), DatabaseError> {
        let mut attempts = self.limits.attempts("the partitions of the audit log");
        loop {
            let made = audit::make_partitions(self.connection, clock.now().wall).await;
            if !attempts.allow_another(made.as_ref().err()) {
                return made
                    .map(drop)
                    .map_err(|error| DatabaseError::changing(self.url, &error));
            }
            attempts.pause().await;
        }
    }

    async fn count_partitions(&mut self) -> Result<u32, DatabaseError> {
        audit::count_partitions(self.connection)
            .await
            .map_err(|error| DatabaseError::changing(self.url, &error))
    }
}

/// The database's error in an error of the migrations.
fn sql_error(error: &MigrateError) -> Option<&sqlx::Error> {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Some(error),
        _ => None,
    }
}
