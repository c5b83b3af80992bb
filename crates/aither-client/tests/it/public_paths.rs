//! A program that depends on `aither-client` alone can name every type of its public functions: all paths in this file
//! begin with `aither_client`.

use std::sync::Arc;
use std::time::Duration;

use aither_client::clerk::{
    BackendApi, FrontendApi, Machine, MachineKey, MintedToken, SecretKey, ServiceUser, Ticket, TokenKind,
    UserRef,
};
use aither_client::freshness::{Clock, Generation, Held, Policy, Sleep, SystemClock, TokioSleep};
use aither_client::hemera_types::{
    CourseDetail, CourseId, CourseMaterials, CourseQuery, CourseSummary, ErrorCode, FieldError, Open,
    Operation, Pagination, Participation, ParticipationId, RequestId, ResultUpdate, Role, Timestamp, Usage,
};
use aither_client::{
    BaseUrl, CallInfo, ClerkMachine, ClerkServiceUser, EnrolledSession, Error, HemeraClient,
    HemeraClientBuilder, MemoryTokenStore, Page, Response, SecretString, SharedTokens, StaticServiceKey,
    StatusCode, StoreKey, StoreKeys, TimeSpent, Token, TokenCache, TokenError, TokenSource, TokenStore,
    TokenUnavailable, Version, Versioned,
};

type Anything = Box<dyn std::error::Error>;

fn user() -> Result<ClerkServiceUser, Anything> {
    let backend: BackendApi = BackendApi::builder(SecretKey::parse("sk_test_0123456789")?).build()?;
    let user: UserRef = UserRef::from("aither-service@hemera-academy.com");
    let user: ServiceUser = ServiceUser::builder(backend, frontend()?, user).build();
    Ok(ClerkServiceUser::new(user))
}

fn frontend() -> Result<FrontendApi, Anything> {
    Ok(FrontendApi::builder("https://clerk.hemera.example".parse()?).build()?)
}

fn enrolled() -> Result<EnrolledSession, Anything> {
    let ticket: Ticket = Ticket::new("a sign-in token");
    let session = EnrolledSession::new(frontend()?, "/nowhere/session.json");
    Ok(session
        .with_ticket(ticket)
        .with_token(TokenKind::Session)
        .with_clock(SystemClock))
}

fn machine() -> Result<ClerkMachine, Anything> {
    let machine: Machine = Machine::builder(MachineKey::parse("ak_0123456789")?).build()?;
    Ok(ClerkMachine::new(machine))
}

fn shared(source: Arc<dyn TokenSource>) -> Result<SharedTokens, Anything> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store: Arc<dyn TokenStore> = Arc::new(MemoryTokenStore::new(clock));
    let key = StoreKey::parse(&SecretString::from(
        "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    ))?;
    Ok(SharedTokens::new(source, store, StoreKeys::new(key), "aither")
        .with_clock(SystemClock)
        .with_sleep(TokioSleep))
}

fn client(source: impl TokenSource, sleep: impl Sleep) -> Result<HemeraClient, Anything> {
    let base_url: BaseUrl = "https://hemera.example".parse()?;
    let builder: HemeraClientBuilder = HemeraClient::builder(base_url, source)
        .with_token_policy(Policy::default())
        .with_clock(SystemClock)
        .with_sleep(sleep);
    Ok(builder.build()?)
}

/// What a program does with a token by hand.
#[expect(dead_code, reason = "it has to compile, and would ask Clerk")]
async fn by_hand(tokens: &TokenCache) -> Result<(Token, Generation), TokenUnavailable> {
    let held: Held<Token> = tokens.token().await?;
    Ok((held.value, held.generation))
}

/// A source of one's own, from what Clerk has minted.
#[expect(dead_code, reason = "it has to compile, and would ask Clerk")]
fn of_minted(minted: &MintedToken) -> Result<Token, Anything> {
    let lifetime: Duration = minted.lifetime;
    Ok(Token::bearer(&minted.jwt, lifetime)?)
}

/// The types of every operation, and of what it says about itself.
#[expect(dead_code, reason = "it has to compile, and would call Hemera")]
async fn every_operation(client: &HemeraClient) -> Result<CallInfo, Error> {
    let courses: Response<Page<CourseSummary>> = client.service_courses(&CourseQuery::default()).await?;
    let _: (Option<Pagination>, Timestamp, &RequestId) =
        (courses.pagination, courses.as_of, &courses.request_id);
    let id: &CourseId = &courses.items[0].id;
    let course: Response<CourseDetail> = client.service_course(id).await?;
    let _: Response<CourseMaterials> = client.service_course_materials(&course.id).await?;
    let Some(id): Option<&ParticipationId> = course.participations[0].id.as_ref() else {
        return Ok(course.info().clone());
    };
    let read: Response<Versioned<Participation>> = client.service_participation(id).await?;
    let expected: Option<&Version> = Some(&read.version);
    let update = ResultUpdate::default().complete();
    let written: Response<Versioned<Participation>> = client
        .update_service_participation_result(id, &update, expected)
        .await?;
    let _: Response<Usage> = client.service_usage(1).await?;
    Ok(written.info().clone())
}

/// The types of what an error says.
fn all_of(
    error: &Error,
) -> (
    Option<StatusCode>,
    Option<&Open<ErrorCode>>,
    &[FieldError],
    TimeSpent,
) {
    let _: (Option<&RequestId>, Option<Operation>) = (error.request_id(), error.operation());
    let _: Option<&TokenError> = error.token_error();
    (error.status(), error.code(), error.fields(), error.time_spent())
}

#[tokio::test]
async fn every_type_of_the_public_functions_is_reached_from_this_crate_alone() {
    let key = StaticServiceKey::parse("hk_1").unwrap();
    let sources: [Arc<dyn TokenSource>; 4] = [
        Arc::new(user().unwrap()),
        Arc::new(enrolled().unwrap()),
        Arc::new(machine().unwrap()),
        Arc::new(shared(Arc::new(key.clone())).unwrap()),
    ];
    assert_eq!(sources.len(), 4);
    let client = client(key, TokioSleep).unwrap();
    // Refused before anything is sent.
    let id = ParticipationId::parse("part_1").unwrap();
    let nothing = ResultUpdate::default();
    let error = client
        .update_service_participation_result(&id, &nothing, None)
        .await
        .unwrap_err();
    let (status, code, fields, spent) = all_of(&error);
    assert_eq!((status, code, fields.len()), (None, None, 1));
    assert_eq!(spent, TimeSpent::default());
    assert_eq!(Role::of_claim(Some("api-client")), Role::ApiClient);
}

/// The crate's page groups all names that the crate exports.
#[test]
fn page_of_the_crate_has_every_exported_name_in_a_group() {
    let source = include_str!("../../src/lib.rs");
    let (page, code) = source.split_once("\nmod ").unwrap();
    let exports = code
        .split("pub use ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'));
    let names = exports.flat_map(|(export, _)| {
        let words = export.split(|character: char| !character.is_ascii_alphanumeric());
        words.filter(|word| word.starts_with(|first: char| first.is_ascii_uppercase()))
    });
    let names: Vec<&str> = names.collect();
    assert!(names.len() > 40, "{names:?}");
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "the page lacks {name}");
    }
}

/// The pages are shown as modules, where links to other files lead nowhere.
#[test]
fn pages_have_no_links_to_files() {
    for page in [
        include_str!("../../docs/tokens.md"),
        include_str!("../../docs/client-retries.md"),
        include_str!("../../docs/client-errors.md"),
        include_str!("../../docs/client-metrics.md"),
        include_str!("../../docs/client-testing.md"),
    ] {
        assert!(page.starts_with("# "), "a link that was not followed: {page}");
        for target in page.split("](").skip(1) {
            assert!(
                target.starts_with("https://") || target.starts_with('#'),
                "{target}"
            );
        }
    }
}
