//! The steps of the smoke test, each with what the ones before it have found.

use std::sync::Arc;

use aither_client::freshness::Clock;
use aither_client::hemera_types::header::{X_AUDIT_RECORD, X_REQUEST_ID};
use aither_client::hemera_types::{
    CourseDetail, CourseId, CourseQuery, ErrorCode, Operation, ParticipationId, RequestId,
};
use aither_client::{HeaderValue, HemeraClient, RelayRequest, Relayed, StatusCode, Token};

use super::promise::{Broken, Kept, NOT_HEMERA};
use super::reads::{Readable, Reads};
use super::refusal::Refusal;
use super::step::Step;
use super::{SmokeArguments, outside, write, wrong_token};
use crate::command::participation::version_text;

/// Courses that are looked at to find a participation.
const COURSES_LOOKED_AT: usize = 5;

/// A walk through the promises.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    client: HemeraClient,
    arguments: &'a SmokeArguments,
    clock: Arc<dyn Clock>,
    /// The answer to a request without a credential.
    refusal: Option<Refusal>,
    /// The credential that the walk began with.
    token: Option<Token>,
    /// Courses of the first page, those with bookings first.
    courses: Vec<CourseId>,
    participation: Option<ParticipationId>,
    /// A response to a request with an id of this walk.
    response: Option<Relayed>,
    /// What became of the repeated reads.
    pub(super) reads: Option<Reads>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(client: HemeraClient, arguments: &'a SmokeArguments, clock: Arc<dyn Clock>) -> Self {
        Self {
            client,
            arguments,
            clock,
            refusal: None,
            token: None,
            courses: Vec::new(),
            participation: None,
            response: None,
            reads: None,
        }
    }

    pub(super) async fn attempt(&mut self, step: Step) -> Result<Kept, Broken> {
        match step {
            Step::Ready => outside::ready(&self.client).await,
            Step::Tls => Ok(outside::tls(&self.client)),
            Step::InClear => outside::in_clear(&self.client).await,
            Step::NoCredential => self.no_credential().await,
            Step::Version => self
                .refusal
                .as_ref()
                .map_or_else(|| Ok(not_refused()), outside::version),
            Step::Token => self.token().await,
            Step::Forged => self.forged().await,
            Step::Courses => self.courses().await,
            Step::Course => self.course().await,
            Step::Materials => self.materials().await,
            Step::Participation => self.participation().await,
            Step::Unchanged => self.unchanged().await,
            Step::RequestId => self.request_id().await,
            Step::AuditRecord => self.audit_record(),
            Step::Limit => self.limit(),
            Step::Role => self.role().await,
            Step::Reads => self.reads().await,
            Step::Expired => self.expired().await,
            Step::Write => self.write().await,
        }
    }

    async fn no_credential(&mut self) -> Result<Kept, Broken> {
        let refusal = self.refusal.insert(outside::no_credential(&self.client).await?);
        Ok(Kept::Yes(format!(
            "401 in the format of the contract (request {})",
            refusal.request_id
        )))
    }

    async fn token(&mut self) -> Result<Kept, Broken> {
        let unavailable = match self.client.tokens().token().await {
            Ok(held) => {
                self.token = Some(held.value);
                return Ok(Kept::Yes(match held.lifetime {
                    Some(lifetime) => format!("one that lives {} s", lifetime.as_secs()),
                    None => "a key, which does not expire".to_owned(),
                }));
            }
            Err(unavailable) => unavailable,
        };
        let mut broken = Broken::new(
            unavailable.summary(),
            unavailable.remedy().unwrap_or("ask `aither doctor`".into()),
        );
        broken.exit = crate::failure::Failure::from(unavailable).exit();
        Err(broken)
    }

    async fn forged(&self) -> Result<Kept, Broken> {
        let (Some(refusal), Some(token)) = (&self.refusal, &self.token) else {
            return Ok(not_refused());
        };
        wrong_token::forged(&self.client, token, &refusal.error).await
    }

    async fn expired(&self) -> Result<Kept, Broken> {
        let (Some(refusal), Some(token)) = (&self.refusal, &self.token) else {
            return Ok(not_refused());
        };
        let file = self.arguments.expired_token.as_deref();
        let now = self.clock.now().wall;
        wrong_token::expired(&self.client, file, token, now, &refusal.error).await
    }

    async fn courses(&mut self) -> Result<Kept, Broken> {
        let page = self.client.service_courses(&CourseQuery::default()).await?;
        let (booked, empty): (Vec<_>, Vec<_>) =
            page.items.iter().partition(|course| course.participant_count > 0);
        self.courses = booked
            .into_iter()
            .chain(empty)
            .map(|course| course.id.clone())
            .collect();
        let total = page
            .pagination
            .map_or(page.items.len() as u64, |pagination| pagination.total);
        Ok(Kept::Yes(format!(
            "{} of {total} on the first page",
            page.items.len()
        )))
    }

    async fn course(&mut self) -> Result<Kept, Broken> {
        let Some(id) = self.courses.first() else {
            return Ok(no_course());
        };
        let course = self.client.service_course(id).await?;
        self.participation = participation_of(&course);
        Ok(Kept::Yes(format!(
            "{id}: {} participants",
            course.participants.len()
        )))
    }

    async fn materials(&self) -> Result<Kept, Broken> {
        let Some(id) = self.courses.first() else {
            return Ok(no_course());
        };
        let materials = self.client.service_course_materials(id).await?;
        Ok(Kept::Yes(format!("{id}: {} topics", materials.topics.len())))
    }

    async fn participation(&mut self) -> Result<Kept, Broken> {
        for id in self.courses.iter().take(COURSES_LOOKED_AT).skip(1) {
            if self.participation.is_none() {
                self.participation = participation_of(&*self.client.service_course(id).await?);
            }
        }
        let Some(id) = self.arguments.write.as_ref().or(self.participation.as_ref()) else {
            return Ok(Kept::NotTried("no course at hand has a participation".to_owned()));
        };
        let read = self.client.service_participation(id).await?;
        match version_text(&read.version) {
            Some(version) => Ok(Kept::Yes(format!("{id}: {}, version {version}", read.status))),
            None => Err(Broken::new(
                format!("{id} came without its version"),
                "find what removes the ETag of responses between here and Hemera",
            )),
        }
    }

    async fn unchanged(&self) -> Result<Kept, Broken> {
        let Some(id) = self.courses.first() else {
            return Ok(no_course());
        };
        let request = RelayRequest::new(Operation::GetCourse).with_id(id.as_str());
        let first = self.client.relay(&request).await?;
        let Some(tag) = first.headers.get("etag").cloned() else {
            let found = format!("{id} came without an ETag");
            return Err(Broken::new(found, "find what removes it between here and Hemera"));
        };
        let again = self.client.relay(&request.with_if_none_match(tag)).await?;
        if again.status == StatusCode::NOT_MODIFIED && again.body.is_empty() {
            return Ok(Kept::Yes(format!(
                "{id}: 304, {} bytes not sent again",
                first.body.len()
            )));
        }
        Err(Broken::new(
            format!("{id} is {} although it has not changed", again.status.as_u16()),
            "find what drops If-None-Match between here and Hemera; a course that changes right now passes next time",
        ))
    }

    async fn request_id(&mut self) -> Result<Kept, Broken> {
        let id = RequestId::random();
        let request = RelayRequest::new(Operation::ListCourses).with_request_id(id.clone());
        let response = self.response.insert(self.client.relay(&request).await?);
        let came = response.headers.get(X_REQUEST_ID).map(HeaderValue::as_bytes);
        if response.status == StatusCode::OK && came == Some(id.as_str().as_bytes()) {
            return Ok(Kept::Yes(format!("{id} came back")));
        }
        Err(Broken::new(
            format!(
                "the request {id} is {}, with another id or none",
                response.status.as_u16()
            ),
            "find what replaces X-Request-ID between here and Hemera",
        ))
    }

    fn audit_record(&self) -> Result<Kept, Broken> {
        let record = self.response.as_ref().and_then(|response| {
            let record = response.headers.get(X_AUDIT_RECORD)?.to_str().ok()?;
            (!record.is_empty()).then(|| record.to_owned())
        });
        let record = record.ok_or_else(|| {
            Broken::new(
                "the response does not name its audit record",
                "find what removes X-Audit-Record between here and Hemera",
            )
        })?;
        Ok(Kept::Yes(format!("the read is recorded as {record}")))
    }

    fn limit(&self) -> Result<Kept, Broken> {
        let Some(limit) = self.client.rate_limit() else {
            return Err(Broken::new(
                "responses do not say what is left of the limit",
                "find what removes X-RateLimit-Limit, -Remaining and -Reset between here and Hemera",
            ));
        };
        let most = limit.burst.map_or(limit.limit, std::num::NonZero::get);
        if limit.remaining > most {
            let found = format!("{} requests are said to be left of {most}", limit.remaining);
            return Err(Broken::new(found, NOT_HEMERA));
        }
        let text = format!(
            "{} of {most} requests left, {} in a window",
            limit.remaining, limit.limit
        );
        Ok(Kept::Yes(text))
    }

    async fn role(&self) -> Result<Kept, Broken> {
        let response = self.client.relay(&RelayRequest::new(Operation::GetUsage)).await?;
        if response.status.is_success() {
            return Err(Broken::new(
                "this caller may read the usage of the service, as admins may",
                "give it the role api-client and no other",
            ));
        }
        Refusal::of(
            "what admins alone may read",
            ErrorCode::Forbidden,
            response.status,
            &response.headers,
            &response.body,
        )?;
        Ok(Kept::Yes(
            "what admins alone may read is 403, in the format of the contract".to_owned(),
        ))
    }

    async fn reads(&mut self) -> Result<Kept, Broken> {
        let Some(duration) = self.arguments.repeat_for else {
            return Ok(Kept::NotTried("no duration was given".to_owned()));
        };
        let readable = Readable {
            course: self.courses.first(),
            participation: self.participation.as_ref(),
        };
        let reads = Reads::repeat(&self.client, &*self.clock, duration, &readable).await;
        self.reads.insert(reads).verdict()
    }

    async fn write(&self) -> Result<Kept, Broken> {
        match &self.arguments.write {
            Some(id) => write::there_and_back(&self.client, id).await,
            None => Ok(Kept::NotTried("no participation was named".to_owned())),
        }
    }
}

fn not_refused() -> Kept {
    Kept::NotTried("there is no refusal to compare with".to_owned())
}

fn participation_of(course: &CourseDetail) -> Option<ParticipationId> {
    course
        .participants
        .iter()
        .find_map(|participant| participant.participation_id.clone())
}

fn no_course() -> Kept {
    Kept::NotTried("there is no published course".to_owned())
}

#[cfg(test)]
mod tests {
    use aither_client::hemera_types::Role;
    use aither_client::testing::{CourseSeed, InMemoryHemera};

    use super::*;

    fn walk(client: HemeraClient) -> Walk<'static> {
        static READ_ONLY: SmokeArguments = SmokeArguments::READ_ONLY;
        Walk::new(
            client,
            &READ_ONLY,
            Arc::new(aither_client::freshness::SystemClock),
        )
    }

    #[tokio::test]
    async fn caller_with_more_rights_than_it_needs_is_a_broken_promise() {
        let hemera = InMemoryHemera::start().await.unwrap();
        let admin = HemeraClient::builder(hemera.base_url().clone(), hemera.tokens(Role::Admin));
        let broken = walk(admin.build().unwrap())
            .attempt(Step::Role)
            .await
            .unwrap_err();
        assert!(broken.remedy.contains("api-client"), "{broken:?}");
        assert!(matches!(
            walk(hemera.client()).attempt(Step::Role).await,
            Ok(Kept::Yes(_))
        ));
    }

    #[tokio::test]
    async fn responses_without_the_limit_are_a_broken_promise() {
        let hemera = InMemoryHemera::start().await.unwrap();
        let broken = walk(hemera.client()).attempt(Step::Limit).await.unwrap_err();
        assert!(broken.remedy.contains("X-RateLimit-Limit"), "{broken:?}");
    }

    #[tokio::test]
    async fn empty_hemera_leaves_steps_untried() {
        let hemera = InMemoryHemera::start().await.unwrap();
        let mut walk = walk(hemera.client());
        for step in [
            Step::Courses,
            Step::Course,
            Step::Materials,
            Step::Participation,
            Step::Unchanged,
        ] {
            let kept = walk.attempt(step).await.unwrap();
            assert_eq!(
                matches!(kept, Kept::NotTried(_)),
                step != Step::Courses,
                "{kept:?}"
            );
        }
        hemera.put_course(CourseSeed::new(CourseId::parse("c1").unwrap(), "Course"));
        walk.attempt(Step::Courses).await.unwrap();
        assert!(matches!(walk.attempt(Step::Unchanged).await, Ok(Kept::Yes(_))));
        assert!(matches!(
            walk.attempt(Step::Participation).await,
            Ok(Kept::NotTried(_))
        ));
    }
}
