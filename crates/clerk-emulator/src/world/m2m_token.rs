//! Machine-to-machine tokens: opaque ones, which the instance remembers, and JWTs, which it does not.

use serde_json::{Map, Value, json};

use super::World;
use super::machine::Machine;
use super::settings::ScopeClaim;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;
use crate::token::{Category, Unsigned};

/// Claims that a caller cannot define. UNVERIFIED: Clerk's exact list.
const RESERVED: [&str; 8] = ["aud", "exp", "iat", "iss", "jti", "nbf", "scopes", "sub"];

/// UNVERIFIED: the `nbf` of a real M2M JWT.
const NOT_BEFORE_SKEW: i64 = 10;

/// One token, as the endpoints describe it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct M2mToken {
    pub(crate) id: String,
    /// The machine that made it.
    pub(crate) subject: String,
    pub(crate) claims: Option<Value>,
    /// The machines that it may be shown to, as they were when it was made.
    pub(crate) scopes: Vec<String>,
    /// What is sent to the receiver.
    pub(crate) token: String,
    pub(crate) revoked: bool,
    pub(crate) revocation_reason: Option<String>,
    pub(crate) expiration: Option<Stamp>,
    pub(crate) last_used_at: Option<Stamp>,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
}

impl M2mToken {
    pub(crate) fn is_expired_at(&self, now: Stamp) -> bool {
        self.expiration.is_some_and(|ends| ends <= now)
    }
}

/// Who calls the Backend API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The instance's secret key: may see every token.
    Instance,
    /// A machine's secret key: its own tokens, and those that may be shown to it.
    Machine(String),
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct M2mRequest {
    pub(crate) jwt: bool,
    /// Milliseconds; `None` takes the machine's default.
    ///
    /// UNVERIFIED: the documents contradict each other about the lifetime when none is sent.
    pub(crate) lifetime_millis: Option<i64>,
    pub(crate) claims: Option<Value>,
    /// An earlier opaque token is given again if it lives at least this many seconds more.
    pub(crate) min_remaining_seconds: Option<i64>,
}

impl World {
    pub(crate) fn create_m2m_token(
        &mut self,
        machine_id: &str,
        request: M2mRequest,
        now: Stamp,
    ) -> Result<M2mToken, Refusal> {
        let machine = self.machine(machine_id)?.clone();
        let custom = custom_claims(request.claims.as_ref(), request.jwt)?;
        let lifetime = request
            .lifetime_millis
            .unwrap_or(machine.default_token_ttl.saturating_mul(1000));
        let expiration = Stamp::from_millis(now.millis().saturating_add(lifetime));
        if let Some(again) = self.reusable(machine_id, &request, now) {
            return Ok(again);
        }
        let id = id::token("mt");
        let token = if request.jwt {
            self.m2m_jwt(&machine, &id, custom, expiration, now).sign()?
        } else {
            format!("mt_{}", id::secret(40))
        };
        let made = M2mToken {
            id: id.clone(),
            subject: machine.id,
            claims: request.claims,
            scopes: machine.scopes,
            token,
            revoked: false,
            revocation_reason: None,
            expiration: Some(expiration),
            last_used_at: None,
            created_at: now,
            updated_at: now,
        };
        if !request.jwt {
            self.m2m_tokens.insert(id, made.clone());
        }
        Ok(made)
    }

    /// The JWT of a machine.
    pub(crate) fn m2m_jwt(
        &self,
        machine: &Machine,
        id: &str,
        mut claims: Map<String, Value>,
        expiration: Stamp,
        now: Stamp,
    ) -> Unsigned {
        claims.insert("iss".to_owned(), json!(self.issuer));
        claims.insert("sub".to_owned(), json!(machine.id));
        claims.insert("jti".to_owned(), json!(id));
        claims.insert("iat".to_owned(), json!(now.seconds()));
        claims.insert("nbf".to_owned(), json!(now.seconds() - NOT_BEFORE_SKEW));
        claims.insert("exp".to_owned(), json!(expiration.seconds()));
        match self.settings.m2m_scope_claim {
            ScopeClaim::Scopes => claims.insert("scopes".to_owned(), json!(machine.scopes.join(" "))),
            ScopeClaim::Aud => claims.insert("aud".to_owned(), json!(machine.scopes)),
            ScopeClaim::Neither => None,
        };
        Unsigned::new(self.keys.current(), Some(Category::Machine), claims)
    }

    /// Looks a token up for a caller that received it, and notes that it was used.
    ///
    /// UNVERIFIED: the answer for one that is revoked or expired; the same 404 as for an unknown one here.
    pub(crate) fn verify_m2m_token(
        &mut self,
        token: &str,
        caller: &Caller,
        now: Stamp,
    ) -> Result<&M2mToken, Refusal> {
        let unknown = || Refusal::new(404, "resource_not_found", "not found", "No token was found");
        let found = self
            .m2m_tokens
            .values_mut()
            .find(|known| known.token == token)
            .ok_or_else(unknown)?;
        let may_see = match caller {
            Caller::Instance => true,
            Caller::Machine(id) => found.subject == *id || found.scopes.contains(id),
        };
        if !may_see || found.revoked || found.is_expired_at(now) {
            return Err(unknown());
        }
        found.last_used_at = Some(now);
        Ok(found)
    }

    pub(crate) fn revoke_m2m_token(
        &mut self,
        id: &str,
        reason: Option<String>,
        caller: &Caller,
        now: Stamp,
    ) -> Result<&M2mToken, Refusal> {
        let token = self
            .m2m_tokens
            .get_mut(id)
            .ok_or_else(|| Refusal::not_found("M2M token", id))?;
        if *caller != Caller::Instance && *caller != Caller::Machine(token.subject.clone()) {
            return Err(Refusal::not_found("M2M token", id));
        }
        token.revoked = true;
        token.revocation_reason = reason;
        token.updated_at = now;
        Ok(token)
    }

    /// Newest first; revoked and expired ones only where asked for.
    pub(crate) fn find_m2m_tokens(
        &self,
        subject: &str,
        revoked: bool,
        expired: bool,
        now: Stamp,
    ) -> Vec<&M2mToken> {
        let mut found: Vec<&M2mToken> = self
            .m2m_tokens
            .values()
            .filter(|token| token.subject == subject)
            .filter(|token| (revoked || !token.revoked) && (expired || !token.is_expired_at(now)))
            .collect();
        found.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.id.cmp(&a.id)));
        found
    }

    fn reusable(&self, machine_id: &str, request: &M2mRequest, now: Stamp) -> Option<M2mToken> {
        let remaining = request.min_remaining_seconds.filter(|_| !request.jwt)?;
        let until = Stamp::from_millis(now.millis().saturating_add(remaining.saturating_mul(1000)));
        self.find_m2m_tokens(machine_id, false, false, now)
            .into_iter()
            .find(|token| token.claims == request.claims && token.expiration.is_none_or(|ends| ends >= until))
            .cloned()
    }
}

fn custom_claims(claims: Option<&Value>, jwt: bool) -> Result<Map<String, Value>, Refusal> {
    match claims {
        Some(Value::Object(map)) => match RESERVED.iter().find(|name| map.contains_key(**name)) {
            Some(name) => Err(Refusal::reserved_claim("machine_token_reserved_claim", name)),
            None => Ok(map.clone()),
        },
        Some(_) if jwt => Err(Refusal::bad_request("claims of a JWT must be an object")),
        // An opaque token carries what it is given.
        Some(_) | None => Ok(Map::new()),
    }
}
