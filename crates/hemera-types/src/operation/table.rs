//! The table of operations. To add one, add its row: the rest is derived, or does not compile until it is there.

use http::Method;
use permissions::Permission::{
    ManageUsers, ReadBookings, ReadCourses, ReadParticipations, WriteParticipationResults,
};

use super::Condition::{IfMatch, IfNoneMatch};
use super::{Group, OperationSpec};
use crate::bounds;
use crate::named::named_enum;

const COURSES: Group = Group {
    name: "Courses",
    description: "What Hemera teaches, and who has booked it.",
};
const PARTICIPATIONS: Group = Group {
    name: "Participations",
    description: "What a user does in a course, and what came of it.",
};
const USAGE: Group = Group {
    name: "Usage",
    description: "How the service is used. For admins.",
};

/// Declares [`Operation`] and its rows together, so that none can be without the other.
macro_rules! operations {
    ($($operation:ident {
        name: $name:literal,
        method: $method:ident,
        path: $path:literal,
        $($fact:ident: $value:expr,)+
    })+) => {
        named_enum! {
            /// An operation of the service API. Its name is what audit records, metrics and the OpenAPI document call it; its
            /// facts are in its [row](OperationSpec).
            Operation {
                $(#[doc = concat!("`", stringify!($method), " ", $path, "`")]
                $operation = $name,)+
            }
        }

        static ROWS: &[OperationSpec] = &[$(OperationSpec {
            method: Method::$method,
            path: $path,
            $($fact: $value,)+
        },)+];
    };
}

operations! {
    ListCourses {
        name: "courses.list",
        method: GET,
        path: "/api/service/courses",
        permissions: &[ReadCourses],
        is_idempotent: true,
        is_cacheable: true,
        body_bytes: None,
        condition: Some(IfNoneMatch),
        group: COURSES,
        summary: "List courses",
        description: "A page of the courses that meet every filter, by `startDate` (those without one last), then `id`: pages do \
            not overlap while the set is unchanged. Deleted courses and cancelled bookings are found by a full pass only.",
        success: "A page of courses.",
    }
    GetCourse {
        name: "courses.get",
        method: GET,
        path: "/api/service/courses/{id}",
        permissions: &[ReadCourses, ReadBookings, ReadParticipations],
        is_idempotent: true,
        is_cacheable: true,
        body_bytes: None,
        condition: Some(IfNoneMatch),
        group: COURSES,
        summary: "Read a course and who has booked it",
        description: "Published or not. One row a booking, by booking time, then id. Where operators have made participants \
            pseudonymous, `name` and `imageUrl` are null and `userId` is a keyed hash.",
        success: "The course.",
    }
    GetCourseMaterials {
        name: "courses.materials",
        method: GET,
        path: "/api/service/courses/{id}/materials",
        permissions: &[ReadCourses],
        is_idempotent: true,
        is_cacheable: true,
        body_bytes: None,
        condition: Some(IfNoneMatch),
        group: COURSES,
        summary: "Read the materials of a course",
        description: "Topics in the order of the curriculum, materials by `sortOrder`, then id. `htmlContent` is what Hemera's \
            editors have written: sanitize it before a browser shows it.",
        success: "The materials.",
    }
    GetParticipation {
        name: "participations.get",
        method: GET,
        path: "/api/service/participations/{id}",
        permissions: &[ReadParticipations],
        is_idempotent: true,
        is_cacheable: true,
        body_bytes: None,
        condition: Some(IfNoneMatch),
        group: PARTICIPATIONS,
        summary: "Read a participation",
        description: "Its `ETag` is its version, which rises with each real change: send it as `If-Match` with what you write.",
        success: "The participation.",
    }
    UpdateParticipationResult {
        name: "participations.update_result",
        method: PUT,
        path: "/api/service/participations/{id}/result",
        permissions: &[WriteParticipationResults],
        // It sets fields to values, and an update that changes nothing leaves the row untouched.
        is_idempotent: true,
        is_cacheable: false,
        body_bytes: Some(bounds::BODY_BYTES),
        condition: Some(IfMatch),
        group: PARTICIPATIONS,
        summary: "Write the result of a participation",
        description: "Sets what the body names and nothing else. A request that changes nothing leaves the participation untouched \
            and answers 200, also where `If-Match` no longer matches. So it may be repeated after a time-out.",
        success: "The participation as it is now.",
    }
    UpdateParticipationResults {
        name: "participations.update_results",
        method: PUT,
        path: "/api/service/participation-results",
        permissions: &[WriteParticipationResults],
        // Each update sets fields to values, as for a single participation.
        is_idempotent: true,
        is_cacheable: false,
        body_bytes: Some(bounds::RESULTS_BODY_BYTES),
        condition: None,
        group: PARTICIPATIONS,
        summary: "Write the results of many participations",
        description: "Up to 100 updates, each by itself and in order, with a condition and a verdict of its own. The form is checked \
            as a whole before the first of them is written. In the rate limit, each 50 updates count as one request.",
        success: "The verdict on each update.",
    }
    GetUsage {
        name: "usage.get",
        method: GET,
        path: "/api/service/usage",
        permissions: &[ManageUsers],
        is_idempotent: true,
        // Every request is counted, also one for the usage: no answer is given twice.
        is_cacheable: false,
        body_bytes: None,
        condition: Some(IfNoneMatch),
        group: USAGE,
        summary: "Read how the service is used",
        description: "Requests by day, subject, operation and status class, from the audit log; the last moments may be missing.",
        success: "The usage.",
    }
}

impl Operation {
    /// Its row.
    pub const fn spec(self) -> &'static OperationSpec {
        &ROWS[self as usize]
    }
}

const _: () = {
    let mut row = 0;
    while row < ROWS.len() {
        ROWS[row].check();
        row += 1;
    }
};
