//! Nothing leaks: the whole walk at the finest log level and under pseudonyms, and all of its output searched.

use anyhow::Context;
use tempfile::NamedTempFile;
use uuid::Uuid;

use crate::checklist::Checklist;
use crate::failure::{equal, holds};
use crate::leak::{Secrets, Trace};
use crate::query;
use crate::scenario::by_key::ServiceKey;
use crate::scenario::main_path::{criteria, stopped};
use crate::scenario::{provoked, responses, snapshots, ways_in};
use crate::stack::{Instance, Programs, Stack};
use crate::walk::Walk;

/// A text that is searched, with its name.
type NamedText = (&'static str, String);

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("Nothing leaks: all of it again at trace level, participants under pseudonyms");
    let trace = Trace::start()?;
    let record = NamedTempFile::new()?;
    let (key, pseudonyms) = (ServiceKey::make(), Uuid::new_v4().simple().to_string());
    let mut settings = key.settings();
    settings.extend([
        ("HEMERA_LIMITS__WINDOW", "6s".to_owned()),
        ("HEMERA_IDENTITY__PARTICIPANT_IDENTITY", "pseudonymous".to_owned()),
        ("HEMERA_IDENTITY__PSEUDONYM_KEY", pseudonyms.clone()),
        ("HEMERA_METRICS__LISTEN", "127.0.0.1:0".to_owned()),
        ("RUST_LOG", "trace".to_owned()),
    ]);
    let stack = Stack::start_recorded(programs, Instance::Production, &settings, record.path()).await?;
    let walk = Walk::new(&stack)?;
    criteria(&walk, &key, checklist).await;
    let mut outputs = answers_and_errors(&walk, &key, checklist).await;

    outputs.push(("the metrics", metrics(&walk).await?));
    let mut secrets = keys_of(programs, &stack, &key);
    secrets.add("the key of the pseudonyms", &pseudonyms);
    let personal = query::personal_texts(stack.database.pool()).await?;
    for (what, text) in personal.iter().filter(|(what, _)| *what == query::ADDRESS) {
        secrets.add(what, text);
    }
    outputs.push((
        "the audit log",
        query::audit_log_as_text(stack.database.pool()).await?,
    ));
    outputs.push(("what migrate printed", stack.database.printed().to_owned()));
    let printed = stack.server_log().clone();
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    secrets.add_recorded(record.path())?;
    outputs.push(("what the server printed", printed.text()));
    outputs.push(("what the client logged", trace.text()));

    // Snapshots show participants of the tests' own, without pseudonyms.
    search(
        checklist,
        &secrets,
        &[("the committed snapshots", snapshots::texts()?)],
    )
    .await;
    for (what, text) in &personal {
        secrets.add(what, text);
    }
    there_is_something(checklist, &secrets, &outputs).await;
    search(checklist, &secrets, &outputs).await;
    Ok(())
}

/// What can be had by asking, and by asking for what cannot be had.
async fn answers_and_errors(walk: &Walk<'_>, key: &ServiceKey, checklist: &mut Checklist) -> Vec<NamedText> {
    let mut outputs: Vec<NamedText> = Vec::new();
    let step = "Every kind of caller asks every operation, and every answer is kept";
    let asked = async {
        let answers = Box::pin(responses::to_every_caller(walk, key)).await?;
        outputs.push(("the answers", answers));
        Ok(())
    };
    walk.step(checklist, step, asked).await;
    let step = "Every kind of error is provoked, and every text of it kept";
    let provoked = async {
        let texts = Box::pin(provoked::errors(walk)).await?;
        outputs.push(("the errors' texts", texts));
        Ok(())
    };
    walk.step(checklist, step, provoked).await;
    let step = "The other ways in are taken, and what they say of themselves kept";
    let shown = async {
        let texts = Box::pin(ways_in::shown(walk)).await?;
        outputs.push(("what the other clients say", texts));
        Ok(())
    };
    walk.step(checklist, step, shown).await;
    outputs
}

/// What the server has counted of all of it, from where it said that it is read.
async fn metrics(walk: &Walk<'_>) -> anyhow::Result<String> {
    let announcement = "metrics on ";
    let lines = walk
        .stack
        .server_log()
        .matching(|line| line.starts_with(announcement));
    let address = lines.first().and_then(|line| line.strip_prefix(announcement));
    let address = address.context("the server does not say where its metrics are")?;
    let text = walk.http.get(address).send().await?.error_for_status()?.text();
    Ok(text.await?)
}

/// The keys and passwords that the walk was given or sent.
fn keys_of(programs: &Programs, stack: &Stack, key: &ServiceKey) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.add("Clerk's secret key", stack.instance.secret_key());
    secrets.add("the service key", key.text());
    secrets.add("a wrong service key", provoked::WRONG_SERVICE_KEY);
    secrets.add("a wrong secret key of Clerk", provoked::WRONG_SECRET_KEY);
    let passwords = [
        stack.database.url().password(),
        programs.database_server.password(),
    ];
    for password in passwords.into_iter().flatten() {
        secrets.add("a password of the database", password);
    }
    secrets
}

/// A search without anything to find, or anywhere to look, finds nothing.
async fn there_is_something(checklist: &mut Checklist, secrets: &Secrets, outputs: &[NamedText]) {
    let looked_at = async {
        holds("a hundred secrets and more", secrets.len() > 100, secrets.len())?;
        equal("what is searched", 8, outputs.len())?;
        for (name, text) in outputs {
            holds(&format!("{name} not to be empty"), !text.is_empty(), text.len())?;
            let is_log = ["what the server printed", "what the client logged"].contains(name);
            let finest = text.contains(" TRACE ");
            holds(
                &format!("{name} to be at trace level"),
                finest || !is_log,
                text.len(),
            )?;
        }
        Ok(())
    };
    let step = "There is something to search, and something to search for";
    checklist.step(step, looked_at).await;
}

async fn search(checklist: &mut Checklist, secrets: &Secrets, outputs: &[NamedText]) {
    for (name, text) in outputs {
        let step = format!("No secret, token or address is in {name}");
        let searched = async { secrets.expect_none_in(name, text) };
        checklist.step(&step, searched).await;
    }
}
