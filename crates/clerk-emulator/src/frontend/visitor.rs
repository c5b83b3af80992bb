//! Who calls the Frontend API, and how: an app in native mode, or a browser.
//!
//! An app says `_is_native` and proves its client in the `Authorization` header, in which it also gets a new proof.
//! A browser says where its page is from (`Origin`) and keeps its proof in the cookie `__client`; on a development
//! instance it needs a dev-browser token besides.

use std::net::IpAddr;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, COOKIE, ORIGIN, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::app::App;
use crate::clock::Stamp;
use crate::refusal::Refusal;
use crate::wire::query::Query;
use crate::world::World;

/// Where a dev-browser token may come back changed.
const DEV_BROWSER: HeaderName = HeaderName::from_static("clerk-db-jwt");

/// The address of the peer, put into each request by the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    Native,
    Browser { origin: String },
}

/// Who calls.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    mode: Mode,
    client_id: Option<String>,
    dev_browser: Option<String>,
    address: String,
}

/// What the answer says of the client's proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The client has it already.
    Kept,
    /// A new proof of this client.
    Renewed(String),
    /// There is no client any more.
    Cleared,
}

impl Visitor {
    /// `azp` of the tokens that it gets.
    pub(crate) fn origin(&self) -> Option<&str> {
        match &self.mode {
            Mode::Browser { origin } => Some(origin),
            Mode::Native => None,
        }
    }

    pub(crate) fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// The client, without which nothing can be done here.
    pub(crate) fn signed_in(&self) -> Result<&str, Refusal> {
        self.client_id.as_deref().ok_or_else(signed_out)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The answer, with the proof where this kind of visitor looks for it.
    pub(crate) fn answer(
        &self,
        world: &mut World,
        body: Value,
        proof: Proof,
        now: Stamp,
    ) -> Result<Response, Refusal> {
        let proof = match proof {
            // UNVERIFIED: when Clerk renews a client's token by itself. It may in any answer.
            Proof::Kept if world.settings.rotate_client_tokens => {
                self.client_id.clone().map_or(Proof::Kept, Proof::Renewed)
            }
            proof => proof,
        };
        let token = match proof {
            Proof::Kept => self
                .client_id
                .as_ref()
                .and_then(|id| world.clients.get(id).map(|one| one.token.clone())),
            Proof::Renewed(client_id) => {
                self.remember_in_dev_browser(world, Some(&client_id));
                Some(world.renew_client_token(&client_id, now)?)
            }
            Proof::Cleared => {
                self.remember_in_dev_browser(world, None);
                Some(String::new())
            }
        };
        let mut response = Json(body).into_response();
        if let Some(token) = token {
            self.prove(response.headers_mut(), &token, now)?;
        }
        if let Some(dev_browser) = &self.dev_browser {
            response
                .headers_mut()
                .insert(DEV_BROWSER, header_value(dev_browser)?);
        }
        Ok(response)
    }

    fn prove(&self, headers: &mut HeaderMap, token: &str, now: Stamp) -> Result<(), Refusal> {
        match self.mode {
            Mode::Native => {
                headers.insert(AUTHORIZATION, header_value(token)?);
            }
            Mode::Browser { .. } => {
                // Real ones are `Secure` as well; the emulator speaks plain HTTP.
                let life = if token.is_empty() { "; Max-Age=0" } else { "" };
                let client = format!("__client={token}; Path=/; HttpOnly; SameSite=Lax{life}");
                headers.append(SET_COOKIE, header_value(&client)?);
                let since = if token.is_empty() { 0 } else { now.seconds() };
                headers.append(
                    SET_COOKIE,
                    header_value(&format!("__client_uat={since}; Path=/; SameSite=Lax"))?,
                );
            }
        }
        Ok(())
    }

    fn remember_in_dev_browser(&self, world: &mut World, client_id: Option<&str>) {
        if let Some(browser) = self
            .dev_browser
            .as_ref()
            .and_then(|id| world.dev_browsers.get_mut(id))
        {
            browser.client_id = client_id.map(str::to_owned);
        }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let address = parts
            .extensions
            .get::<Peer>()
            .map(|peer| peer.0.to_string())
            .unwrap_or_default();
        let world = app.world();
        let headers = &parts.headers;
        if headers.contains_key(ORIGIN) && headers.contains_key(AUTHORIZATION) {
            return Err(Refusal::new(
                400,
                "origin_authorization_headers_conflict",
                "Setting both the 'Origin' and 'Authorization' headers is forbidden",
                "Browsers send 'Origin', native applications send 'Authorization'. Send one of them only.",
            ));
        }
        if matches!(query.get("_is_native"), Some("1" | "true")) {
            return native(&world, headers, address);
        }
        browser(&world, headers, &query, address)
    }
}

/// UNVERIFIED: whether the very first request may come without `Authorization`. Scripts in use do so.
fn native(world: &World, headers: &HeaderMap, address: String) -> Result<Visitor, Refusal> {
    if !world.settings.native_api {
        return Err(Refusal::new(
            400,
            "native_api_disabled",
            "The Native API is disabled for this instance.",
            "Go to Clerk Dashboard > Configure > Native applications to enable it.",
        ));
    }
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let token = token.strip_prefix("Bearer").unwrap_or(token).trim();
    Ok(Visitor {
        mode: Mode::Native,
        client_id: client_of(world, token),
        dev_browser: None,
        address,
    })
}

fn browser(world: &World, headers: &HeaderMap, query: &Query, address: String) -> Result<Visitor, Refusal> {
    let origin = checked_origin(world, headers)?;
    let cookie = |name: &str| cookie(headers, name);
    let mut client_id = cookie("__client").and_then(|token| client_of(world, token));
    let mut dev_browser = None;
    if !world.settings.is_production() {
        let id = query
            .get("__clerk_db_jwt")
            .or_else(|| query.get("__dev_session"))
            .or_else(|| cookie("__clerk_db_jwt"));
        let known = id.and_then(|id| world.dev_browsers.get(id)).ok_or_else(|| {
            Refusal::new(
                401,
                "dev_browser_unauthenticated",
                "Browser unauthenticated",
                "Unable to authenticate this browser for your development instance. Check your Clerk cookies and try again.",
            )
        })?;
        client_id = client_id.or_else(|| known.client_id.clone());
        dev_browser = Some(known.id.clone());
    }
    Ok(Visitor {
        mode: Mode::Browser { origin },
        client_id,
        dev_browser,
        address,
    })
}

/// In production an origin must be the domain of the instance or below it.
///
/// UNVERIFIED: which origins a development instance takes; any here.
pub(super) fn checked_origin(world: &World, headers: &HeaderMap) -> Result<String, Refusal> {
    let mut values = headers.get_all(ORIGIN).iter();
    let missing = || {
        Refusal::new(
            400,
            "request_header_missing",
            "Missing request header",
            "Browsers must send the header 'Origin', native applications the query '_is_native' and the header 'Authorization'.",
        )
    };
    let origin = values.next().ok_or_else(missing)?.to_str().unwrap_or_default();
    if values.next().is_some() {
        let why = "The header 'Origin' must have one value.";
        return Err(Refusal::new(
            400,
            "multiple_origin_header_values_forbidden",
            "Multiple Origin values",
            why,
        ));
    }
    let invalid = || {
        let why = format!(
            "The Request HTTP Origin header must be equal to or a subdomain of the requesting URL: {origin}"
        );
        Refusal::new(400, "origin_invalid", "Invalid HTTP Origin header", why)
    };
    let url = url::Url::parse(origin).map_err(|_| invalid())?;
    let host = url.host_str().ok_or_else(invalid)?;
    let domain = &world.settings.domain;
    let below = host
        .strip_suffix(domain.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if world.settings.is_production() && !below {
        return Err(invalid());
    }
    Ok(origin.to_owned())
}

fn client_of(world: &World, token: &str) -> Option<String> {
    world.client_by_token(token).map(|client| client.id.clone())
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn header_value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::try_from(text).map_err(|_| Refusal::bad_request("a token cannot be sent as a header"))
}

/// There is no client, or its session is over.
pub(crate) fn signed_out() -> Refusal {
    Refusal::new(401, "signed_out", "Signed out", "You are signed out")
}
