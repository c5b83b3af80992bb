//! What goes into the tokens that the instance mints.

use serde_json::{Map, Value, json};

use super::World;
use super::jwt_template::JwtTemplate;
use super::session::Session;
use super::user::User;
use crate::clock::Stamp;
use crate::id;
use crate::refusal::Refusal;
use crate::shortcode;
use crate::token::{Category, Unsigned};

/// `nbf` of a session token lies this many seconds before `iat`, as seen in real ones.
const SESSION_TOKEN_SKEW: i64 = 10;

impl World {
    /// A session token, version 2. `origin` is that of the request: tokens minted at the Backend API have none and
    /// so carry no `azp`.
    pub(crate) fn session_token(
        &self,
        session: &Session,
        lifetime: Option<i64>,
        origin: Option<&str>,
        now: Stamp,
    ) -> Result<Unsigned, Refusal> {
        let user = self.user(&session.user_id)?;
        let own = i64::try_from(self.settings.session_token_lifetime).unwrap_or(i64::MAX);
        let mut claims = shortcode::render(&self.settings.session_claims, &|path| look_up(user, path));
        let minutes = now.since(session.created_at).as_secs() / 60;
        let defaults = json!({
            "exp": now.seconds().saturating_add(lifetime.unwrap_or(own)),
            "fva": [minutes, -1],
            "iat": now.seconds(),
            "iss": self.issuer,
            "jti": id::hex::<10>(),
            "nbf": now.seconds() - SESSION_TOKEN_SKEW,
            "sid": session.id,
            "sts": session.token_state(),
            "sub": session.user_id,
            "v": 2,
        });
        extend(&mut claims, defaults, origin);
        Ok(Unsigned::new(
            self.keys.current(),
            Some(Category::Session),
            claims,
        ))
    }

    /// A token of a template: nothing of the session is in it.
    pub(crate) fn template_token(
        &self,
        user: &User,
        template: &JwtTemplate,
        lifetime: Option<i64>,
        origin: Option<&str>,
        now: Stamp,
    ) -> Unsigned {
        let mut claims = shortcode::render(&template.claims, &|path| look_up(user, path));
        let defaults = json!({
            "exp": now.seconds().saturating_add(lifetime.unwrap_or(template.lifetime)),
            "iat": now.seconds(),
            "iss": self.issuer,
            "jti": id::hex::<10>(),
            "nbf": now.seconds() - template.allowed_clock_skew,
            "sub": user.id,
        });
        extend(&mut claims, defaults, origin);
        let mut token = Unsigned::new(self.keys.current(), Some(Category::Template), claims);
        if let Some(custom) = &template.custom_key {
            token.header.insert("alg".to_owned(), json!(custom.algorithm));
            // The key is not in the instance's key set, so its name would mislead.
            token.header.remove("kid");
            token.signer = custom.signer.clone();
        }
        token
    }
}

/// Default claims win over custom ones of the same name.
fn extend(claims: &mut Map<String, Value>, defaults: Value, origin: Option<&str>) {
    if let Value::Object(defaults) = defaults {
        claims.extend(defaults);
    }
    if let Some(origin) = origin {
        claims.insert("azp".to_owned(), json!(origin));
    }
}

/// The shortcodes that documentation or public templates show. Anything else is unknown, hence null: also
/// `user.private_metadata`, which must never reach a token, and `org.*`, since the emulator has no organizations.
///
/// UNVERIFIED: the complete list.
fn look_up(user: &User, path: &str) -> Option<Value> {
    let name = path.strip_prefix("user.")?;
    let verified = |all: &[super::identification::Identification]| json!(all.iter().any(|one| one.verified));
    Some(match name {
        "id" => json!(user.id),
        "external_id" => json!(user.external_id),
        "username" => json!(user.username),
        "first_name" => json!(user.first_name),
        "last_name" => json!(user.last_name),
        "full_name" => json!(user.full_name()),
        "image_url" => json!(user.image_url()),
        // Seconds, unlike everywhere else.
        "created_at" => json!(user.created_at.seconds()),
        "primary_email_address" => json!(user.primary_email_address()),
        "primary_phone_address" | "primary_phone_number" => json!(user.primary_phone_number()),
        "email_verified" => verified(&user.email_addresses),
        "phone_number_verified" => verified(&user.phone_numbers),
        "two_factor_enabled" => json!(user.two_factor_enabled()),
        "public_metadata" => Value::Object(user.metadata.public.clone()),
        "unsafe_metadata" => Value::Object(user.metadata.open.clone()),
        _ => {
            let (map, path) = name
                .strip_prefix("public_metadata.")
                .map(|path| (&user.metadata.public, path))
                .or_else(|| {
                    name.strip_prefix("unsafe_metadata.")
                        .map(|path| (&user.metadata.open, path))
                })?;
            let mut steps = path.split('.');
            let first = map.get(steps.next()?)?;
            steps.try_fold(first, |value, step| value.get(step))?.clone()
        }
    })
}
