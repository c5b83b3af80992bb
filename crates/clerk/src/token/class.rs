//! Which kind of token it is: Clerk says so in the header field `cat`; where it does not, the claims decide.

use super::claims::Claims;
use super::refusal::Refusal;

/// The kinds of token that Clerk signs with the instance's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenClass {
    /// A user's session: short, with `sid`.
    Session,
    /// Made from a JWT template: claims of the operator's choice, without `sid`.
    Template,
    /// A machine's own token (M2M), with `sub` = `mch_…`.
    Machine,
}

/// The header field `cat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Session,
    Template,
    Machine,
    /// The instance ignores categories and puts the same on session and template tokens.
    Any,
    /// Older tokens have none.
    Absent,
}

impl TokenClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Session, Self::Template, Self::Machine];

    /// One word for logs and configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Template => "template",
            Self::Machine => "machine",
        }
    }

    /// What subjects of this class begin with.
    pub(super) fn subject_prefix(self) -> &'static str {
        match self {
            Self::Session | Self::Template => "user_",
            Self::Machine => "mch_",
        }
    }
}

impl Category {
    /// The values that Clerk's own verifiers know.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "cl_B7d4PD111AAA" => Some(Self::Session),
            "cl_B7d4PD222AAA" => Some(Self::Template),
            "cl_B7d4PD333AAA" => Some(Self::Machine),
            "cl_I7d4PD111III" => Some(Self::Any),
            _ => None,
        }
    }
}

/// The class that category and claims agree on. A token of one class cannot pass as another: a session token has a
/// session id and a template token cannot have one, because Clerk reserves the claim; a machine's subject is no user.
pub(super) fn of(category: Category, claims: &Claims) -> Result<TokenClass, Refusal> {
    let by_claims = if claims.subject.starts_with(TokenClass::Machine.subject_prefix()) {
        TokenClass::Machine
    } else if claims.session_id.is_some() {
        TokenClass::Session
    } else {
        TokenClass::Template
    };
    let agrees = match category {
        Category::Session => by_claims == TokenClass::Session,
        Category::Template => by_claims == TokenClass::Template,
        Category::Machine => by_claims == TokenClass::Machine,
        Category::Any => by_claims != TokenClass::Machine,
        Category::Absent => true,
    };
    if agrees {
        Ok(by_claims)
    } else {
        Err(Refusal::CategoryMismatch)
    }
}
