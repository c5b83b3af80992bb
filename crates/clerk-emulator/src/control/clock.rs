//! `/__emulator/clock`

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body::ControlBody;
use crate::app::App;
use crate::clock::Stamp;
use crate::refusal::Refusal;
use crate::wire::reply::Reply;

/// Either stands still at a time, or runs with the system at a distance.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ClockSetting {
    /// Milliseconds since 1970.
    StandAt(i64),
    /// Seconds before the system's clock; negative: behind it.
    RunAhead(i64),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    seconds: u64,
}

pub(super) async fn show(State(app): State<App>) -> Json<Value> {
    state(&app)
}

pub(super) async fn set(State(app): State<App>, ControlBody(setting): ControlBody<ClockSetting>) -> Reply {
    match setting {
        ClockSetting::StandAt(millis) => app.clock.stand_at(Stamp::from_millis(millis)),
        ClockSetting::RunAhead(seconds) => {
            let millis = seconds.checked_mul(1000);
            app.clock
                .run_ahead(millis.ok_or_else(|| Refusal::control_invalid("run_ahead is too far"))?);
        }
    }
    Ok(state(&app))
}

pub(super) async fn advance(State(app): State<App>, ControlBody(advance): ControlBody<Advance>) -> Reply {
    app.clock.advance(Duration::from_secs(advance.seconds));
    Ok(state(&app))
}

pub(super) async fn follow(State(app): State<App>) -> Json<Value> {
    app.clock.run_ahead(0);
    state(&app)
}

fn state(app: &App) -> Json<Value> {
    Json(json!({"now": app.now(), "standing": app.clock.is_standing()}))
}
