//! What to do about a failure: one line for each case, for the person who reads the log.

use std::borrow::Cow;
use std::time::Duration;

use super::{Error, ErrorKind};
use crate::operation::ClerkOperation;

impl Error {
    /// What to do about it, in one line without a full stop.
    pub fn remedy(&self) -> Cow<'static, str> {
        match self.fixed_remedy() {
            Some(text) => text.into(),
            None => by_kind(self),
        }
    }

    /// The remedy that depends on the operation or on Clerk's code.
    fn fixed_remedy(&self) -> Option<&'static str> {
        let of_machine = match self.operation() {
            ClerkOperation::MintMachineToken => machine(self),
            _ => None,
        };
        of_machine.or_else(|| by_code(self.code()?, self.operation()))
    }
}

fn by_code(code: &str, operation: ClerkOperation) -> Option<&'static str> {
    credential(code)
        .or_else(|| sign_in(code))
        .or_else(|| user(code))
        .or_else(|| resource(code, operation))
}

/// A machine has a key of its own, and other things can be wrong with it.
fn machine(error: &Error) -> Option<&'static str> {
    Some(match (error.code(), error.kind()) {
        (Some("machine_token_reserved_claim"), _) => {
            "Clerk sets this claim of machine tokens itself; take it out"
        }
        (_, ErrorKind::Unauthorized | ErrorKind::NotFound) => {
            "Clerk does not know this machine; set CLERK_MACHINE_SECRET_KEY to the key of a machine of this instance \
             (Clerk's dashboard, Machines)"
        }
        (_, ErrorKind::Forbidden) => {
            "the instance does not let this machine make tokens; look at Machines and the plan in Clerk's dashboard"
        }
        _ => return None,
    })
}

fn credential(code: &str) -> Option<&'static str> {
    Some(match code {
        "clerk_key_invalid" => {
            "the secret key does not belong to this instance; set CLERK_SECRET_KEY to one from Clerk's dashboard, API keys"
        }
        "authorization_header_format_invalid"
        | "authentication_invalid"
        | "could_not_authenticate_request" => {
            "Clerk does not accept the credential; check CLERK_SECRET_KEY, and that nothing on the way changes headers"
        }
        "signed_out" | "action_for_session_not_authorized" => {
            "the session has ended; sign in again with a new sign-in token"
        }
        "request_invalid_for_environment" => {
            "Clerk allows this on development instances only; sign in with a ticket instead"
        }
        "request_invalid_for_instance" => "this instance's settings do not allow it; see Clerk's dashboard",
        "unsupported_subscription_plan_features" | "feature_not_enabled" => {
            "the instance's plan or settings lack this feature; enable it in Clerk's dashboard"
        }
        _ => return None,
    })
}

fn sign_in(code: &str) -> Option<&'static str> {
    Some(match code {
        "native_api_disabled" => {
            "enable the Native API in Clerk's dashboard (Native applications), or set CLERK_SIGN_IN_ORIGIN to an \
             origin of the instance's domain"
        }
        "origin_invalid" | "host_invalid" | "subdomain_not_allowed" => {
            "set CLERK_SIGN_IN_ORIGIN to the instance's own domain or an allowed subdomain of it, with https://"
        }
        "origin_authorization_headers_conflict" | "multiple_origin_header_values_forbidden" => {
            "something on the way adds an Origin header; reach Clerk without it"
        }
        "request_header_missing" => {
            "something on the way removes Origin or Authorization; reach Clerk without it"
        }
        "dev_browser_unauthenticated" => {
            "this development instance wants a dev browser and refused ours; check CLERK_ISSUER"
        }
        "sign_in_token_already_used_code" => "a ticket works once; create a new sign-in token",
        "sign_in_token_revoked_code" => "the ticket was revoked; create a new sign-in token",
        "ticket_expired_code" => "the ticket is too old; create a new sign-in token",
        "ticket_invalid_code" | "sign_in_token_cannot_be_used_code" | "sign_in_token_not_in_sign_in_code" => {
            "the ticket is not one of this instance's; check that CLERK_SECRET_KEY and CLERK_ISSUER belong together"
        }
        "session_exists" => "this client is signed in already; sign in with a fresh client",
        "needs_second_factor" => {
            "the user has a second factor, which a ticket cannot give; remove it from this user"
        }
        "needs_client_trust" => {
            "Clerk does not trust new clients of this user; set bypass_client_trust on the user"
        }
        "needs_new_password" => "Clerk wants a new password for the user; a service user should have none",
        "needs_protect_check" => {
            "Clerk's bot protection stopped the sign-in; exempt the user in Clerk's dashboard"
        }
        "session_pending" => {
            "the session has tasks to do first (an organization to choose, say); turn them off for this user"
        }
        "no_client_token" => {
            "Clerk signed the user in without a client token; check CLERK_ISSUER, and that nothing on the way drops \
             Authorization or Set-Cookie"
        }
        "no_session" => {
            "Clerk reported a complete sign-in without a session; try again, then ask Clerk's support"
        }
        _ => return None,
    })
}

fn user(code: &str) -> Option<&'static str> {
    Some(match code {
        "user_banned" => "the user is banned; if that is not intended, unban it in Clerk's dashboard",
        "user_locked" => "the user is locked; unlock it in Clerk's dashboard or wait for the lockout to end",
        "user_deactivated" => "the user is deactivated; activate it in Clerk's dashboard",
        "user_quota_exceeded" => "a development instance holds 100 users; delete some",
        "user_not_found" => "no user has this e-mail address; create it, or correct CLERK_SERVICE_USER_EMAIL",
        "user_ambiguous" => "several users have this e-mail address; set CLERK_SERVICE_USER_ID instead",
        "address_unverified" | "address_not_primary" => {
            "another user may only claim this e-mail address; find out whose it is, and set CLERK_SERVICE_USER_ID to the \
             service user's id"
        }
        "address_not_the_only_one" => {
            "a service user has one e-mail address alone; find out who added the other, and remove it in Clerk's dashboard"
        }
        "form_identifier_exists" => "something else has this identifier already; use that, or choose another",
        _ => return None,
    })
}

fn resource(code: &str, operation: ClerkOperation) -> Option<&'static str> {
    match (code, operation) {
        ("jwt_template_reserved_claim", _) => {
            Some("Clerk sets this claim itself; take it out of the template's claims")
        }
        ("session_token_jwt_template", _) => Some("the instance's own session template cannot be deleted"),
        ("template_not_found", _) => Some(
            "the instance has no JWT template of this name; create it in Clerk's dashboard, JWT templates",
        ),
        ("resource_not_found", operation) => Some(match operation {
            ClerkOperation::CreateSignInToken
            | ClerkOperation::CreateSession
            | ClerkOperation::ReadUser
            | ClerkOperation::UpdateUserMetadata
            | ClerkOperation::RemoveUserPassword
            | ClerkOperation::BanUser
            | ClerkOperation::UnbanUser => {
                "there is no such user in this instance; check the user id, and that CLERK_SECRET_KEY is of the same \
                 instance"
            }
            ClerkOperation::MintTemplateToken => {
                "the session or the JWT template does not exist; look at both"
            }
            ClerkOperation::MintSessionToken
            | ClerkOperation::ReadSession
            | ClerkOperation::RevokeSession => "the session is gone; sign in again with a new ticket",
            _ => "there is no such thing in this instance; check the id",
        }),
        ("template_lacks_claim", _) => {
            Some("the JWT template has no such claim; add it in Clerk's dashboard, JWT templates")
        }
        ("user_lacks_claim", _) => Some(
            "the template takes it from the user, who has no such value; set it in the user's public metadata",
        ),
        ("no_usable_key", _) => Some(
            "the key set has no RSA signing key of 2048 bits or more; check CLERK_API_URL and CLERK_ISSUER",
        ),
        _ => None,
    }
}

fn by_kind(error: &Error) -> Cow<'static, str> {
    let text = match error.kind() {
        ErrorKind::Setting => {
            "correct the URL: https (http on loopback only), no user, query or fragment; if it is right, install the roots of TLS \
             (ca-certificates)"
        }
        ErrorKind::Argument => "an id or name is empty or not one path segment; correct it",
        ErrorKind::Unreachable => match error.connect_fault() {
            Some(fault) => fault.remedy(),
            None => "check the network and CLERK_API_URL or CLERK_ISSUER; trying again may help",
        },
        ErrorKind::TimedOut => "try again; if it stays, check the network and Clerk's status page",
        ErrorKind::Unintelligible if error.is_transient() => {
            "a gateway answered instead of Clerk; try again later"
        }
        ErrorKind::Unintelligible => {
            "check that CLERK_API_URL and CLERK_ISSUER name Clerk and no other server"
        }
        ErrorKind::Unauthorized => "check CLERK_SECRET_KEY",
        ErrorKind::Forbidden => "look at the user and at the instance's plan in Clerk's dashboard",
        ErrorKind::NotFound => "there is no such thing in this instance; check the id",
        ErrorKind::Conflict => "something else is in the way; read it again and decide anew",
        ErrorKind::Invalid => "correct what was asked; the same request will be refused again",
        ErrorKind::ClaimMissing => "look at the JWT template and the user's public metadata",
        ErrorKind::Unavailable => "try again later; Clerk's status page says more",
        ErrorKind::SignInIncomplete => {
            "the user must be able to sign in with a ticket alone; see Clerk's dashboard"
        }
        ErrorKind::Interrupted => "try again; the runtime that makes the calls must outlive them",
        // The text of a store's error says what to do.
        ErrorKind::StoreFailed => {
            return match std::error::Error::source(error) {
                Some(source) => source.to_string().into(),
                None => "check the store of the session".into(),
            };
        }
        ErrorKind::TooSoon => return too_soon(error.retry_after().unwrap_or_default()).into(),
        ErrorKind::RateLimited => match error.retry_after() {
            Some(wait) => return format!("too many requests; try again in {} s", seconds(wait)).into(),
            None => "too many requests; try again in a few seconds",
        },
    };
    text.into()
}

fn too_soon(wait: Duration) -> String {
    format!(
        "its session ended within seconds of the last sign-in; try again in {} s, and if it ends again find out who \
         revokes it (Clerk's dashboard, the user's sessions)",
        seconds(wait)
    )
}

/// Rounded up, so that a caller who waits this long does not come too early.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0))
}
