//! Aither's flows by the command `aither`: sync, slides, recordings and the smoke test.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;

use crate::aither::{Aither, kill};
use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::query;
use crate::scenario::import;
use crate::scenario::in_memory;
use crate::scenario::main_path::stopped;
use crate::stack::{self, Instance, Programs, Stack};
use crate::walk::Walk;

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("Aither's flows, by the command `aither`");
    let program = stack::program("AITHER_BIN")?;
    // Each command is a process of its own, and waits for the limit that the others have used.
    let settings = [("HEMERA_LIMITS__WINDOW", "6s".to_owned())];
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;
    let aither = Aither::at(&stack, &program)?;
    let step = "Ten commands are one sign-in at Clerk";
    walk.step(checklist, step, one_sign_in(&walk, &aither)).await;
    let step = "The smoke test finds every criterion met";
    walk.step(checklist, step, smoke(&walk, &aither)).await;
    let step = "A sync writes private files; the next one writes nothing";
    walk.step(checklist, step, syncs(&aither)).await;
    let step = "A file that was changed, a lost manifest: the next sync repairs them";
    walk.step(checklist, step, repairs(&aither)).await;
    let step = "A sync that is killed is completed by the next one";
    walk.step(checklist, step, survives_a_kill(&walk, &aither)).await;
    let step = "A deck has each material once, whatever its topics";
    walk.step(checklist, step, makes_a_deck(&walk, &aither)).await;
    let step = "A recording is filed under the course that ran then";
    walk.step(checklist, step, files_a_recording(&aither)).await;
    let step = "A Hemera in memory gives the same deck, and takes a result";
    walk.step(
        checklist,
        step,
        in_memory::answers_alike(&walk, &aither, &program),
    )
    .await;
    import::steps(&walk, &aither, checklist).await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

async fn one_sign_in(walk: &Walk<'_>, aither: &Aither<'_>) -> Result<(), Failure> {
    let before = walk.clerk.count("POST", "/v1/sign_in_tokens").await?;
    for _ in 0..10 {
        let listed = aither.json(&["courses"]).await?;
        let courses = listed["courses"].as_array().map_or(0, Vec::len);
        equal("published courses", 3, courses)?;
    }
    let after = walk.clerk.count("POST", "/v1/sign_in_tokens").await?;
    equal("sign-ins", 1, after - before)
}

async fn smoke(walk: &Walk<'_>, aither: &Aither<'_>) -> Result<(), Failure> {
    let printed = aither.ends(&["smoke"], 0).await?;
    holds("marks of steps that passed", printed.contains('✓'), &printed)?;
    let participation = walk.open_participation().await?.to_string();
    let command = ["smoke", "--for", "1s", "--write", &participation];
    let smoked = aither.json(&command).await?;
    equal("failed reads", Some(0), smoked["reads"]["failed"].as_u64())?;
    let steps = smoked["steps"].as_array().cloned().unwrap_or_default();
    let tried = |name: &str| {
        steps
            .iter()
            .any(|step| step["name"] == name && step["verdict"] == "kept")
    };
    for name in ["forged token", "audit record", "role", "reads", "write"] {
        holds(name, tried(name), &smoked)?;
    }
    Ok(())
}

async fn syncs(aither: &Aither<'_>) -> Result<(), Failure> {
    let first = aither.json(&["sync", "mirror"]).await?;
    equal("courses", Some(3), first["courses"].as_u64())?;
    let written = tree(&aither.path("mirror"))?;
    holds("three courses' files", written.len() >= 9, written.keys())?;
    let second = aither.json(&["sync", "mirror"]).await?;
    equal("files written", Some(0), second["filesWritten"].as_u64())?;
    holds(
        "at most two requests",
        second["requests"].as_u64() <= Some(2),
        &second,
    )?;
    equal(
        "the directory, with its times",
        written,
        tree(&aither.path("mirror"))?,
    )
}

async fn repairs(aither: &Aither<'_>) -> Result<(), Failure> {
    let mirror = aither.path("mirror");
    let whole = contents(&mirror)?;
    let file = whole.keys().find(|name| name.ends_with("participants.json"));
    let file = file.ok_or_else(|| Failure::new("a file with participants", "none"))?;
    fs::write(mirror.join(file), "[]").map_err(anyhow::Error::from)?;
    aither.json(&["sync", "mirror"]).await?;
    equal("the changed file", whole.get(file), contents(&mirror)?.get(file))?;
    fs::write(mirror.join("manifest.json"), "{").map_err(anyhow::Error::from)?;
    aither.json(&["sync", "mirror"]).await?;
    let third = aither.json(&["sync", "mirror"]).await?;
    equal(
        "files written after the repair",
        Some(0),
        third["filesWritten"].as_u64(),
    )?;
    equal(
        "the files of the courses",
        of_courses(whole),
        of_courses(contents(&mirror)?),
    )
}

/// The sync waits for a table that is locked, and is killed there.
async fn survives_a_kill(walk: &Walk<'_>, aither: &Aither<'_>) -> Result<(), Failure> {
    let pool = walk.stack.database.pool();
    let mut lock = query::lock_materials(pool).await?;
    let sync = aither.start(&["sync", "killed"])?;
    query::until_a_session_waits(pool, &mut lock).await?;
    kill(sync).await?;
    lock.rollback().await?;
    aither.json(&["sync", "killed"]).await?;
    let whole = of_courses(contents(&aither.path("mirror"))?);
    equal(
        "the files of the courses",
        whole,
        of_courses(contents(&aither.path("killed"))?),
    )?;
    let next = aither.json(&["sync", "killed"]).await?;
    equal(
        "files written by the next sync",
        Some(0),
        next["filesWritten"].as_u64(),
    )
}

async fn makes_a_deck(walk: &Walk<'_>, aither: &Aither<'_>) -> Result<(), Failure> {
    let made = aither.json(&["slides", "course_gespraeche_fuehren"]).await?;
    let materials = made["deck"]["materials"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&str> = materials
        .iter()
        .filter_map(|each| each["materialId"].as_str())
        .collect();
    let stored = query::materials_of(walk.stack.database.pool(), "course_gespraeche_fuehren").await?;
    let mut sorted: Vec<&str> = ids.clone();
    sorted.sort_unstable();
    equal(
        "the materials of the course, each once",
        stored,
        sorted.iter().map(|&id| id.to_owned()).collect(),
    )?;
    let participants = made["deck"]["participants"].as_array().map_or(0, Vec::len);
    holds("participants", participants > 0, participants)
}

async fn files_a_recording(aither: &Aither<'_>) -> Result<(), Failure> {
    let file = async |time: &str, code: i32| {
        let arguments = [
            "recording",
            "asset_4711",
            "https://stream.example.com/asset_4711.m3u8",
            time,
        ];
        aither
            .ends(&[&["--json"], arguments.as_slice()].concat(), code)
            .await
    };
    // The first moment of the course, in another offset.
    let filed = file("2026-10-05T09:00:00+02:00", 0).await?;
    let filed: Value = serde_json::from_str(&filed).map_err(anyhow::Error::from)?;
    let course = filed["recording"]["course"]["id"].as_str();
    equal("the course", Some("course_gespraeche_fuehren"), course)?;
    let refused = file("2026-10-05T08:59:59.999+02:00", 1).await?;
    holds(
        "the nearest course to be named",
        refused.contains("course_gespraeche_fuehren"),
        &refused,
    )
}

/// The files below a directory, with their content.
fn contents(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut |name, path| {
        found.insert(name, fs::read_to_string(path)?);
        Ok(())
    })?;
    Ok(found)
}

/// The files below a directory, with the time of their last change. Each must be private.
fn tree(folder: &Path) -> Result<BTreeMap<String, SystemTime>, Failure> {
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut |name, path| {
        let metadata = fs::metadata(path)?;
        let mode = metadata.permissions().mode() & 0o777;
        anyhow::ensure!(mode == 0o600, "{name} has the mode {mode:o}");
        found.insert(name, metadata.modified()?);
        Ok(())
    })?;
    Ok(found)
}

fn of_courses(mut files: BTreeMap<String, String>) -> BTreeMap<String, String> {
    files.retain(|name, _| name.starts_with("courses/"));
    files
}

fn collect(
    root: &Path,
    folder: &Path,
    note: &mut dyn FnMut(String, &Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, note)?;
        } else {
            note(path.strip_prefix(root)?.display().to_string(), &path)?;
        }
    }
    Ok(())
}
