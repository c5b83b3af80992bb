//! `aither smoke`: the promises of a deployed Hemera, one by one.

mod outside;
mod promise;
mod reads;
mod refusal;
mod step;
mod walk;
mod write;
mod wrong_token;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aither_client::BaseUrl;
use aither_client::hemera_types::ParticipationId;
use clap::Args;
use serde::Serialize;

use self::promise::{Broken, Kept};
use self::reads::Reads;
use self::step::Step;
use self::walk::Walk;
use crate::console::text::one_line;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// The longest that reads are repeated.
const LONGEST: Duration = Duration::from_hours(24);

#[derive(Debug, Args)]
pub(crate) struct SmokeArguments {
    /// This Hemera, instead of the one in `HEMERA_API_BASE_URL`. It gets the credential of the settings
    #[arg(long, value_name = "URL")]
    base_url: Option<BaseUrl>,
    /// Also write a line below the outcome of this participation, and put back what was there, if nothing else has changed it
    #[arg(long, value_name = "PARTICIPATION")]
    write: Option<ParticipationId>,
    /// Also read for this long at the client's pace (`2m`), and count the calls that fail: during a roll-out or a fail-over
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    repeat_for: Option<Duration>,
    /// A file with a token that has expired, which must be refused: `aither token --reveal > FILE` made it, a lifetime ago
    #[arg(long, value_name = "FILE")]
    expired_token: Option<PathBuf>,
}

impl SmokeArguments {
    /// The address that takes the place of the setting.
    pub(crate) fn base_url(&self) -> Option<String> {
        self.base_url.as_ref().map(ToString::to_string)
    }

    #[cfg(test)]
    const READ_ONLY: Self = Self {
        base_url: None,
        write: None,
        repeat_for: None,
        expired_token: None,
    };
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| format!("{error}; write it like 2m"))?;
    if duration.is_zero() || duration > LONGEST {
        return Err("must be more than nothing and at most 24h".to_owned());
    }
    Ok(duration)
}

/// The result for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Smoked {
    base_url: String,
    /// Every promise that was tried is kept.
    passed: bool,
    steps: Vec<Tried>,
    /// Only if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    reads: Option<Reads>,
}

/// A promise that was tried.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tried {
    name: &'static str,
    verdict: &'static str,
    took_ms: u64,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

pub(crate) async fn run(context: &Context, arguments: &SmokeArguments) -> Result<Exit, Failure> {
    context
        .with_client("trying the promises", async |client| {
            let mut walk = Walk::new(client.clone(), arguments, Arc::clone(&context.clock));
            let mut smoked = Smoked {
                base_url: client.base_url().to_string(),
                passed: true,
                steps: Vec::new(),
                reads: None,
            };
            let mut exit = Exit::Done;
            for step in Step::of(arguments) {
                let began = context.clock.now();
                let outcome = walk.attempt(step).await;
                let took = context.clock.now().since(began).as_millis();
                let took_ms = u64::try_from(took).unwrap_or(u64::MAX);
                if let Err(broken) = &outcome {
                    exit = broken.exit;
                    smoked.passed = false;
                }
                let tried = Tried::of(step, outcome, took_ms);
                if !context.is_json {
                    context.console.print_text(tried.line());
                }
                smoked.steps.push(tried);
                if !smoked.passed {
                    break;
                }
            }
            smoked.reads = walk.reads.take();
            if context.is_json {
                context.console.print_json(&smoked)?;
            }
            Ok(exit)
        })
        .await
}

impl Tried {
    fn of(step: Step, outcome: Result<Kept, Broken>, took_ms: u64) -> Self {
        let (verdict, found, remedy) = match outcome {
            Ok(Kept::Yes(found)) => ("kept", found, None),
            Ok(Kept::NotTried(why)) => ("skipped", why, None),
            Err(broken) => ("broken", broken.found, Some(broken.remedy)),
        };
        Self {
            name: step.name(),
            verdict,
            took_ms,
            found: one_line(&found),
            remedy: remedy.map(|remedy| one_line(&remedy)),
        }
    }

    fn line(&self) -> String {
        let mark = match self.verdict {
            "kept" => '✓',
            "skipped" => '–',
            _ => '✗',
        };
        let line = format!(
            "{mark} {:<14} {:>6} ms  {}\n",
            self.name, self.took_ms, self.found
        );
        match &self.remedy {
            Some(remedy) => format!("{line}  {:<14} {:>6}     → {remedy}\n", "", ""),
            None => line,
        }
    }
}
