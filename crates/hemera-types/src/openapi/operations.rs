//! What each operation takes and gives.

use std::fmt;

use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{Array, Schema};
use utoipa::openapi::{Content, RefOr, Required};
use utoipa::{IntoParams, ToSchema};

use super::{Component, component, envelope};
use crate::schema::{RequestExamples, parameters, schema_ref};
use crate::{
    CourseDetail, CourseId, CourseMaterials, CourseQuery, CourseSummary, ItemResults, Operation,
    Participation, ParticipationId, ResultUpdate, ResultUpdates, UPDATED_MESSAGE, Usage, UsageQuery,
    VERDICTS_MESSAGE,
};

/// A golden file: an answer in full. The tests read it with the operation's types.
macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/", $name, ".json"))
    };
}

/// What an operation takes and gives. An operation without one does not compile.
pub fn shape(operation: Operation) -> Shape {
    match operation {
        Operation::ListCourses => {
            Shape::page_of::<CourseSummary>(operation, "CourseListSuccess", golden!("courses.list"))
                .with_query::<CourseQuery>()
        }
        Operation::GetCourse => Shape::of::<CourseDetail>(operation, "CourseSuccess", golden!("courses.get"))
            .with_id::<CourseId>(),
        Operation::GetCourseMaterials => {
            Shape::of::<CourseMaterials>(operation, "CourseMaterialsSuccess", golden!("courses.materials"))
                .with_id::<CourseId>()
        }
        Operation::GetParticipation => {
            Shape::of::<Participation>(operation, "ParticipationSuccess", golden!("participations.get"))
                .with_id::<ParticipationId>()
        }
        Operation::UpdateParticipationResult => Shape::of::<Participation>(
            operation,
            "ResultUpdateSuccess",
            golden!("participations.update_result"),
        )
        .with_id::<ParticipationId>()
        .with_body::<ResultUpdate>()
        .with_message(UPDATED_MESSAGE),
        Operation::UpdateParticipationResults => Shape::of::<ItemResults>(
            operation,
            "ResultUpdatesSuccess",
            golden!("participations.update_results"),
        )
        .with_body::<ResultUpdates>()
        .with_message(VERDICTS_MESSAGE),
        Operation::GetUsage => {
            Shape::of::<Usage>(operation, "UsageSuccess", golden!("usage.get")).with_query::<UsageQuery>()
        }
    }
}

/// What an operation takes and gives, in the terms of an OpenAPI document.
pub struct Shape {
    operation: Operation,
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    envelope: &'static str,
    data: RefOr<Schema>,
    message: Option<&'static str>,
    is_page: bool,
    golden: &'static str,
    components: Vec<Component>,
}

impl Shape {
    fn of<T: ToSchema>(operation: Operation, envelope: &'static str, golden: &'static str) -> Self {
        Self {
            operation,
            parameters: Vec::new(),
            body: None,
            envelope,
            data: schema_ref(&T::name()).into(),
            message: None,
            is_page: false,
            golden,
            components: with_parts::<T>(),
        }
    }

    fn page_of<T: ToSchema>(operation: Operation, envelope: &'static str, golden: &'static str) -> Self {
        Self {
            data: Array::new(schema_ref(&T::name())).into(),
            is_page: true,
            ..Self::of::<T>(operation, envelope, golden)
        }
    }

    fn with_id<T: ToSchema>(mut self) -> Self {
        self.parameters.push(parameters::id::<T>());
        self
    }

    fn with_query<T: IntoParams>(mut self) -> Self {
        self.parameters
            .extend(T::into_params(|| Some(ParameterIn::Query)));
        self
    }

    fn with_body<T: RequestExamples>(mut self) -> Self {
        let content = Content::builder()
            .schema(Some(schema_ref(&T::name())))
            .examples_from_iter(T::examples())
            .build();
        let most = self.operation.spec().body_bytes.unwrap_or_default();
        let description = format!("At most {} KiB. A field given twice is refused.", most / 1024);
        let body = RequestBody::builder()
            .description(Some(description))
            .required(Some(Required::True))
            .content("application/json", content)
            .build();
        self.body = Some(body);
        self.components.push(component::<T>());
        T::schemas(&mut self.components);
        self
    }

    fn with_message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }

    /// The id in the path, and the parameters of the query.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The body of a request; `None` where it carries none.
    pub fn body(&self) -> Option<&RequestBody> {
        self.body.as_ref()
    }

    /// The name of the envelope of a success among the schemas.
    pub fn envelope_name(&self) -> &'static str {
        self.envelope
    }

    /// A success in full.
    pub fn example(&self) -> Value {
        // A file that is not JSON would show as `null`, which the tests refuse.
        serde_json::from_str(self.golden).unwrap_or_default()
    }

    /// The schemas that this operation adds to a document.
    pub(super) fn into_components(self) -> Vec<Component> {
        let description = self.operation.spec().success;
        let envelope = envelope::success(description, self.data, self.message, self.is_page);
        let mut components = self.components;
        components.push((self.envelope.to_owned(), envelope.into()));
        components
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shape")
            .field("operation", &self.operation)
            .field("envelope", &self.envelope)
            .finish_non_exhaustive()
    }
}

/// The schema of `T` and of what it consists of. A body of a response carries all its fields: `null` stands where
/// there is nothing to say.
pub(super) fn with_parts<T: ToSchema>() -> Vec<Component> {
    let mut parts = vec![component::<T>()];
    T::schemas(&mut parts);
    for (_, schema) in &mut parts {
        if let RefOr::T(Schema::Object(object)) = schema {
            object.required = object.properties.keys().cloned().collect();
        }
    }
    parts
}
