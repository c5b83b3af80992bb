//! The operator's walk-through in `docs/service-user.md`: every command in it works, in its order.

use clerk_emulator::{Environment, Seed};

use super::Operator;

const PAGE: &str = include_str!("../../../../../docs/service-user.md");

/// The lines that a reader would type, without the prompt and a remark behind them.
fn commands() -> Vec<&'static str> {
    let typed = PAGE
        .lines()
        .filter_map(|line| line.trim().strip_prefix("$ hemera-api clerk "));
    typed
        .map(|line| line.split('#').next().unwrap_or(line).trim())
        .collect()
}

#[tokio::test]
async fn every_command_of_the_page_works_in_its_order() {
    let operator = Operator::start(Seed::default(), Environment::Development).await;
    let commands = commands();
    assert!(commands.len() >= 8, "{commands:?}");
    for command in &commands {
        let ran = operator.run(command).await;
        assert_eq!(ran.code, 0, "{command}: {ran:?}");
    }
    // The page leaves out no command.
    for name in [
        "setup", "status", "rotate", "disable", "enable", "token", "enroll",
    ] {
        assert!(commands.iter().any(|command| command.starts_with(name)), "{name}");
    }
}
