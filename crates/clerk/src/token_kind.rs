//! Session tokens, or tokens of a JWT template.

/// Which tokens to mint.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum TokenKind {
    /// Session tokens: what receivers built on Clerk's own middleware accept.
    #[default]
    Session,
    /// Tokens from the JWT template of this name: claims, audience and lifetime as the template says.
    Template(String),
}
