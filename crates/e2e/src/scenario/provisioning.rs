//! What an operator does at Clerk with the server's own commands, and what Aither and Hemera make of it.

use std::process::{Output, Stdio};

use aither_client::ClerkServiceUser;
use aither_client::hemera_types::{CourseQuery, JWT_TEMPLATE};
use anyhow::Context;
use clerk::UserRef;
use reqwest::header::AUTHORIZATION;
use secrecy::ExposeSecret;
use tokio::process::Command;

use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::{Walk, answered, refused};

/// A service user that the seed does not have.
const NEWCOMER: &str = "aither-newcomer@hemera-academy.com";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("An operator sets up the service user, rotates it and shuts it out");
    // A ban is to be seen at once and not within a minute.
    let settings = [
        ("HEMERA_ROLES__MAX_AGE", "1ms".to_owned()),
        ("HEMERA_ROLES__COOL_DOWN", "0s".to_owned()),
    ];
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;
    let operator = Operator {
        programs,
        stack: &stack,
    };
    let user = walk.accounts.sign_in(UserRef::EmailAddress(NEWCOMER.to_owned()));
    let client = walk.client_with(ClerkServiceUser::new(user))?.build()?;
    let courses = CourseQuery::default();

    let step = "clerk setup makes the user and the template, and Hemera lets it in";
    walk.step(checklist, step, async {
        let templates = walk.accounts.backend().jwt_templates();
        for template in templates.list().await.map_err(anyhow::Error::from)? {
            templates
                .delete(&template.id)
                .await
                .map_err(anyhow::Error::from)?;
        }
        equal(
            "the exit code of status before",
            1,
            operator.clerk("status").await?.0,
        )?;
        operator.succeeds("setup --yes").await?;
        client.service_courses(&courses).await?;
        Ok(())
    })
    .await;
    let step = "clerk setup again changes nothing, and status sees no drift";
    walk.step(checklist, step, async {
        let writes = async || -> Result<u64, Failure> {
            Ok(walk.clerk.count("POST", "/v1/users").await?
                + walk.clerk.count("POST", "/v1/jwt_templates").await?
                + walk.clerk.count("PATCH", "/v1/**").await?)
        };
        let before = writes().await?;
        let said = operator.succeeds("setup").await?;
        holds("it to say so", said.contains("nothing to change"), &said)?;
        equal("writes to users and templates", before, writes().await?)?;
        operator.succeeds("status").await.map(drop)
    })
    .await;
    let step = "clerk rotate ends Aither's session, and Aither signs in anew";
    walk.step(checklist, step, async {
        let said = operator.succeeds("rotate --yes").await?;
        let proof = "and Clerk refuses to mint from it";
        holds("a proof of death", said.contains(proof), &said)?;
        let sign_ins = walk.clerk.count("POST", "/v1/client/sign_ins").await?;
        // A new token is needed only when the old one is no longer good.
        if let Some(token) = client.tokens().peek() {
            client.tokens().invalidate(token.generation);
        }
        client.service_courses(&courses).await?;
        equal(
            "sign-ins since",
            sign_ins + 1,
            walk.clerk.count("POST", "/v1/client/sign_ins").await?,
        )
    })
    .await;
    let step = "clerk disable: a token that was good is refused, and no other made";
    walk.step(checklist, step, async {
        let newcomer = walk.accounts.sign_in(UserRef::EmailAddress(NEWCOMER.to_owned()));
        let minted = newcomer.mint().await.map_err(anyhow::Error::from)?;
        let bearer = format!("Bearer {}", minted.jwt.expose_secret());
        let headers = [(AUTHORIZATION.as_str(), bearer.as_str())];
        answered(200, &walk.get_courses(&headers).await?)?;
        operator.succeeds("disable --yes").await?;
        answered(401, &walk.get_courses(&headers).await?)?;
        let anew = newcomer
            .mint()
            .await
            .err()
            .map(|error| error.code().map(str::to_owned));
        equal(
            "what Clerk says to a new sign-in",
            Some(Some("user_banned".to_owned())),
            anew,
        )
    })
    .await;
    let step = "clerk enable: it is let in again";
    walk.step(checklist, step, async {
        operator.succeeds("enable --yes").await?;
        let user = walk.accounts.sign_in(UserRef::EmailAddress(NEWCOMER.to_owned()));
        let client = walk.client_with(ClerkServiceUser::new(user))?.build()?;
        client.service_courses(&courses).await?;
        refused(403, client.service_usage(7).await)
    })
    .await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

/// Somebody with the server's binary and Clerk's secret key.
struct Operator<'a> {
    programs: &'a Programs,
    stack: &'a Stack,
}

impl Operator<'_> {
    /// Runs `hemera-api clerk` on the newcomer: the exit code, and all that it printed.
    async fn clerk(&self, arguments: &str) -> Result<(i32, String), Failure> {
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
            .env("CLERK_SERVICE_USER_EMAIL", NEWCOMER)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .context("hemera-api clerk cannot be started")?;
        let said = [stdout, stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let code = status.code().context("hemera-api clerk was ended by a signal")?;
        Ok((code, said))
    }

    async fn succeeds(&self, arguments: &str) -> Result<String, Failure> {
        let (code, said) = self.clerk(arguments).await?;
        if code == 0 {
            Ok(said)
        } else {
            Err(Failure::new(
                format!("`clerk {arguments}` on {JWT_TEMPLATE} to succeed"),
                format!("exit code {code}: {said}"),
            ))
        }
    }
}
