//! What `deploy/Containerfile` says of an image's configuration.

use anyhow::{Context as _, Result};

use crate::workspace::root;

/// The configuration of an image: the instructions of its last stage.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ImageConfig {
    pub(super) user: String,
    pub(super) working_folder: Option<String>,
    pub(super) environment: Vec<String>,
    pub(super) ports: Vec<String>,
    pub(super) entrypoint: Vec<String>,
    pub(super) command: Vec<String>,
}

impl ImageConfig {
    /// That of a target.
    pub(super) fn of(target: &str) -> Result<Self> {
        let file = root().join("deploy/Containerfile");
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        Self::parse(&text, target)
    }

    fn parse(text: &str, target: &str) -> Result<Self> {
        let begin = format!(" AS {target}\n");
        let (_, stage) = text
            .split_once(&begin)
            .with_context(|| format!("deploy/Containerfile has no target {target}"))?;
        let mut config = Self::default();
        for line in stage.lines().take_while(|line| !line.starts_with("FROM ")) {
            let Some((instruction, rest)) = line.split_once(' ') else {
                continue;
            };
            let words = || rest.split_whitespace().map(str::to_owned).collect();
            let array = || serde_json::from_str(rest).with_context(|| format!("{line} is no array"));
            match instruction {
                "USER" => rest.clone_into(&mut config.user),
                "WORKDIR" => config.working_folder = Some(rest.to_owned()),
                "ENV" => config.environment = words(),
                "EXPOSE" => config.ports = words(),
                "ENTRYPOINT" => config.entrypoint = array()?,
                "CMD" => config.command = array()?,
                _ => {}
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_the_instructions_of_its_own_stage() {
        let text =
            "FROM a AS one\nUSER 1:1\nCMD [\"x\"]\n\nFROM b AS two\nENV A=1 B=2\nUSER 2:2\nEXPOSE 80 81\n";
        let two = ImageConfig::parse(text, "two").unwrap();
        let texts = |all: [&str; 2]| all.map(str::to_owned).to_vec();
        let expected = ImageConfig {
            user: "2:2".to_owned(),
            environment: texts(["A=1", "B=2"]),
            ports: texts(["80", "81"]),
            ..ImageConfig::default()
        };
        assert_eq!(two, expected);
        assert_eq!(ImageConfig::parse(text, "one").unwrap().command, ["x"]);
        assert!(ImageConfig::parse(text, "three").is_err());
    }
}
