//! What the bodies that create and change a user have in common.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::Stamp;
use crate::field::Field;
use crate::refusal::Refusal;
use crate::wire::params::Params;
use crate::world::user_changes::UserChange;

/// Takes the common parameters out of a body.
pub(super) fn take(params: &mut Params) -> Result<UserChange, Refusal> {
    let password_digest = params.text("password_digest")?.optional().is_some();
    let hasher = params.text("password_hasher")?.optional();
    if password_digest && hasher.is_none() {
        return Err(Refusal::param_missing("password_hasher"));
    }
    let change = UserChange {
        external_id: params.text("external_id")?,
        username: params.text("username")?,
        first_name: params.text("first_name")?,
        last_name: params.text("last_name")?,
        locale: params.text("locale")?,
        password: params.text("password")?.optional(),
        password_digest,
        skip_password_checks: params.flag("skip_password_checks")?.optional().unwrap_or(false),
        totp: params.text("totp_secret")?.optional().is_some(),
        backup_codes: params
            .texts("backup_codes")?
            .optional()
            .is_some_and(|codes| !codes.is_empty()),
        delete_self_enabled: params.flag("delete_self_enabled")?.optional(),
        create_organization_enabled: params.flag("create_organization_enabled")?.optional(),
        create_organizations_limit: params.integer("create_organizations_limit", &(0..=i64::MAX))?,
        legal_accepted_at: time_of(params, "legal_accepted_at")?,
        bypass_client_trust: params.flag("bypass_client_trust")?.optional(),
        created_at: time_of(params, "created_at")?.optional(),
    };
    params.ignore(&["skip_legal_checks"]);
    Ok(change)
}

fn time_of(params: &mut Params, name: &str) -> Result<Field<Stamp>, Refusal> {
    Ok(match params.text(name)? {
        Field::Absent => Field::Absent,
        Field::Null => Field::Null,
        Field::Value(text) => {
            let time = OffsetDateTime::parse(&text, &Rfc3339)
                .map_err(|_| Refusal::param_format(name, "must be a time in RFC 3339 form"))?;
            Field::Value(std::time::SystemTime::from(time).into())
        }
    })
}
