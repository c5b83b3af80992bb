//! The primary is killed under load, comes back as a standby, and gets its place back by a planned switch-over.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use freshness::{Clock as _, Moment, SystemClock};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Command;
use url::Url;

use super::canary::{self, Canary, Single};
use super::cluster::{Cluster, Roles};
use super::query;
use super::tools::ClusterTools;
use crate::auditor::{Auditor, LogKey};
use crate::chaos::ledger;
use crate::chaos::load::{Kind, Load, Results, Tally};
use crate::chaos::served::Served;
use crate::database::Database;
use crate::kept::{Protocol, seconds};

/// What a fail-over may take beyond the time-outs of Patroni: promotion, and the checks of the proxy.
const BEYOND_TIMEOUTS: Duration = Duration::from_secs(5);
/// How long after the database takes writes again a request may still fail: the proxy looks every half second.
const AFTERWARDS: Duration = Duration::from_secs(3);
/// The longest pause of the client's circuit, in which calls may fail after the server is back.
const CIRCUIT: Duration = Duration::from_secs(30);
/// How long a killed primary may take to be a synchronous standby.
const REJOIN: Duration = Duration::from_mins(1);
/// How long the standby receives nothing before the primary is killed: what is written then must not be acknowledged.
const STANDBY_BEHIND: Duration = Duration::from_secs(1);
/// How long anything may take that has no bound of its own.
const PATIENCE: Duration = Duration::from_mins(2);

const LOAD: Kind = Kind {
    callers: 4,
    pause: Duration::from_millis(50),
    writes: true,
};
/// The participation that the single attempts write to, and no caller of the load does.
const CANARY: usize = 15;

/// A cluster with servers over it, under observation.
struct Scene<'t> {
    tools: &'t ClusterTools,
    key: LogKey,
    database: Database,
    served: Served,
    cluster: Cluster<'t>,
}

/// Runs all of it.
pub(super) async fn run(tools: &ClusterTools, protocol: &mut Protocol) -> anyhow::Result<()> {
    protocol.step("etcd, two members, the proxy");
    let cluster = Cluster::start(tools).await?;
    protocol.step("the database, Clerk, two servers");
    let key = LogKey::make(&tools.ours.hemera_api).await?;
    let database = Database::create(&cluster.url()?, &tools.ours.hemera_api).await?;
    let served = Served::start(&tools.ours, &database, database.url(), 2, key.settings()).await?;
    let mut scene = Scene {
        tools,
        key,
        database,
        served,
        cluster,
    };
    let first = fail_over(&mut scene, protocol).await?;
    let second = switch_over(&scene, protocol).await?;
    check(&scene, &[first, second], protocol).await?;
    finish(scene, protocol).await
}

/// Kills the primary under load, and starts it again.
async fn fail_over(scene: &mut Scene<'_>, protocol: &mut Protocol) -> anyhow::Result<Results> {
    let roles = scene.cluster.until_whole().await?;
    let client = scene.served.client()?;
    let load = Load::start(&client, &scene.served.participations[..CANARY], LOAD);
    let canary = Canary::start(&scene.served, CANARY).await?;
    until_calls(&load, 60).await?;
    scene.key.keep_checkpoint("before-the-fail-over")?;
    protocol.step("the standby falls behind, and the primary is killed");
    let killed = kill_primary(&mut scene.cluster, roles).await?;
    protocol.step("waiting for the new primary");
    let writable = until_writable(scene, killed).await?;
    let bound = scene.tools.time_to_live()? + BEYOND_TIMEOUTS;
    protocol.within("the database takes writes again", bound, writable.since(killed));

    protocol.step("the old primary comes back");
    scene.cluster.start_member(roles.primary)?;
    let began = SystemClock.now();
    let now = scene.cluster.until_whole().await?;
    protocol.within(
        "the old primary is a synchronous standby",
        REJOIN,
        SystemClock.now().since(began),
    );
    anyhow::ensure!(
        now.primary == roles.standby,
        "the old primary took its place back by itself"
    );
    protocol.figure(
        "commits of the old primary that were never acknowledged",
        if scene.cluster.members[roles.primary].was_rewound(&scene.cluster.workshop) {
            "taken out by pg_rewind"
        } else {
            "none"
        },
    );
    refuse_standby(scene, roles.primary, protocol).await?;
    until_served(&load).await?;
    let (tally, results) = load.stop().await?;
    judge(&tally, &canary.attempts(), killed, writable, protocol);
    Ok(results)
}

/// Stops what receives at the standby, lets callers go on for a while, and kills the primary. Says when.
async fn kill_primary(cluster: &mut Cluster<'_>, roles: Roles) -> anyhow::Result<Moment> {
    let standby = cluster.members[roles.standby].url("postgres")?;
    let receiver = Pid::from_raw(query::receiver(&standby).await?);
    kill(receiver, Signal::SIGSTOP).context("the standby's receiver cannot be stopped")?;
    tokio::time::sleep(STANDBY_BEHIND).await;
    let primary = &mut cluster.members[roles.primary];
    let backends = query::backends(&primary.url("postgres")?).await?;
    let killed = SystemClock.now();
    primary.kill(&backends).await?;
    // It ends without what still is in its socket: the standby has only what it acknowledged.
    kill(receiver, Signal::SIGTERM)?;
    kill(receiver, Signal::SIGCONT)?;
    Ok(killed)
}

/// Waits until a commit through the proxy succeeds.
async fn until_writable(scene: &Scene<'_>, since: Moment) -> anyhow::Result<Moment> {
    let url = scene.cluster.url()?;
    while let Err(error) = query::commit(&url).await {
        let waited = SystemClock.now().since(since);
        anyhow::ensure!(waited < PATIENCE, "no member takes writes: {error:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(SystemClock.now())
}

/// Holds when attempts and calls failed.
fn judge(tally: &Tally, attempts: &[Single], killed: Moment, writable: Moment, protocol: &mut Protocol) {
    let failed: Vec<Duration> = attempts
        .iter()
        .filter(|attempt| !attempt.succeeded)
        .map(|attempt| attempt.began)
        .collect();
    let after = |moment: Duration| moment.saturating_sub(writable.monotonic);
    let last = failed.iter().max().copied().map(after).unwrap_or_default();
    let before = failed
        .iter()
        .any(|began| *began + canary::LONGEST < killed.monotonic);
    protocol.hold(
        "requests fail no longer than there is no primary",
        &format!("{} after it", seconds(AFTERWARDS)),
        format!(
            "{} of {} attempts, the last {} after it",
            failed.len(),
            attempts.len(),
            seconds(last)
        ),
        last <= AFTERWARDS && !before,
    );
    let calls = tally
        .failed_between()
        .map(|(_, last)| after(last))
        .unwrap_or_default();
    protocol.hold(
        "calls of aither-client fail no longer than that and the pause of its circuit",
        &format!("{} after it", seconds(CIRCUIT)),
        format!("{}, the last {} after it", tally.sentence(), seconds(calls)),
        calls <= CIRCUIT,
    );
    protocol.figure("calls", tally.calls());
    protocol.figure("calls that failed", tally.failures());
    protocol.figure("retries", tally.retries());
    protocol.figure("longest call", seconds(tally.longest()));
}

/// A server that is started at the standby says so and ends.
async fn refuse_standby(scene: &Scene<'_>, standby: usize, protocol: &mut Protocol) -> anyhow::Result<()> {
    let mut url = scene.database.url().clone();
    let port = scene.cluster.members[standby].port;
    url.set_port(Some(port))
        .map_err(|()| anyhow::anyhow!("the database's address has no port"))?;
    let said = refusal(&scene.tools.ours.hemera_api, scene, &url).await?;
    protocol.hold(
        "serve refuses a standby",
        "one line, exit code 1",
        format!(
            "exit code {:?}, {} line",
            said.0.unwrap_or_default(),
            said.1.lines().count()
        ),
        said.0 == Some(1) && said.1.contains("takes no writes"),
    );
    Ok(())
}

async fn refusal(program: &Path, scene: &Scene<'_>, url: &Url) -> anyhow::Result<(Option<i32>, String)> {
    let ended = Command::new(program)
        .arg("serve")
        .env_clear()
        .envs(scene.served.environment().iter().cloned())
        .env("DATABASE_URL", url.as_str())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(PATIENCE, ended)
        .await
        .context("serve goes on at a standby")??;
    Ok((
        ended.status.code(),
        String::from_utf8_lossy(&ended.stderr).into_owned(),
    ))
}

/// Makes the standby the primary under load, as planned.
async fn switch_over(scene: &Scene<'_>, protocol: &mut Protocol) -> anyhow::Result<Results> {
    protocol.step("a planned switch-over");
    let roles = scene.cluster.until_whole().await?;
    let client = scene.served.client()?;
    let load = Load::start(&client, &scene.served.participations[..CANARY], LOAD);
    until_calls(&load, 30).await?;
    let began = SystemClock.now();
    scene.cluster.switch_over(roles).await?;
    let writable = until_writable(scene, began).await?;
    let now = scene.cluster.until_whole().await?;
    anyhow::ensure!(now.primary == roles.standby, "the switch-over changed nothing");
    until_calls(&load, load.calls() + 60).await?;
    let (tally, results) = load.stop().await?;
    protocol.hold(
        "a planned switch-over fails no call of aither-client",
        "0 failed",
        tally.sentence(),
        tally.failures() == 0 && tally.calls() > 0,
    );
    protocol.figure(
        "planned switch-over, until the database takes writes",
        seconds(writable.since(began)),
    );
    protocol.figure("planned switch-over, longest call", seconds(tally.longest()));
    protocol.figure("planned switch-over, retries", tally.retries());
    Ok(results)
}

/// Holds what is stored against what callers got.
async fn check(scene: &Scene<'_>, results: &[Results], protocol: &mut Protocol) -> anyhow::Result<()> {
    protocol.step("comparing what is stored with what was acknowledged");
    let balance = ledger::compare_with(scene.database.pool(), &scene.served.front, results, &[]).await?;
    let lost = balance
        .wrong_results
        .first()
        .map(|first| format!("; {first}"))
        .unwrap_or_default();
    protocol.hold(
        "the database holds the result that was acknowledged last",
        "0 lost",
        format!(
            "{} results compared, {} lost{lost}",
            balance.results,
            balance.wrong_results.len()
        ),
        balance.wrong_results.is_empty() && balance.results > 0,
    );
    let answers = scene.served.front.answers();
    let writes = answers
        .iter()
        .filter(|answer| answer.is_write && answer.status == 200)
        .count();
    protocol.hold(
        "each answer has its audit record, once, and each acknowledged write its own",
        "0 missing, 0 double",
        format!(
            "{} answers, {writes} of them writes, {} missing, {} double",
            balance.answers, balance.missing, balance.double
        ),
        balance.missing == 0 && balance.double == 0 && balance.answers > 0,
    );
    let faults = answers.iter().filter(|answer| answer.status == 500).count();
    protocol.hold(
        "no request is answered with 500",
        "0",
        faults.to_string(),
        faults == 0,
    );
    check_standby(scene, protocol).await
}

/// Holds what the standby has against what the primary has.
async fn check_standby(scene: &Scene<'_>, protocol: &mut Protocol) -> anyhow::Result<()> {
    let roles = scene.cluster.until_whole().await?;
    let path = scene.database.url().path().trim_start_matches('/').to_owned();
    let standby = scene.cluster.members[roles.standby].url(&path)?;
    let (is_standby, notes) = query::standby_notes(&standby).await?;
    let same = crate::chaos::query::notes(scene.database.pool()).await? == notes;
    protocol.hold(
        "the standby has what the primary has",
        "the same results",
        format!(
            "{} results, {}",
            notes.len(),
            if same { "the same" } else { "others" }
        ),
        is_standby && same,
    );
    let mut url = scene.database.auditor_url().clone();
    url.set_port(Some(scene.cluster.members[roles.standby].port))
        .map_err(|()| anyhow::anyhow!("the database's address has no port"))?;
    let auditor = Auditor {
        hemera_api: &scene.tools.ours.hemera_api,
        url: &url,
        key: &scene.key,
    };
    let verified = auditor.verify_against(&[]).await?;
    protocol.hold(
        "an auditor can check the log on the standby",
        "no finding",
        verified.sentence(),
        verified.ok,
    );
    Ok(())
}

/// Ends the servers in order, and lets an auditor check the log.
async fn finish(scene: Scene<'_>, protocol: &mut Protocol) -> anyhow::Result<()> {
    protocol.step("the servers end, and an auditor checks the log");
    let mut codes = Vec::new();
    for server in scene.served.servers {
        codes.push(server.child.stop().await?);
    }
    protocol.hold(
        "the servers that saw all of it end in order",
        "exit code 0",
        format!("{codes:?}"),
        codes.iter().all(|code| *code == 0),
    );
    let auditor = Auditor {
        hemera_api: &scene.tools.ours.hemera_api,
        url: scene.database.auditor_url(),
        key: &scene.key,
    };
    let verified = auditor.verify().await?;
    protocol.hold(
        "the transparency log goes on in its epoch, and an auditor's check agrees",
        "1 epoch, no finding",
        verified.sentence(),
        verified.is_whole() && verified.epochs.len() == 1,
    );
    scene.database.pool().close().await;
    Ok(())
}

/// Waits until no call fails any more: the circuit of the client opens and closes by itself.
async fn until_served(load: &Load) -> anyhow::Result<()> {
    let began = SystemClock.now();
    loop {
        let failures = load.tally().failures();
        until_calls(load, load.calls() + 60).await?;
        if load.tally().failures() == failures {
            return Ok(());
        }
        let waited = SystemClock.now().since(began);
        anyhow::ensure!(waited < PATIENCE, "calls of aither-client go on failing");
    }
}

/// Waits until the callers have made so many calls.
async fn until_calls(load: &Load, calls: usize) -> anyhow::Result<()> {
    let began = SystemClock.now();
    while load.calls() < calls {
        let waited = SystemClock.now().since(began);
        anyhow::ensure!(waited < PATIENCE, "calls of aither-client end no more");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
