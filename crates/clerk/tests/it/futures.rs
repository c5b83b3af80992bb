//! What callers spawn must be able to move between threads.

use clerk::{
    BackendApi, ClientSession, Error, FrontendApi, KeySet, Machine, ServiceUser, Ticket, TokenKind,
    UserFilter, VerifiedToken, Verifier,
};

fn is_send<T: Send>(_: T) {}

fn is_shared<T: Send + Sync + Clone + 'static>() {}

#[test]
fn handles_can_be_shared_between_threads() {
    is_shared::<BackendApi>();
    is_shared::<FrontendApi>();
    is_shared::<ServiceUser>();
    is_shared::<Verifier>();
    is_shared::<KeySet>();
    is_shared::<VerifiedToken>();
    is_shared::<ClientSession>();
    is_shared::<Machine>();
    is_shared::<Error>();
}

/// Compiled, never run: the types say all.
#[expect(dead_code, reason = "it is enough that it compiles")]
fn futures_can_be_spawned(
    backend: &BackendApi,
    frontend: &FrontendApi,
    user: &ServiceUser,
    verifier: &Verifier,
    (session, machine): (&ClientSession, &Machine),
) {
    is_send(backend.users().get("user_1"));
    is_send(backend.users().list(UserFilter::default()));
    is_send(backend.sessions().list("user_1", None));
    is_send(backend.sessions().mint("sess_1", None));
    is_send(frontend.redeem_ticket(&Ticket::new("t")));
    is_send(frontend.mint(session, &TokenKind::Session));
    is_send(frontend.environment());
    is_send(machine.mint());
    is_send(user.mint());
    is_send(user.sign_out());
    is_send(verifier.verify("token"));
    is_send(verifier.keys().warm());
}
