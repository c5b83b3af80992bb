//! The plan by itself: from what is and what should be, without Clerk.

use clerk::{JwtTemplate, User};
use hemera_api::provision::{Action, Current, Desired, EMAIL, Plan, compare};
use serde_json::{Value, json};

fn user(change: &Value) -> User {
    let mut user = json!({
        "id": "user_1", "primary_email_address_id": "idn_1",
        "email_addresses": [
            { "id": "idn_1", "email_address": EMAIL, "verification": { "status": "verified" } },
        ],
        "public_metadata": { "role": "api-client", "service": "aither" },
    });
    let members = user.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    serde_json::from_value(user).unwrap()
}

fn template(change: &Value) -> JwtTemplate {
    let mut template = json!({
        "id": "jtmp_1", "name": "hemera-api", "lifetime": 900, "allowed_clock_skew": 5,
        "claims": {
            "aud": "hemera-api", "role": "{{user.public_metadata.role}}",
            "service": "{{user.public_metadata.service}}",
        },
    });
    let members = template.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    serde_json::from_value(template).unwrap()
}

fn plan(user_change: &Value, template_change: &Value) -> Plan {
    let current = Current {
        user: Some(user(user_change)),
        template: Some(template(template_change)),
    };
    Plan::new(&Desired::new(EMAIL, None), &current)
}

fn actions(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| step.action.to_string()).collect()
}

#[test]
fn what_is_as_it_should_be_needs_no_plan() {
    let none = plan(&json!({}), &json!({}));
    assert!(none.is_empty() && none.obstacles.is_empty());
    assert_eq!(none.to_string(), "");
    // More than ours is nobody's fault.
    let more = plan(
        &json!({ "public_metadata": { "role": "api-client", "service": "aither", "team": 1 } }),
        &json!({ "allowed_clock_skew": 60 }),
    );
    assert!(more.is_empty());
}

#[test]
fn each_difference_has_its_step() {
    let fine = json!({});
    let cases = [
        (
            plan(&json!({ "public_metadata": {} }), &fine),
            "merge into the metadata of user_1",
        ),
        (
            plan(&json!({ "password_enabled": true }), &fine),
            "remove the password of user_1",
        ),
        (
            plan(&fine, &json!({ "lifetime": 901 })),
            "update the JWT template jtmp_1",
        ),
        (
            plan(&fine, &json!({ "claims": {} })),
            "update the JWT template jtmp_1",
        ),
        (
            plan(&fine, &json!({ "custom_signing_key": true })),
            "update the JWT template jtmp_1",
        ),
    ];
    for (plan, action) in cases {
        assert_eq!(actions(&plan), [action]);
    }
}

/// A role of another type or case is not ours: the server would trim it, but a plan says what will be.
#[test]
fn metadata_is_compared_to_the_letter() {
    for role in [json!("API-CLIENT"), json!(["api-client"]), Value::Null] {
        let plan = plan(
            &json!({ "public_metadata": { "role": role, "service": "aither" } }),
            &json!({}),
        );
        assert_eq!(plan.steps[0].points.len(), 1);
        assert_eq!(plan.steps[0].points[0].found, Some(role.to_string()));
    }
}

#[test]
fn what_only_people_can_change_is_an_obstacle() {
    for flag in ["banned", "locked", "two_factor_enabled"] {
        let plan = plan(&json!({ flag: true }), &json!({}));
        assert!(plan.is_empty());
        assert_eq!(plan.obstacles.len(), 1, "{flag}");
    }
}

#[test]
fn nothing_there_is_two_steps_and_no_obstacle() {
    let desired = Desired::new("someone@hemera-academy.com", Some("https://hemera.example"));
    let plan = Plan::new(&desired, &Current::default());
    let steps: Vec<&Action> = plan.steps.iter().map(|step| &step.action).collect();
    assert_eq!(steps, [&Action::CreateUser, &Action::CreateTemplate]);
    assert!(plan.obstacles.is_empty());
    let all = compare(&desired, &Current::default());
    assert!(all.iter().all(|point| point.found.is_none() && !point.is_met()));
}
