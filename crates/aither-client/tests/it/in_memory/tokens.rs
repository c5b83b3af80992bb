//! Tokens expire by the clock, and are renewed as those of Clerk are.

use std::time::Duration;

use aither_client::hemera_types::{CourseQuery, Role};
use aither_client::{HemeraClient, StaticServiceKey, TokenSource as _};

use super::academy;

#[tokio::test]
async fn an_expired_token_is_refused_and_a_client_renews_it_before() {
    let (builder, clock) = academy();
    let lifetime = Duration::from_mins(5);
    let hemera = builder.with_token_lifetime(lifetime).start().await.unwrap();
    let query = CourseQuery::default();
    let client = hemera.client();
    client.service_courses(&query).await.unwrap();
    for _ in 0..3 {
        clock.advance(lifetime);
        client.service_courses(&query).await.unwrap();
    }
    // The client counts a token's life itself: no request was refused for it.
    assert!(
        hemera
            .requests()
            .iter()
            .all(|request| request.status.unwrap() != 401)
    );

    let token = hemera.tokens(Role::ApiClient).token().await.unwrap();
    assert_eq!(token.lifetime(), Some(lifetime));
    hemera.clear_requests();
    hemera.revoke_tokens();
    client.service_courses(&query).await.unwrap();
    let statuses: Vec<_> = hemera
        .requests()
        .iter()
        .map(|request| request.status.unwrap())
        .collect();
    assert_eq!(statuses.len(), 2);
    assert_eq!((statuses[0].as_u16(), statuses[1].as_u16()), (401, 304));
}

#[tokio::test]
async fn the_service_key_is_accepted_and_another_is_not() {
    let (builder, _) = academy();
    let hemera = builder.start().await.unwrap();
    let client = |key: &str| {
        let source = StaticServiceKey::parse(key).unwrap();
        HemeraClient::builder(hemera.base_url().clone(), source)
            .build()
            .unwrap()
    };
    let query = CourseQuery::default();
    client(hemera.service_key())
        .service_courses(&query)
        .await
        .unwrap();
    let other = client("hmr_test_another").service_courses(&query).await;
    assert!(other.unwrap_err().is_unauthorized());
    let user = HemeraClient::builder(hemera.base_url().clone(), hemera.tokens(Role::User));
    let user = user.build().unwrap().service_courses(&query).await;
    assert!(user.unwrap_err().is_forbidden());
}
