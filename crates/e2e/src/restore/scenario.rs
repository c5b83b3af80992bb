//! A base backup, writes, a mistake, and the way back to the moment before it.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use freshness::{Clock as _, Moment, SystemClock};
use tokio::process::Command;

use super::archive::Archive;
use super::lost::Lost;
use super::{query, tamper};
use crate::auditor::{Auditor, LogKey};
use crate::chaos::front::Answer;
use crate::chaos::load::{Kind, Load, Results};
use crate::chaos::postgres::Postgres;
use crate::chaos::query as stored;
use crate::chaos::served::{Binaries, Served};
use crate::database::Database;
use crate::kept::{Protocol, seconds};

/// How long anything may take that has no bound of its own.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many calls are made before the target, and after it.
const CALLS: usize = 120;

const LOAD: Kind = Kind {
    callers: 4,
    pause: Duration::from_millis(10),
    writes: true,
};

/// A PostgreSQL that is archived, with servers over it.
struct Scene<'b> {
    binaries: &'b Binaries,
    key: LogKey,
    archive: Archive,
    database: Database,
    served: Served,
    postgres: Postgres,
}

/// The moment to restore to, and what callers had got by then and got later.
struct Target {
    /// As PostgreSQL writes it.
    time: String,
    moment: Moment,
    /// Acknowledged before it, and after it.
    before: Results,
    after: Results,
    /// Answers before it, and after it.
    earlier: Vec<Answer>,
    later: Vec<Answer>,
    /// Checkpoints that were kept outside before it, and after it.
    checkpoint: String,
    newer: String,
}

/// Runs all of it.
pub(super) async fn run(binaries: &Binaries, bin: &Path, protocol: &mut Protocol) -> anyhow::Result<()> {
    protocol.step("PostgreSQL with an archive, Clerk, a server");
    let archive = Archive::new()?;
    let postgres = Postgres::start_with(bin, None, archive.settings()?).await?;
    archive.hand_to(&postgres)?;
    let key = LogKey::make(&binaries.hemera_api).await?;
    let database = Database::create(&postgres.url()?, &binaries.hemera_api).await?;
    let served = Served::start(binaries, &database, database.url(), 1, key.settings()).await?;
    let mut scene = Scene {
        binaries,
        key,
        archive,
        database,
        served,
        postgres,
    };
    let target = write(&mut scene, protocol).await?;
    let mut scene = restore(scene, &target, protocol).await?;
    go_on(&mut scene, &target, protocol).await?;
    check(&mut scene, &target, protocol).await?;
    scene.database.pool().close().await;
    scene.postgres.finish().await
}

/// Backs up, writes, notes the target, writes on, and makes the mistake.
async fn write(scene: &mut Scene<'_>, protocol: &mut Protocol) -> anyhow::Result<Target> {
    protocol.step("a base backup, under load");
    let (_, first) = load(scene, Some((protocol, "base backup"))).await?;
    protocol.step("writes before the target");
    let (_, second) = load(scene, None).await?;
    until_in_log(scene).await?;
    let checkpoint = scene.key.keep_checkpoint("before-the-target")?;
    let time = query::now(scene.database.pool()).await?;
    let moment = SystemClock.now();
    let earlier = scene.served.front.answers();
    protocol.step("writes after the target, and the mistake");
    let (_, after) = load(scene, None).await?;
    until_in_log(scene).await?;
    let newer = scene.key.keep_checkpoint("after-the-target")?;
    let later = scene.served.front.answers().split_off(earlier.len());
    let emptied = query::empty_all_results(scene.database.pool()).await?;
    protocol.figure("results that the mistake emptied", emptied);
    let mut before = first;
    before.extend(second);
    Ok(Target {
        time,
        moment,
        before,
        after,
        earlier,
        later,
        checkpoint,
        newer,
    })
}

/// Callers read and write for a while; a base backup is made meanwhile if that is asked for.
async fn load(scene: &Scene<'_>, back_up: Option<(&mut Protocol, &str)>) -> anyhow::Result<(usize, Results)> {
    let client = scene.served.client()?;
    let load = Load::start(&client, &scene.served.participations, LOAD);
    if let Some((protocol, name)) = back_up {
        let began = SystemClock.now();
        scene.postgres.back_up(&scene.archive.backup()).await?;
        protocol.figure(name, seconds(SystemClock.now().since(began)));
    }
    let began = SystemClock.now();
    while load.calls() < CALLS {
        let waited = SystemClock.now().since(began);
        anyhow::ensure!(waited < PATIENCE, "calls of aither-client end no more");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (tally, results) = load.stop().await?;
    anyhow::ensure!(tally.failures() == 0, "calls fail: {}", tally.sentence());
    Ok((tally.calls(), results))
}

/// Waits until every record is a leaf, and the newest checkpoint is outside.
async fn until_in_log(scene: &Scene<'_>) -> anyhow::Result<()> {
    let began = SystemClock.now();
    // A checkpoint leaves each second: the second look finds one that has all of it.
    for _ in 0..2 {
        while stored::waiting_for_the_log(scene.database.pool()).await? > 0 {
            let waited = SystemClock.now().since(began);
            anyhow::ensure!(waited < PATIENCE, "audit records wait for the log");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    Ok(())
}

/// Ends the servers, restores the database in its place, and says how long that took.
async fn restore<'b>(
    mut scene: Scene<'b>,
    target: &Target,
    protocol: &mut Protocol,
) -> anyhow::Result<Scene<'b>> {
    protocol.step("the servers end, and the rest of the log is archived");
    for server in std::mem::take(&mut scene.served.servers) {
        server.child.stop().await?;
    }
    query::archive_all(scene.database.pool()).await?;
    protocol.step("the base backup is recovered up to the target");
    let began = SystemClock.now();
    let recovery = scene.archive.recovery(&target.time)?;
    scene.postgres = scene.postgres.restored(&scene.archive.backup(), recovery).await?;
    query::until_recovered(scene.database.pool()).await?;
    protocol.figure(
        "recovery, until the database takes writes",
        seconds(SystemClock.now().since(began)),
    );
    let lost = Lost::since(scene.database.pool(), &target.earlier, &target.before).await?;
    protocol.hold(
        "what was acknowledged before the target is there",
        "0 lost",
        format!(
            "{} answers: {} records and {} results lost",
            target.earlier.len(),
            lost.records(),
            lost.results()
        ),
        lost.records() == 0 && lost.results() == 0,
    );
    let lost = Lost::since(scene.database.pool(), &target.later, &target.after).await?;
    protocol.hold(
        "what was acknowledged after it is not, and is named",
        "all of it",
        format!(
            "{} records of {} answers, {} results",
            lost.records(),
            target.later.len(),
            lost.results()
        ),
        lost.records() == target.later.len() && lost.results() == target.after.len(),
    );
    protocol.lost(
        &lost.lines(target.moment.monotonic, true),
        &lost.lines(target.moment.monotonic, false),
    );
    Ok(scene)
}

/// A server refuses to go on in the old epoch; a new one is begun, and callers are served again.
async fn go_on(scene: &mut Scene<'_>, target: &Target, protocol: &mut Protocol) -> anyhow::Result<()> {
    protocol.step("a server at the restored database, before and after the new epoch");
    let began = SystemClock.now();
    let server = scene.served.new_server().await?;
    let log = server.child.lines().clone();
    scene.served.servers.push(server);
    scene.served.lead_to_servers();
    let (calls, _) = load(scene, None).await?;
    while log.matching(|line| line.contains("records were lost")).is_empty() {
        let waited = SystemClock.now().since(began);
        anyhow::ensure!(
            waited < PATIENCE,
            "the server does not see that records were lost"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let waiting = stored::waiting_for_the_log(scene.database.pool()).await?;
    protocol.hold(
        "a server does not go on in the old epoch: another record would take the place of a lost one",
        "no leaf, level ERROR",
        format!("{calls} calls answered, {waiting} records wait"),
        waiting > 0,
    );
    let (code, said) = drill(scene, target).await?;
    protocol.hold(
        "`hemera-api drill restore` begins a new epoch and keeps its promises",
        "exit code 0",
        format!("exit code {code}"),
        code == 0,
    );
    protocol.text(
        "hemera-api drill restore",
        said.lines().map(str::to_owned).collect(),
    );
    let (code, said) = drill(scene, target).await?;
    protocol.hold(
        "where no leaf of the newest epoch is lost, it changes nothing",
        "exit code 3",
        format!("exit code {code}"),
        code == 3 && said.contains("nothing was changed"),
    );
    let (calls, _) = load(scene, None).await?;
    protocol.figure("calls answered in the new epoch", calls);
    until_in_log(scene).await
}

/// Runs `hemera-api drill restore` with the owner's login and an auditor's. Gives its exit code, and what it printed.
async fn drill(scene: &Scene<'_>, target: &Target) -> anyhow::Result<(i32, String)> {
    let mut owner = scene.postgres.url()?;
    owner.set_path(scene.database.url().path());
    let server = format!("http://{}", scene.served.front.address());
    let reason = format!("restored to {}", target.time);
    let ended = Command::new(&scene.binaries.hemera_api)
        .args(["drill", "restore", "--server", &server, "--reason", &reason])
        .args(["--key", scene.key.verifier()])
        .args(["--checkpoint", &target.checkpoint, "--checkpoint", &target.newer])
        .env_clear()
        .envs(scene.key.settings())
        .env("HEMERA_DATABASE__ADMIN_URL", owner.as_str())
        .env("DATABASE_URL", scene.database.auditor_url().as_str())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(PATIENCE, ended)
        .await
        .context("drill restore does not end")??;
    let said = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
    let code = ended
        .status
        .code()
        .context("drill restore was ended by a signal")?;
    Ok((code, said))
}

/// What an auditor finds: with the checkpoint from before the target, with the one from after it, and in a changed database.
async fn check(scene: &mut Scene<'_>, target: &Target, protocol: &mut Protocol) -> anyhow::Result<()> {
    protocol.step("the server ends, and an auditor checks both epochs");
    for server in std::mem::take(&mut scene.served.servers) {
        server.child.stop().await?;
    }
    let newest = scene.key.keep_checkpoint("of-the-new-epoch")?;
    let auditor = Auditor {
        hemera_api: &scene.binaries.hemera_api,
        url: scene.database.auditor_url(),
        key: &scene.key,
    };
    let before = [target.checkpoint.as_str(), newest.as_str()];
    let verified = auditor.verify_against(&before).await?;
    protocol.hold(
        "an auditor's check of both epochs agrees, with the checkpoint from before the target",
        "2 epochs, no finding",
        verified.sentence(),
        verified.is_whole() && verified.epochs.len() == 2,
    );
    let verified = auditor.verify_against(&[&target.newer, &newest]).await?;
    protocol.hold(
        "with a checkpoint from after it, the check names the lost leaves",
        "cut_tail in epoch 1",
        verified.kinds().join(", "),
        verified.kinds() == ["cut_tail"],
    );
    protocol.text("for the auditor", verified.texts());
    let verified = tamper::with_one_changed_record(scene.database.pool(), &auditor, &before).await?;
    protocol.hold(
        "one record of the restored database is changed: the check refuses it",
        "changed",
        verified.kinds().join(", "),
        !verified.ok && verified.kinds() == ["changed"],
    );
    let verified = auditor.verify_against(&before).await?;
    protocol.hold(
        "once that is taken back, it agrees again",
        "no finding",
        verified.sentence(),
        verified.is_whole(),
    );
    Ok(())
}
