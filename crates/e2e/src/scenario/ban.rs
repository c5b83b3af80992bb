//! How late a ban counts: measured on a running server, with a bound that can be waited for.

use std::time::Duration;

use freshness::{Clock, Moment, SystemClock};
use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;

use crate::checklist::Checklist;
use crate::failure::{Failure, equal, holds};
use crate::scenario::main_path::stopped;
use crate::stack::{Instance, Programs, Stack};
use crate::walk::{Walk, answered};

/// The oldest that a role may be: a minute in production.
const BOUND: Duration = Duration::from_secs(1);
/// When it is given up that a change counts.
const GIVEN_UP: Duration = Duration::from_secs(10);
const OFTEN: &str = "1000000";

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    checklist.scenario("A ban, with roles that may be a second old");
    let settings = [
        ("HEMERA_ROLES__MAX_AGE", format!("{}ms", BOUND.as_millis())),
        ("HEMERA_ROLES__COOL_DOWN", "100ms".to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_RATE", OFTEN.to_owned()),
        ("HEMERA_LIMITS__API_CLIENT_BURST", OFTEN.to_owned()),
        ("HEMERA_LIMITS__FAILED_AUTH_RATE", OFTEN.to_owned()),
        ("HEMERA_LIMITS__FAILED_AUTH_BURST", OFTEN.to_owned()),
    ];
    let stack = Stack::start(programs, Instance::Production, &settings).await?;
    let walk = Walk::new(&stack)?;
    let service = Service::prepare(&walk).await.map_err(anyhow::Error::msg)?;
    let mut late = None;
    let step = "The last request is let in less than that second after the ban";
    let banned = async {
        late = Some(service.banned(&walk).await?);
        Ok(())
    };
    walk.step(checklist, step, banned).await;
    let millis = late.and_then(|late: Duration| u64::try_from(late.as_millis()).ok());
    checklist.figure("from the ban to the last request let in", millis, "ms");
    let step = "Refused from then on, and let in again within a second of the ban's end";
    walk.step(checklist, step, service.unbanned(&walk)).await;
    checklist
        .step("Everything stops in order, exit code 0", stopped(stack))
        .await;
    Ok(())
}

/// The service user, with a token in hand that outlives all of this.
struct Service {
    subject: String,
    bearer: String,
}

impl Service {
    async fn prepare(walk: &Walk<'_>) -> Result<Self, Failure> {
        let subject = walk.accounts.with_role("api-client").await?;
        let token = walk
            .accounts
            .token_of(&subject)
            .await
            .map_err(anyhow::Error::msg)?;
        Ok(Self {
            subject,
            bearer: format!("Bearer {token}"),
        })
    }

    /// Asks without a pause, from before the ban until the first refusal; returns the time from the ban to the last
    /// request that was let in.
    async fn banned(&self, walk: &Walk<'_>) -> Result<Duration, Failure> {
        let headers = [(AUTHORIZATION.as_str(), self.bearer.as_str())];
        answered(200, &walk.get_courses(&headers).await?)?;
        // Taken before it is asked for, so that the time that is measured is rather too long than too short.
        let asked = SystemClock.now();
        let users = walk.accounts.backend().users();
        users.ban(&self.subject).await.map_err(anyhow::Error::from)?;
        let Some(last) = until(walk, &headers, StatusCode::UNAUTHORIZED).await? else {
            return Err(Failure::new("requests that are let in until the bound", "none"));
        };
        let late = last.since(asked);
        holds(&format!("less than {BOUND:?} from the ban"), late < BOUND, late)?;
        Ok(late)
    }

    async fn unbanned(&self, walk: &Walk<'_>) -> Result<(), Failure> {
        let headers = [(AUTHORIZATION.as_str(), self.bearer.as_str())];
        for _ in 0..20 {
            answered(401, &walk.get_courses(&headers).await?)?;
        }
        let users = walk.accounts.backend().users();
        users.unban(&self.subject).await.map_err(anyhow::Error::from)?;
        let ended = SystemClock.now();
        let last = until(walk, &headers, StatusCode::OK).await?;
        let late = last.map_or(Duration::ZERO, |last| last.since(ended));
        holds(&format!("less than {BOUND:?} from its end"), late < BOUND, late)
    }
}

/// Asks until this status comes; returns when the last request with another answer was sent.
async fn until(
    walk: &Walk<'_>,
    headers: &[(&str, &str)],
    status: StatusCode,
) -> Result<Option<Moment>, Failure> {
    let began = SystemClock.now();
    let mut last = None;
    loop {
        let sent = SystemClock.now();
        let came = walk.get_courses(headers).await?.status();
        if came == status {
            return Ok(last);
        }
        if sent.since(began) > GIVEN_UP {
            return equal(&format!("the answer after {GIVEN_UP:?}"), status, came).map(|()| None);
        }
        last = Some(sent);
    }
}
