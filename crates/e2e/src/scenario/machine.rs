//! A machine with a key of its own: no user, no session, no secret key of the instance's.

use std::ffi::OsString;

use aither_client::{HemeraClient, HemeraClientBuilder};
use tempfile::TempDir;

use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::scenario::main_path::stopped;
use crate::scenario::reads_and_writes;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::{Walk, refused};

/// The people that every walk has, and three machines besides: Hemera's, Aither's with a scope for it, and one that
/// Hemera has not let in although it has the scope.
const SEED: &str = concat!(
    include_str!("../../../clerk-emulator/src/seed/demo.toml"),
    r#"
[[machines]]
id = "mch_2qHmZk4Pw8Rt6Yd1Vb3Nc5Xs7Lf"
name = "hemera"

[[machines]]
id = "mch_2qHmZm6Qx9Su7Ze2Wc4Pd6Yt8Mg"
name = "aither"
secret_key = "ak_of_aither_0123456789"
scoped_machines = ["hemera"]

[[machines]]
id = "mch_2qHmZn8Ry1Tv8Af3Xd5Qe7Zu9Nh"
name = "stranger"
secret_key = "ak_of_stranger_0123456789"
scoped_machines = ["hemera"]
"#
);
const HEMERA: &str = "mch_2qHmZk4Pw8Rt6Yd1Vb3Nc5Xs7Lf";
const AITHER: &str = "mch_2qHmZm6Qx9Su7Ze2Wc4Pd6Yt8Mg";
const AITHERS_KEY: &str = "ak_of_aither_0123456789";
const STRANGERS_KEY: &str = "ak_of_stranger_0123456789";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("A machine with a key of its own");
    let directory = TempDir::new()?;
    let seed = directory.path().join("seed.toml");
    std::fs::write(&seed, SEED)?;
    let settings = [
        ("HEMERA_TOKENS__MACHINE_ID", HEMERA.to_owned()),
        ("HEMERA_MACHINES__AITHER__ID", AITHER.to_owned()),
    ];
    let stack = Stack::start_seeded(programs, Instance::Production, &settings, &seed).await?;
    let walk = Walk::new(&stack)?;
    let step = "Aither's machine reads and writes, and may do no more";
    walk.step(checklist, step, whole(&walk)).await;
    let step = "A machine that Hemera does not know is refused: 401";
    walk.step(checklist, step, stranger(&walk)).await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

async fn whole(walk: &Walk<'_>) -> Result<(), Failure> {
    let client = client(walk, AITHERS_KEY)?;
    reads_and_writes::reads(walk, &client).await?;
    reads_and_writes::writes(walk, &client).await?;
    refused(403, client.service_usage(7).await)?;
    let minted = walk.clerk.count("POST", "/m2m_tokens").await?;
    equal("tokens of the machine", 1, minted)?;
    let records = query::audit_records(walk.stack.database.pool(), AITHER).await?;
    holds("audit records of the machine", records.len() >= 6, records.len())
}

async fn stranger(walk: &Walk<'_>) -> Result<(), Failure> {
    let stranger = client(walk, STRANGERS_KEY)?;
    refused(401, stranger.service_usage(7).await)
}

fn client(walk: &Walk<'_>, key: &str) -> Result<HemeraClient, Failure> {
    let settings = [
        ("AITHER_AUTH", "machine"),
        ("HEMERA_API_BASE_URL", walk.stack.hemera_url.as_str()),
        ("CLERK_API_URL", walk.stack.clerk_url.as_str()),
        ("CLERK_MACHINE_SECRET_KEY", key),
    ];
    let builder = HemeraClientBuilder::load_with(|name| {
        let mut found = settings.iter().filter(|(known, _)| *known == name);
        found.next().map(|(_, value)| OsString::from(value))
    });
    let builder = builder.map_err(anyhow::Error::from)?;
    Ok(builder.without_pace().build()?)
}
