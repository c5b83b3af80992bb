//! `/v1/environment`: the settings that a sign-in page needs. Of its sections the emulator has the two that say
//! what kind of instance this is and whether the Native API is on.

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde_json::{Value, json};

use super::visitor::checked_origin;
use crate::app::App;
use crate::wire::reply::Reply;
use crate::world::settings::Settings;

/// Pages of the application. All are the home page here.
const PAGES: [&str; 17] = [
    "home_url",
    "sign_in_url",
    "sign_up_url",
    "user_profile_url",
    "waitlist_url",
    "oauth_consent_url",
    "after_sign_in_url",
    "after_sign_up_url",
    "after_sign_out_one_url",
    "after_sign_out_all_url",
    "after_switch_session_url",
    "after_join_waitlist_url",
    "organization_profile_url",
    "create_organization_url",
    "after_leave_organization_url",
    "after_create_organization_url",
    "logo_link_url",
];

/// Parts of the display that this instance does not set.
const NOT_SET: [&str; 14] = [
    "support_email",
    "clerk_js_version",
    "google_one_tap_client_id",
    "help_url",
    "privacy_policy_url",
    "terms_url",
    "logo_url",
    "favicon_url",
    "logo_image",
    "favicon_image",
    "captcha_public_key",
    "captcha_widget_type",
    "captcha_public_key_invisible",
    "captcha_provider",
];

/// `GET /v1/environment`
pub(super) async fn show(State(app): State<App>) -> Reply {
    Ok(Json(environment(&app.world().settings)))
}

/// `PATCH /v1/environment`: the browser SDK calls it when it loads, with the origin of its page.
///
/// UNVERIFIED: what Clerk keeps of the origin; nothing here.
pub(super) async fn update(State(app): State<App>, headers: HeaderMap) -> Reply {
    let world = app.world();
    checked_origin(&world, &headers)?;
    Ok(Json(environment(&world.settings)))
}

fn environment(settings: &Settings) -> Value {
    json!({
        "auth_config": auth_config(settings),
        "display_config": display_config(settings),
        "client_debug_mode": false,
        "partitioned_cookies": false,
        "maintenance_mode": false,
    })
}

fn auth_config(settings: &Settings) -> Value {
    json!({
        "object": "auth_config",
        "id": settings.id,
        "first_name": "on",
        "last_name": "on",
        "email_address": "required",
        "phone_number": "off",
        "username": "off",
        "password": if settings.password_required { "required" } else { "off" },
        "identification_requirements": [["email_address"]],
        "identification_strategies": ["email_address"],
        "first_factors": ["ticket"],
        "second_factors": ["totp", "backup_code"],
        "email_address_verification_strategies": ["email_code"],
        "single_session_mode": settings.single_session,
        "enhanced_email_deliverability": false,
        "test_mode": !settings.is_production(),
        "url_based_session_syncing": true,
        "claimed_at": null,
        "reverification": true,
        "native_settings": {
            "object": "native_settings",
            "api_enabled": settings.native_api,
            "trusted_device_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_up_enabled": false,
        },
    })
}

fn display_config(settings: &Settings) -> Value {
    let home = format!("https://{}", settings.domain);
    let mut config = json!({
        "object": "display_config",
        "id": settings.id,
        "instance_environment_type": settings.environment,
        "application_name": "Hemera Academy",
        "theme": {},
        "preferred_sign_in_strategy": "password",
        "branded": false,
        "experimental_force_oauth_first": false,
        "show_devmode_warning": !settings.is_production(),
        "captcha_oauth_bypass": [],
    });
    for page in PAGES {
        config[page] = json!(home);
    }
    for name in NOT_SET {
        config[name] = Value::Null;
    }
    config
}
