//! One walk through a running stack: who walks, on which clock, and with what in hand.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, ParticipationId};
use aither_client::{
    BaseUrl, ClerkServiceUser, HemeraClient, HemeraClientBuilder, StaticServiceKey, TokenSource,
};
use anyhow::Context;
use clerk::UserRef;
use freshness::{Clock, ManualClock, Sleep, SystemClock};
use reqwest::{Client, Response, redirect};

use crate::accounts::{Accounts, SERVICE};
use crate::checklist::Checklist;
use crate::clerk_control::ClerkControl;
use crate::failure::{Failure, equal};
use crate::stack::Stack;

/// Waits in real time, in which the processes live, and lets as much of the client's time pass.
#[derive(Debug)]
struct Passing(ManualClock);

impl Sleep for Passing {
    fn sleep(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            tokio::time::sleep(wait).await;
            self.0.advance(wait);
        })
    }
}

/// What the steps of a scenario share.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) stack: &'a Stack,
    pub(crate) accounts: Accounts,
    pub(crate) clerk: ClerkControl,
    /// The time that the client under test lives in; the processes live in real time.
    pub(crate) clock: ManualClock,
    /// Plain HTTP, for requests that the client would never send.
    pub(crate) http: Client,
    /// The service user's client: its tokens from Clerk, by ticket.
    pub(crate) client: HemeraClient,
}

impl<'a> Walk<'a> {
    /// Prepares a walk; sends nothing yet.
    pub(crate) fn new(stack: &'a Stack) -> anyhow::Result<Self> {
        let http = Client::builder()
            .timeout(Duration::from_secs(10))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        let clock = ManualClock::at(SystemClock.now().wall);
        let accounts = Accounts::of(stack)?;
        let clerk = ClerkControl::new(http.clone(), &stack.clerk_url)?;
        let user = accounts.sign_in_on(Arc::new(clock.clone()), UserRef::EmailAddress(SERVICE.to_owned()));
        let client = builder(stack, ClerkServiceUser::new(user))?
            .with_clock(clock.clone())
            .with_sleep(Passing(clock.clone()))
            .build()?;
        Ok(Self {
            stack,
            accounts,
            clerk,
            clock,
            http,
            client,
        })
    }

    /// A client with tokens from another source, on real time.
    pub(crate) fn client_with(&self, source: impl TokenSource) -> anyhow::Result<HemeraClientBuilder> {
        builder(self.stack, source)
    }

    /// A client of the user with this role.
    pub(crate) async fn client_of_role(&self, role: &str) -> Result<HemeraClient, Failure> {
        let user = self
            .accounts
            .sign_in(UserRef::Id(self.accounts.with_role(role).await?));
        Ok(self.client_with(ClerkServiceUser::new(user))?.build()?)
    }

    /// A client with a service key.
    pub(crate) fn client_with_key(&self, key: &str) -> anyhow::Result<HemeraClient> {
        Ok(self
            .client_with(StaticServiceKey::parse(key.to_owned())?)?
            .build()?)
    }

    /// A plain GET of the list of courses with just these headers.
    pub(crate) async fn get_courses(&self, headers: &[(&str, &str)]) -> Result<Response, Failure> {
        let url = self
            .stack
            .hemera_url
            .join("/api/service/courses")
            .context("the path of courses")?;
        let mut request = self.http.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(request.send().await?)
    }

    /// A participation of the demo data whose result has not been written.
    pub(crate) async fn open_participation(&self) -> Result<ParticipationId, Failure> {
        let courses = self.client.service_courses(&CourseQuery::default()).await?;
        for course in courses.into_inner().items {
            let detail = self.client.service_course(&course.id).await?;
            let mut open = detail
                .into_inner()
                .participants
                .into_iter()
                .filter(|participant| participant.status.name() == "RESULT");
            if let Some(id) = open.find_map(|participant| participant.participation_id) {
                return Ok(id);
            }
        }
        Err(Failure::new(
            "a participation that awaits its result",
            "none in the demo data",
        ))
    }

    /// Walks one step, and adds what the server logged about the exchange where it fails.
    ///
    /// On the heap, so that a walk is not as large as its largest step.
    pub(crate) fn step<'s>(
        &'s self,
        checklist: &'s mut Checklist,
        title: &'s str,
        step: impl Future<Output = Result<(), Failure>> + 's,
    ) -> Pin<Box<dyn Future<Output = ()> + 's>> {
        let with_log = async move {
            step.await.map_err(|failure| {
                let lines = failure
                    .request_id()
                    .map(|id| self.stack.server_log().matching(|line| line.contains(id)));
                failure.with_server_log(lines.unwrap_or_default())
            })
        };
        Box::pin(checklist.step(title, with_log))
    }
}

/// Fails unless the server answered with this status.
pub(crate) fn answered(expected: u16, response: &Response) -> Result<(), Failure> {
    let request_id = response
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned);
    equal("the status", expected, response.status().as_u16())
        .map_err(|failure| failure.in_request(request_id))
}

/// Fails unless the call was refused with this status.
pub(crate) fn refused<T>(expected: u16, outcome: Result<T, aither_client::Error>) -> Result<(), Failure> {
    match outcome {
        Ok(_) => Err(Failure::new(format!("status {expected}"), "a success")),
        Err(error) if error.status().is_some_and(|status| status.as_u16() == expected) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn builder(stack: &Stack, source: impl TokenSource) -> anyhow::Result<HemeraClientBuilder> {
    let base_url = BaseUrl::parse(stack.hemera_url.as_str())?;
    Ok(HemeraClient::builder(base_url, source).without_pace())
}
