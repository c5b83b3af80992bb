//! No secret is ever printed.

use std::sync::Arc;
use std::time::Duration;

use clerk::{
    BackendApi, FrontendApi, KeySet, KeySetPolicy, KeySource, Metadata, NewUser, SecretKey, ServiceUser,
    Ticket, TokenPolicy, UserRef, Verifier,
};
use freshness::ManualClock;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::clerk::{CLIENT_TOKEN, Clerk, SECRET, TICKET, backend_at};
use crate::support::keys::key_set;
use crate::support::server::Reply;
use crate::support::token::{ISSUER, now, session_token};

const ADDRESS: &str = "aither-service@hemera-academy.com";

/// Fails with the name of the secret that the text shows.
fn assert_clean(what: &str, text: &str) {
    let token = session_token();
    let signature = token.rsplit('.').next().unwrap();
    let secrets = [
        ("secret key", SECRET),
        ("ticket", TICKET),
        ("client token", CLIENT_TOKEN),
        ("jwt", signature),
        ("address", ADDRESS),
        ("encoded address", "aither-service%40"),
    ];
    for (name, secret) in secrets {
        assert!(!text.contains(secret), "{what} shows the {name}");
    }
}

#[tokio::test]
async fn debug_output_shows_no_secret() {
    let clerk = Clerk::start().await;
    let key = SecretKey::parse(SECRET).unwrap();
    let builder = BackendApi::builder(key.clone());
    assert_clean("SecretKey", &format!("{key:?}"));
    assert_clean(
        "BackendApiBuilder",
        &format!("{builder:?} {:?}", builder.clone().build().unwrap()),
    );
    assert_clean(
        "BackendApi",
        &format!("{:?} {:?}", clerk.backend(), clerk.backend().users()),
    );
    assert_clean("UserRef", &format!("{:?}", UserRef::from(ADDRESS)));
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), ADDRESS);
    assert_clean(
        "ServiceUserBuilder",
        &format!("{user:?} {:?}", user.clone().build()),
    );
    let person = json!({
        "id": "user_1", "email_addresses": [{ "id": "idn_1", "email_address": ADDRESS }], "private_metadata": { "x": SECRET },
    });
    clerk.overrides.next("GET /v1/users/user_1", Reply::json(&person));
    let person = clerk.backend().users().get("user_1").await.unwrap();
    assert_clean("User", &format!("{person:?} {:?}", person.email_addresses));
    let new =
        NewUser::without_password(ADDRESS).with_private_metadata(person.private_metadata.clone().unwrap());
    assert_clean(
        "NewUser",
        &format!("{new:?} {:?}", Metadata::public(person.private_metadata.unwrap())),
    );
    let token = user.build().mint().await.unwrap();
    assert_eq!(token.jwt.expose_secret(), session_token());
    assert_clean("MintedToken", &format!("{token:?}"));
    let ticket = clerk
        .backend()
        .sign_in_tokens()
        .create("user_1", Duration::from_mins(1))
        .await
        .unwrap();
    assert_clean("SignInToken", &format!("{ticket:?}"));
    let signed_in = clerk
        .frontend()
        .redeem_ticket(&Ticket::new(TICKET))
        .await
        .unwrap();
    assert_clean("SignedIn", &format!("{signed_in:?}"));
    let verified = verifier(&clerk).verify(&session_token()).await.unwrap();
    assert_clean("VerifiedToken", &format!("{verified:?} {:?}", verifier(&clerk)));
}

fn verifier(clerk: &Clerk) -> Verifier {
    clerk.overrides.next("GET /v1/jwks", Reply::json(&key_set()));
    let clock = Arc::new(ManualClock::at(now()));
    let keys = KeySet::remote(
        KeySource::Backend(clerk.backend()),
        KeySetPolicy::default(),
        clock.clone(),
    );
    Verifier::new(TokenPolicy::for_issuer(ISSUER), keys, clock)
}

#[tokio::test]
async fn errors_show_no_secret() {
    let replies = [
        Reply::error(401, "clerk_key_invalid"),
        Reply::text(200, "text/html", format!("{SECRET} {TICKET} {ADDRESS}")),
        Reply::text(500, "text/html", format!("{SECRET} {TICKET} {ADDRESS}")),
        Reply::Cut,
    ];
    for reply in replies {
        let clerk = Clerk::start().await;
        for line in ["GET /v1/users", "POST /v1/client/sign_ins"] {
            clerk.overrides.next(line, reply.clone());
            let error = ServiceUser::builder(clerk.backend(), clerk.frontend(), ADDRESS)
                .build()
                .mint()
                .await
                .unwrap_err();
            assert_clean("Error", &format!("{error} {error:?}"));
        }
    }
    let closed: url::Url = "http://127.0.0.1:1".parse().unwrap();
    let backend = backend_at(closed.clone());
    let frontend = FrontendApi::builder(closed).build().unwrap();
    let error = ServiceUser::builder(backend, frontend, ADDRESS)
        .build()
        .mint()
        .await
        .unwrap_err();
    assert_clean("Error", &format!("{error} {error:?}"));
}

#[tokio::test]
async fn the_trace_log_of_a_whole_flow_shows_no_secret() {
    log::start();
    let clerk = Clerk::start().await;
    let user = ServiceUser::builder(clerk.backend(), clerk.frontend(), ADDRESS).build();
    let token = user.mint().await.unwrap();
    verifier(&clerk).verify(token.jwt.expose_secret()).await.unwrap();
    user.sign_out().await.unwrap();
    let text = log::take();
    assert!(
        text.contains("Clerk answered") && text.contains("TRACE"),
        "{text}"
    );
    assert_clean("the log", &text);
}

/// The log of one test: its runtime has one thread, so what is logged on it is the test's. The subscriber is the
/// process's, because one of a thread's own may miss events that other threads have met before.
mod log {
    use std::cell::RefCell;
    use std::io;
    use std::sync::Once;

    thread_local! {
        static KEPT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
    }

    static INSTALLED: Once = Once::new();

    pub(super) fn start() {
        INSTALLED.call_once(|| {
            let level = tracing::Level::TRACE;
            let subscriber = tracing_subscriber::fmt()
                .with_ansi(false)
                .with_max_level(level)
                .with_writer(|| Writer);
            tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
        });
        KEPT.set(Some(Vec::new()));
    }

    pub(super) fn take() -> String {
        String::from_utf8(KEPT.take().unwrap()).unwrap()
    }

    struct Writer;

    impl io::Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            KEPT.with_borrow_mut(|kept| kept.as_mut().map(|kept| kept.extend_from_slice(bytes)));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
