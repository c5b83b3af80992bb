//! Every schema of the document, in the order in which people read them.

use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::Component;
use super::envelope::{FAILURE, failure};
use crate::{
    BookedParticipation, BookingId, CourseDetail, CourseId, CourseLevel, CourseMaterials, CourseSummary,
    ErrorCode, FieldError, FieldErrors, Material, MaterialId, Meta, Pagination, Participant,
    ParticipantStatus, Participation, ParticipationId, ParticipationStatus, RequestId, ResultText,
    ResultUpdate, Timestamp, Topic, TopicId, Usage, UsageRow, UserId,
};

fn component<T: ToSchema>() -> Component {
    (T::name().into_owned(), T::schema())
}

/// A part of a response, which carries all its fields: `null` stands where there is nothing to say.
fn body<T: ToSchema>() -> Component {
    let schema = match T::schema() {
        RefOr::T(Schema::Object(mut object)) => {
            object.required = object.properties.keys().cloned().collect();
            RefOr::T(Schema::Object(object))
        }
        other => other,
    };
    (T::name().into_owned(), schema)
}

/// Every schema that operations, and other schemas, refer to.
pub fn schemas() -> Vec<Component> {
    vec![
        body::<CourseSummary>(),
        body::<CourseDetail>(),
        body::<Participant>(),
        body::<BookedParticipation>(),
        body::<CourseMaterials>(),
        body::<Topic>(),
        body::<Material>(),
        body::<Participation>(),
        component::<ResultUpdate>(),
        body::<Usage>(),
        body::<UsageRow>(),
        (FAILURE.to_owned(), failure().into()),
        body::<FieldErrors>(),
        body::<FieldError>(),
        body::<Pagination>(),
        body::<Meta>(),
        component::<ErrorCode>(),
        component::<CourseLevel>(),
        component::<ParticipationStatus>(),
        component::<ParticipantStatus>(),
        component::<CourseId>(),
        component::<BookingId>(),
        component::<ParticipationId>(),
        component::<UserId>(),
        component::<TopicId>(),
        component::<MaterialId>(),
        component::<RequestId>(),
        component::<Timestamp>(),
        component::<ResultText>(),
    ]
}
