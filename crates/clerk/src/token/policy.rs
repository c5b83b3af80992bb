//! Which tokens are accepted.

use std::collections::BTreeSet;
use std::time::Duration;

use super::class::TokenClass;

/// The largest leeway that can be set: more would be a second lifetime.
const MAX_LEEWAY: Duration = Duration::from_hours(1);

/// What a token must be like. The default accepts session and template tokens of one issuer that live at most an
/// hour, with a leeway of five seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPolicy {
    issuer: String,
    audience: BTreeSet<String>,
    authorized_parties: BTreeSet<String>,
    requires_azp: bool,
    leeway: Duration,
    max_lifetime: Duration,
    header_fields: BTreeSet<String>,
    session: Option<ClassPolicy>,
    template: Option<ClassPolicy>,
    machine: Option<ClassPolicy>,
}

/// What is different for one class of tokens. The default is: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassPolicy {
    audience: Option<BTreeSet<String>>,
    audience_may_be_missing: bool,
    max_lifetime: Option<Duration>,
}

impl TokenPolicy {
    /// Accepts tokens whose `iss` is exactly this: the origin of the instance's Frontend API. A slash at the end, as
    /// URLs in settings have it, is dropped; a token's must not have it.
    pub fn for_issuer(issuer: impl AsRef<str>) -> Self {
        Self {
            issuer: issuer.as_ref().trim_end_matches('/').to_owned(),
            audience: BTreeSet::new(),
            authorized_parties: BTreeSet::new(),
            requires_azp: false,
            leeway: Duration::from_secs(5),
            max_lifetime: Duration::from_hours(1),
            header_fields: BTreeSet::new(),
            session: Some(ClassPolicy::default()),
            template: Some(ClassPolicy::default()),
            machine: None,
        }
    }

    /// Tokens must name one of these in `aud`. None: `aud` is not looked at.
    #[must_use]
    pub fn with_audience<T: Into<String>>(mut self, audience: impl IntoIterator<Item = T>) -> Self {
        self.audience = audience.into_iter().map(Into::into).collect();
        self
    }

    /// An `azp` must be one of these origins, exactly. None: `azp` is not looked at.
    #[must_use]
    pub fn with_authorized_parties<T: Into<String>>(mut self, parties: impl IntoIterator<Item = T>) -> Self {
        self.authorized_parties = parties.into_iter().map(Into::into).collect();
        self
    }

    /// Whether users' tokens must have an `azp`. Off by default, because tokens minted at the Backend API, which
    /// services use, have none.
    #[must_use]
    pub fn with_required_azp(mut self, required: bool) -> Self {
        self.requires_azp = required;
        self
    }

    /// How far clocks may be apart, at most an hour. Clerk's own verifiers allow five seconds.
    #[must_use]
    pub fn with_leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(MAX_LEEWAY);
        self
    }

    /// The longest life (`exp − iat`): no revocation reaches a token that has been minted.
    #[must_use]
    pub fn with_max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// Accepts a further header field, should Clerk begin to send one. It is not read.
    #[must_use]
    pub fn with_header_field(mut self, name: impl Into<String>) -> Self {
        self.header_fields.insert(name.into());
        self
    }

    /// Accepts tokens of this class, by these rules where they differ.
    #[must_use]
    pub fn with_class(mut self, class: TokenClass, policy: ClassPolicy) -> Self {
        *self.class_mut(class) = Some(policy);
        self
    }

    /// Accepts no tokens of this class.
    #[must_use]
    pub fn without_class(mut self, class: TokenClass) -> Self {
        *self.class_mut(class) = None;
        self
    }

    /// Whether tokens of this class are accepted.
    pub fn accepts(&self, class: TokenClass) -> bool {
        self.class(class).is_some()
    }

    /// What `iss` must be.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How far clocks may be apart.
    pub fn leeway(&self) -> Duration {
        self.leeway
    }

    /// The longest life of this class.
    pub fn max_lifetime(&self, class: TokenClass) -> Duration {
        self.class(class)
            .and_then(|policy| policy.max_lifetime)
            .unwrap_or(self.max_lifetime)
    }

    pub(super) fn audience(&self, class: TokenClass) -> &BTreeSet<String> {
        self.class(class)
            .and_then(|policy| policy.audience.as_ref())
            .unwrap_or(&self.audience)
    }

    pub(super) fn audience_may_be_missing(&self, class: TokenClass) -> bool {
        self.class(class)
            .is_some_and(|policy| policy.audience_may_be_missing)
    }

    pub(super) fn authorized_parties(&self) -> &BTreeSet<String> {
        &self.authorized_parties
    }

    pub(super) fn requires_azp(&self) -> bool {
        self.requires_azp
    }

    pub(super) fn allows_header_field(&self, name: &str) -> bool {
        self.header_fields.contains(name)
    }

    fn class(&self, class: TokenClass) -> Option<&ClassPolicy> {
        match class {
            TokenClass::Session => self.session.as_ref(),
            TokenClass::Template => self.template.as_ref(),
            TokenClass::Machine => self.machine.as_ref(),
        }
    }

    fn class_mut(&mut self, class: TokenClass) -> &mut Option<ClassPolicy> {
        match class {
            TokenClass::Session => &mut self.session,
            TokenClass::Template => &mut self.template,
            TokenClass::Machine => &mut self.machine,
        }
    }
}

impl ClassPolicy {
    /// Tokens of this class must name one of these in `aud`. None: their `aud` is not looked at, which session tokens
    /// without custom claims need.
    #[must_use]
    pub fn with_audience<T: Into<String>>(mut self, audience: impl IntoIterator<Item = T>) -> Self {
        self.audience = Some(audience.into_iter().map(Into::into).collect());
        self
    }

    /// Tokens of this class may have no `aud`, as Clerk's session tokens have none by default. One that is there must
    /// still name one of the audience.
    #[must_use]
    pub fn with_optional_audience(mut self) -> Self {
        self.audience_may_be_missing = true;
        self
    }

    /// The longest life of tokens of this class.
    #[must_use]
    pub fn with_max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = Some(lifetime);
        self
    }
}
