//! The operations of the contract.

use hemera_types::{
    CourseDetail, CourseMaterials, CourseSummary, Named as _, Operation, Participation, ResultUpdate,
    UPDATED_MESSAGE, Usage,
};
use http::Method;
use http::header::{CONTENT_ENCODING, ETAG};
use utoipa::ToSchema;
use utoipa::openapi::path;
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{Array, Schema};
use utoipa::openapi::{Content, Ref, RefOr, Required, Response};

use super::{about, errors, examples, headers, parameters, security};

/// What a developer reads of an operation.
struct Text {
    tag: &'static str,
    summary: &'static str,
    description: &'static str,
    success: &'static str,
}

fn text(operation: Operation) -> Text {
    match operation {
        Operation::ListCourses => Text {
            tag: about::COURSES,
            summary: "List courses",
            description: "A page of the courses that meet every filter, by `startDate` (those without one last), then `id`: pages do not \
                overlap while the set is unchanged. Vanished courses and cancelled bookings are found by a full pass only.",
            success: "A page of courses.",
        },
        Operation::GetCourse => Text {
            tag: about::COURSES,
            summary: "Read a course and who has booked it",
            description: "Published or not. One row a booking, by booking time, then id. Where operators have made participants \
                pseudonymous, `name` and `imageUrl` are null and `userId` is a keyed hash.",
            success: "The course.",
        },
        Operation::GetCourseMaterials => Text {
            tag: about::COURSES,
            summary: "Read the materials of a course",
            description: "Topics in the order of the curriculum, materials by `sortOrder`, then id. `htmlContent` is what Hemera's editors \
                have written: sanitize it before a browser shows it.",
            success: "The materials.",
        },
        Operation::GetParticipation => Text {
            tag: about::PARTICIPATIONS,
            summary: "Read a participation",
            description: "Its `ETag` is its version, which rises with each real change: send it as `If-Match` with what you write.",
            success: "The participation.",
        },
        Operation::UpdateParticipationResult => Text {
            tag: about::PARTICIPATIONS,
            summary: "Write the result of a participation",
            description: "Sets what the body names and nothing else. A request that changes nothing leaves the participation untouched and \
                answers 200, also where `If-Match` no longer matches. So it may be repeated after a time-out.",
            success: "The participation as it is now.",
        },
        Operation::GetUsage => Text {
            tag: about::USAGE,
            summary: "Read how the service is used",
            description: "Requests by day, subject, operation and status class, from the audit log; the last moments may be missing.",
            success: "The usage.",
        },
    }
}

pub(super) fn describe(operation: Operation) -> path::Operation {
    let text = text(operation);
    let described = path::Operation::builder()
        .operation_id(Some(operation.name()))
        .tag(text.tag)
        .summary(Some(text.summary))
        .description(Some(text.description))
        .securities(Some(security::requirements(operation)))
        .extensions(Some(security::permissions(operation)));
    let mut described =
        parameters::put_on(operation, described).response("200", success(operation, text.success));
    if operation.method() == Method::PUT {
        described = described.request_body(Some(body()));
    } else {
        described = described.response("304", not_modified());
    }
    for (status, refusal) in errors::of(operation) {
        described = described.response(status.as_str(), RefOr::Ref(refusal));
    }
    described.build()
}

fn body() -> RequestBody {
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name(ResultUpdate::name())))
        .examples_from_iter(examples::updates())
        .build();
    RequestBody::builder()
        .description(Some("At most 64 KiB. A field given twice is refused."))
        .required(Some(Required::True))
        .content("application/json", content)
        .build()
}

fn success(operation: Operation, description: &str) -> Response {
    let response = Response::builder().description(description);
    let response = headers::standing(headers::always(response));
    let response = if operation.method() == Method::PUT {
        headers::with(response, &ETAG)
    } else {
        headers::with(headers::of_variants(response), &CONTENT_ENCODING)
    };
    let content = Content::builder()
        .schema(Some(Ref::from_schema_name(envelope_name(operation))))
        .example(Some(examples::success(operation)))
        .build();
    response.content("application/json", content).build()
}

fn not_modified() -> Response {
    let response = Response::builder().description("You have it already: nothing has changed since.");
    headers::of_variants(headers::standing(headers::always(response))).build()
}

fn envelope_name(operation: Operation) -> &'static str {
    match operation {
        Operation::ListCourses => "CourseListSuccess",
        Operation::GetCourse => "CourseSuccess",
        Operation::GetCourseMaterials => "CourseMaterialsSuccess",
        Operation::GetParticipation => "ParticipationSuccess",
        Operation::UpdateParticipationResult => "ResultUpdateSuccess",
        Operation::GetUsage => "UsageSuccess",
    }
}

/// The envelopes of all successes, with their names.
pub(super) fn envelopes() -> impl Iterator<Item = (&'static str, RefOr<Schema>)> {
    Operation::ALL.iter().map(|&operation| {
        let data: RefOr<Schema> = match operation {
            Operation::ListCourses => Array::new(schema::<CourseSummary>()).into(),
            Operation::GetCourse => schema::<CourseDetail>().into(),
            Operation::GetCourseMaterials => schema::<CourseMaterials>().into(),
            Operation::GetParticipation | Operation::UpdateParticipationResult => {
                schema::<Participation>().into()
            }
            Operation::GetUsage => schema::<Usage>().into(),
        };
        let message = (operation == Operation::UpdateParticipationResult).then_some(UPDATED_MESSAGE);
        let is_page = operation == Operation::ListCourses;
        let envelope = hemera_types::openapi::success(text(operation).success, data, message, is_page);
        (envelope_name(operation), envelope.into())
    })
}

fn schema<T: ToSchema>() -> Ref {
    Ref::from_schema_name(T::name())
}
