//! The journal shows what an application has sent, and no credential.

use aither_client::hemera_types::{CourseQuery, Operation, ResultUpdate};

use super::{academy, participation_id};

#[tokio::test]
async fn requests_are_recorded_with_their_conditions_and_without_credentials() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let (client, id) = (hemera.client(), participation_id("part_1"));
    let query = CourseQuery {
        limit: 7,
        ..CourseQuery::default()
    };
    client.service_courses(&query).await.unwrap();
    client.service_courses(&query).await.unwrap();
    let read = client.service_participation(&id).await.unwrap();
    let update = ResultUpdate::default().complete();
    let written = client
        .update_service_participation_result(&id, &update, Some(&read.version))
        .await
        .unwrap();
    let [first, again, single, write] = &hemera.requests()[..] else {
        panic!("four requests: {:#?}", hemera.requests())
    };
    assert_eq!(first.operation, Some(Operation::ListCourses));
    assert_eq!(first.query.as_deref(), Some("limit=7"));
    assert_eq!(first.status.unwrap(), 200);
    assert!(again.if_none_match.is_some());
    assert_eq!(again.status.unwrap(), 304);
    assert_eq!(single.id.as_deref(), Some("part_1"));
    assert_eq!(write.operation, Some(Operation::UpdateParticipationResult));
    assert_eq!(write.if_match, Some(read.version.to_string()));
    assert_eq!(write.request_id, written.info().request_id);

    let shown = format!("{:?} {hemera:?}", hemera.requests());
    assert!(
        !shown.contains(hemera.service_key()) && !shown.contains("Bearer"),
        "{shown}"
    );
    hemera.clear_requests();
    assert!(hemera.requests().is_empty());
}

#[tokio::test]
async fn usage_counts_what_came() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    hemera
        .client()
        .service_courses(&CourseQuery::default())
        .await
        .unwrap();
    let admin = hemera.tokens(aither_client::hemera_types::Role::Admin);
    let admin = aither_client::HemeraClient::builder(hemera.base_url().clone(), admin)
        .build()
        .unwrap();
    let usage = admin.service_usage(7).await.unwrap();
    assert_eq!(usage.rows.len(), 1);
    assert_eq!(usage.rows[0].operation.as_deref(), Some("courses.list"));
    assert_eq!(
        (usage.rows[0].status_class.as_str(), usage.rows[0].requests),
        ("2xx", 1)
    );
    let refused = hemera.client().service_usage(7).await;
    assert!(refused.unwrap_err().is_forbidden());
}
