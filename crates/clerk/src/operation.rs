//! What this crate does at Clerk, each with the words that error texts have for it.

use std::fmt;

/// What was being done when an [`Error`](crate::Error) occurred.
///
/// `Display` is the text that follows "to": `create a user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClerkOperation {
    /// `GET /v1/users/{id}`
    ReadUser,
    /// `GET /v1/users`
    ListUsers,
    /// `POST /v1/users`
    CreateUser,
    /// `PATCH /v1/users/{id}/metadata`
    UpdateUserMetadata,
    /// `POST /v1/users/{id}/remove_password`
    RemoveUserPassword,
    /// `POST /v1/users/{id}/ban`
    BanUser,
    /// `POST /v1/users/{id}/unban`
    UnbanUser,
    /// `POST /v1/sessions`
    CreateSession,
    /// `GET /v1/sessions/{id}`
    ReadSession,
    /// `GET /v1/sessions`
    ListSessions,
    /// `POST /v1/sessions/{id}/revoke`
    RevokeSession,
    /// `POST /v1/sessions/{id}/tokens`
    MintSessionToken,
    /// `POST /v1/sessions/{id}/tokens/{template}`
    MintTemplateToken,
    /// `POST /v1/sign_in_tokens`
    CreateSignInToken,
    /// `POST /v1/sign_in_tokens/{id}/revoke`
    RevokeSignInToken,
    /// `GET /v1/jwt_templates`
    ListJwtTemplates,
    /// `POST /v1/jwt_templates`
    CreateJwtTemplate,
    /// `PATCH /v1/jwt_templates/{id}`
    UpdateJwtTemplate,
    /// `DELETE /v1/jwt_templates/{id}`
    DeleteJwtTemplate,
    /// `GET /v1/jwks` at the Backend API, `GET /.well-known/jwks.json` at the issuer.
    ReadKeySet,
    /// `GET /v1/instance`
    ReadInstance,
    /// `GET /v1/environment` at the Frontend API.
    ReadInstanceSettings,
    /// `POST /v1/client/sign_ins` at the Frontend API.
    SignInWithTicket,
    /// `POST /v1/dev_browser` at the Frontend API.
    StartDevBrowser,
    /// `GET /v1/client/sessions/{id}` at the Frontend API.
    ReadClientSession,
    /// `POST /v1/client/sessions/{id}/tokens` at the Frontend API, with or without a template.
    MintClientToken,
    /// `POST /m2m_tokens`, with a machine's own key.
    MintMachineToken,
    /// Making a [`BackendApi`](crate::BackendApi). Nothing is sent.
    UseBackendApi,
    /// Making a [`FrontendApi`](crate::FrontendApi). Nothing is sent.
    UseFrontendApi,
    /// Making an [`Origin`](crate::Origin). Nothing is sent.
    SignInAsBrowser,
    /// Making a [`ClientSession`](crate::ClientSession) from a sign-in. Nothing is sent.
    KeepSession,
    /// Finding the one user with the address of a [`ServiceUser`](crate::ServiceUser).
    FindServiceUser,
    /// The whole sign-in of a [`ServiceUser`](crate::ServiceUser).
    SignServiceUserIn,
    /// Ending the session in the store of a [`ServiceUser`](crate::ServiceUser).
    EndKeptSession,
    /// Looking for claims in a [`MintedToken`](crate::MintedToken). Nothing is sent.
    RequireClaims,
}

impl ClerkOperation {
    /// The text that follows "to", also for log lines: `create a user`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadUser => "read a user",
            Self::ListUsers => "list users",
            Self::CreateUser => "create a user",
            Self::UpdateUserMetadata => "update a user's metadata",
            Self::RemoveUserPassword => "remove a user's password",
            Self::BanUser => "ban a user",
            Self::UnbanUser => "unban a user",
            Self::CreateSession => "create a session",
            Self::ReadSession => "read a session",
            Self::ListSessions => "list sessions",
            Self::RevokeSession => "revoke a session",
            Self::MintSessionToken => "mint a session token",
            Self::MintTemplateToken => "mint a template token",
            Self::CreateSignInToken => "create a sign-in token",
            Self::RevokeSignInToken => "revoke a sign-in token",
            Self::ListJwtTemplates => "list JWT templates",
            Self::CreateJwtTemplate => "create a JWT template",
            Self::UpdateJwtTemplate => "update a JWT template",
            Self::DeleteJwtTemplate => "delete a JWT template",
            Self::ReadKeySet => "read the key set",
            Self::ReadInstance => "read the instance",
            Self::ReadInstanceSettings => "read the instance's settings",
            Self::SignInWithTicket => "sign in with a ticket",
            Self::StartDevBrowser => "start a dev browser",
            Self::ReadClientSession => "read the client's session",
            Self::MintClientToken => "mint a token as the session's client",
            Self::MintMachineToken => "mint a machine token",
            Self::UseBackendApi => "use the Backend API",
            Self::UseFrontendApi => "use the Frontend API",
            Self::SignInAsBrowser => "sign in as a browser",
            Self::KeepSession => "keep the session",
            Self::FindServiceUser => "find the service user",
            Self::SignServiceUserIn => "sign the service user in",
            Self::EndKeptSession => "end the session that is kept",
            Self::RequireClaims => "mint a token with the claims needed",
        }
    }
}

impl fmt::Display for ClerkOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
