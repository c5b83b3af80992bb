//! Settings of the tokens that are accepted, and of the keys that they are verified with.

use std::collections::BTreeSet;
use std::time::Duration;

use clerk::TokenClass;

use super::cool_down;
use super::setting::{Setting, settings};
use super::source::{Invalid, Source};
use super::value::{List, Value};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_hours(24);

settings! { SETTINGS:
    /// The classes of tokens that are accepted: template (from the JWT template), session (Clerk's own, which any
    /// application of the instance gets), machine (of the machines that are configured).
    CLASSES: Classes = Setting::at("tokens.classes").or("template,machine");

    /// The audience that tokens from the JWT template must name. A session token that names an audience must name it too.
    AUDIENCE: Audience = Setting::at("tokens.audience").or("hemera-api");

    /// Origins that a token's azp may name, separated by commas. Not set: not checked.
    AUTHORIZED_PARTIES: List = Setting::at("tokens.authorized_parties").example("https://app.example.com");

    /// Refuse tokens without azp. Tokens minted at Clerk's Backend API, as a service user's are, carry none.
    REQUIRE_AZP: bool = Setting::at("tokens.require_azp").or("false");

    /// How far Clerk's clock and this server's may differ.
    LEEWAY: Duration = Setting::at("tokens.leeway").or("5s").within(Duration::ZERO, Duration::from_mins(1));

    /// The longest life of a token, from its iat to its exp. It bounds what roles.source = claim and machines' tokens trust.
    MAX_LIFETIME: Duration = Setting::at("tokens.max_lifetime").or("1h").within(SECOND, DAY);

    /// The age at which the key set is read again: a withdrawn key is trusted no longer.
    KEYS_MAX_AGE: Duration = Setting::at("tokens.keys_max_age").or("5m").within(SECOND, DAY);

    /// How much longer known keys are used while Clerk does not answer.
    KEYS_GRACE: Duration = Setting::at("tokens.keys_grace").or("1h").within(Duration::ZERO, DAY);

    /// The least time between two reads of the key set that unknown key ids or bad signatures may cause.
    KEYS_WINDOW: Duration = Setting::at("tokens.keys_window").or("30s").within(Duration::ZERO, DAY);

    /// The least time between two reads of the key set, after one that failed too; at most half of the age above.
    KEYS_COOL_DOWN: Duration = Setting::at("tokens.keys_cool_down").or("2s").within(Duration::ZERO, DAY);
}

/// What is asked of a token beyond signature, issuer and times, and how its keys are kept.
#[derive(Clone, Debug)]
pub struct TokensConfig {
    /// The classes that are accepted. Machines' tokens are, besides, accepted only of the machines that are configured.
    pub classes: BTreeSet<TokenClass>,
    /// The audience that template tokens must name, and session tokens where they name any.
    pub audience: String,
    /// The origins that a token's `azp` may name. Empty: not checked.
    pub authorized_parties: Vec<String>,
    /// Whether a token without `azp` is refused. Tokens minted at the Backend API carry none.
    pub require_azp: bool,
    /// How far the clocks of Clerk and this server may differ.
    pub leeway: Duration,
    /// The longest life of a token, from `iat` to `exp`.
    pub max_lifetime: Duration,
    /// The age at which the key set is read again: a withdrawn key is trusted no longer than this.
    pub keys_max_age: Duration,
    /// How much longer known keys are used while Clerk does not answer.
    pub keys_grace: Duration,
    /// The least time between two reads that an unknown key id or a bad signature may cause.
    pub keys_window: Duration,
    /// The least time between two reads after one has failed.
    pub keys_cool_down: Duration,
}

impl TokensConfig {
    pub(super) fn read(source: &mut Source) -> Result<Self, Invalid> {
        let classes = source.read(&CLASSES);
        let audience = source.read(&AUDIENCE);
        let authorized_parties = source.find(&AUTHORIZED_PARTIES);
        let require_azp = source.read(&REQUIRE_AZP);
        let leeway = source.read(&LEEWAY);
        let max_lifetime = source.read(&MAX_LIFETIME);
        let keys_max_age = source.read(&KEYS_MAX_AGE);
        let keys_grace = source.read(&KEYS_GRACE);
        let keys_window = source.read(&KEYS_WINDOW);
        let keys_cool_down = cool_down::read(source, &KEYS_COOL_DOWN, &KEYS_MAX_AGE, &keys_max_age);
        let List(authorized_parties) = authorized_parties?.unwrap_or_default();
        Ok(Self {
            classes: classes?.0,
            audience: audience?.0,
            authorized_parties,
            require_azp: require_azp?,
            leeway: leeway?,
            max_lifetime: max_lifetime?,
            keys_max_age: keys_max_age?,
            keys_grace: keys_grace?,
            keys_window: keys_window?,
            keys_cool_down: keys_cool_down?,
        })
    }
}

/// Classes of tokens, by name and separated by commas.
pub(super) struct Classes(BTreeSet<TokenClass>);

impl Value for Classes {
    const KIND: &'static str = "list of template, session, machine";

    fn parse(text: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "must be one or more of template, session, machine, separated by commas";
        let class = |name: &str| TokenClass::ALL.into_iter().find(|class| class.as_str() == name);
        let List(names) = List::parse(text)?;
        let classes: Option<BTreeSet<_>> = names.iter().map(|name| class(name)).collect();
        classes.map(Self).ok_or(PROBLEM)
    }
}

/// An audience. An empty one would be no check at all.
pub(super) struct Audience(String);

impl Value for Audience {
    const KIND: &'static str = "text";

    fn parse(text: &str) -> Result<Self, &'static str> {
        match text.trim() {
            "" => Err("must not be empty: name the audience of the JWT template, or leave the setting out"),
            audience => Ok(Self(audience.to_owned())),
        }
    }
}
