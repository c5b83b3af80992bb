//! The steps of the smoke test, each with what the ones before it have found.

use aither_client::hemera_types::{
    CourseDetail, CourseId, CourseQuery, Operation, ParticipationId, ResultUpdate,
};
use aither_client::{HemeraClient, RelayRequest, StatusCode};

use super::outside;
use super::promise::{Broken, Kept, NOT_HEMERA};
use super::step::Step;
use crate::command::participation::version_text;

/// Courses that are looked at to find a participation.
const COURSES_LOOKED_AT: usize = 5;

/// A walk through the promises.
#[derive(Debug)]
pub(super) struct Walk {
    client: HemeraClient,
    /// The participation to write.
    write: Option<ParticipationId>,
    /// Courses of the first page, those with bookings first.
    courses: Vec<CourseId>,
    participation: Option<ParticipationId>,
}

impl Walk {
    pub(super) const fn new(client: HemeraClient, write: Option<ParticipationId>) -> Self {
        Self {
            client,
            write,
            courses: Vec::new(),
            participation: None,
        }
    }

    pub(super) async fn attempt(&mut self, step: Step) -> Result<Kept, Broken> {
        match step {
            Step::Ready => outside::ready(&self.client).await,
            Step::Tls => Ok(outside::tls(&self.client)),
            Step::NoCredential => outside::no_credential(&self.client).await,
            Step::Token => self.token().await,
            Step::Courses => self.courses().await,
            Step::Course => self.course().await,
            Step::Materials => self.materials().await,
            Step::Participation => self.participation().await,
            Step::Unchanged => self.unchanged().await,
            Step::Limit => self.limit(),
            Step::Role => self.role().await,
            Step::Write => self.write().await,
        }
    }

    async fn token(&self) -> Result<Kept, Broken> {
        let unavailable = match self.client.tokens().token().await {
            Ok(held) => {
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
        let Some(id) = self.write.as_ref().or(self.participation.as_ref()) else {
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
        match self.client.service_usage(1).await {
            Err(error) if error.is_forbidden() => {
                Ok(Kept::Yes("what admins alone may read is 403".to_owned()))
            }
            Err(error) => Err(error.into()),
            Ok(_) => Err(Broken::new(
                "this caller may read the usage of the service, as admins may",
                "give it the role api-client and no other",
            )),
        }
    }

    /// Writes what is there already, on the condition that it is still the same.
    async fn write(&self) -> Result<Kept, Broken> {
        let Some(id) = &self.write else {
            return Ok(Kept::NotTried("no participation was named".to_owned()));
        };
        let read = self.client.service_participation(id).await?;
        let kept = |error| {
            Broken::new(
                format!("Hemera sent a text that it would refuse: {error}"),
                NOT_HEMERA,
            )
        };
        let update = match &read.result_outcome {
            Some(text) => ResultUpdate::default().with_outcome(text.clone()).map_err(kept)?,
            None => ResultUpdate::default().without_outcome(),
        };
        let written = self
            .client
            .update_service_participation_result(id, &update, Some(&read.version))
            .await?;
        if written.value != read.value || written.version != read.version {
            let found = format!("{id} has changed, although it was written as it was");
            return Err(Broken::new(found, "give the request id to Hemera's operators"));
        }
        Ok(Kept::Yes(format!(
            "{id} was written as it was, and has not changed"
        )))
    }
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

    fn walk(client: HemeraClient) -> Walk {
        Walk::new(client, None)
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
