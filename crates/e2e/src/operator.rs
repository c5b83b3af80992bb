//! A person with the server's binary and Clerk's secret key.

use std::process::{Output, Stdio};

use anyhow::Context;
use tokio::process::Command;

use crate::failure::Failure;
use crate::stack::{Programs, Stack};

/// Runs `hemera-api clerk` on one user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator<'a> {
    programs: &'a Programs,
    stack: &'a Stack,
    email: &'a str,
}

impl<'a> Operator<'a> {
    /// Of the user with this address.
    pub(crate) const fn new(programs: &'a Programs, stack: &'a Stack, email: &'a str) -> Self {
        Self {
            programs,
            stack,
            email,
        }
    }

    /// Runs `hemera-api clerk` with these arguments: the exit code, and all that it printed.
    pub(crate) async fn clerk(&self, arguments: &str) -> Result<(i32, String), Failure> {
        let origin = self.stack.clerk_url.as_str().trim_end_matches('/');
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(&self.programs.hemera_api)
            .arg("clerk")
            .args(arguments.split_whitespace())
            .env_clear()
            .env("CLERK_SECRET_KEY", self.stack.instance.secret_key())
            .env("CLERK_API_URL", origin)
            .env("CLERK_ISSUER", origin)
            .env("CLERK_SERVICE_USER_EMAIL", self.email)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("hemera-api clerk cannot be started")?;
        let printed = [stdout, stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let code = status.code().context("hemera-api clerk was ended by a signal")?;
        Ok((code, printed))
    }

    /// The same, and it must succeed: what it printed.
    pub(crate) async fn succeeds(&self, arguments: &str) -> Result<String, Failure> {
        self.ends(arguments, 0).await
    }

    /// The same, and it must refuse: what it printed.
    pub(crate) async fn refuses(&self, arguments: &str) -> Result<String, Failure> {
        self.ends(arguments, 1).await
    }

    async fn ends(&self, arguments: &str, expected: i32) -> Result<String, Failure> {
        let (code, printed) = self.clerk(arguments).await?;
        if code == expected {
            Ok(printed)
        } else {
            Err(Failure::new(
                format!("`clerk {arguments}` to end with exit code {expected}"),
                format!("exit code {code}: {printed}"),
            ))
        }
    }
}
