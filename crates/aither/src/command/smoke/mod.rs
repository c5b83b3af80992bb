//! `aither smoke`: the promises of a deployed Hemera, one by one.

mod outside;
mod promise;
mod step;
mod walk;

use aither_client::BaseUrl;
use aither_client::hemera_types::ParticipationId;
use clap::Args;
use serde::Serialize;

use self::promise::{Broken, Kept};
use self::step::Step;
use self::walk::Walk;
use crate::console::text::one_line;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct SmokeArguments {
    /// This Hemera, instead of the one in `HEMERA_API_BASE_URL`. It gets the credential of the settings
    #[arg(long, value_name = "URL")]
    base_url: Option<BaseUrl>,
    /// Also write the result of this participation: the texts that it has, so that nothing changes
    #[arg(long, value_name = "PARTICIPATION")]
    write: Option<ParticipationId>,
}

impl SmokeArguments {
    /// The address that takes the place of the setting.
    pub(crate) fn base_url(&self) -> Option<String> {
        self.base_url.as_ref().map(ToString::to_string)
    }
}

/// The result for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Smoked {
    base_url: String,
    /// Every promise that was tried is kept.
    passed: bool,
    steps: Vec<Tried>,
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
            let mut walk = Walk::new(client.clone(), arguments.write.clone());
            let mut smoked = Smoked {
                base_url: client.base_url().to_string(),
                passed: true,
                steps: Vec::new(),
            };
            let mut exit = Exit::Done;
            for step in Step::of(arguments.write.is_some()) {
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
