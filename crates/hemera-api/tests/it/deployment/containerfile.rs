//! `deploy/Containerfile`: its stages, and what each final one holds.

use std::collections::BTreeMap;

use serde_json::Value;

use super::process::{Process, assert_known};
use super::{path, strings, text};

const FILE: &str = "deploy/Containerfile";

/// A stage: its base, and its instructions in order.
#[derive(Debug, Default)]
pub(super) struct BuildStage {
    base: String,
    instructions: Vec<(String, String)>,
}

impl BuildStage {
    fn all<'s>(&'s self, instruction: &str) -> impl Iterator<Item = &'s str> {
        let wanted = instruction.to_owned();
        let matching = self.instructions.iter().filter(move |(name, _)| *name == wanted);
        matching.map(|(_, rest)| rest.as_str())
    }

    #[track_caller]
    fn one(&self, instruction: &str) -> &str {
        let [only] = self.all(instruction).collect::<Vec<_>>()[..] else {
            panic!("not one {instruction} in {self:?}")
        };
        only
    }

    /// The words of an instruction that is an array.
    #[track_caller]
    pub(super) fn words(&self, instruction: &str) -> Vec<String> {
        strings(&serde_json::from_str::<Value>(self.one(instruction)).unwrap())
    }

    /// What it sets for the program.
    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        let settings = self.all("ENV").flat_map(str::split_whitespace);
        let pairs = settings.map(|setting| setting.split_once('=').unwrap());
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// The stages by name, and the last one's name.
pub(super) fn stages() -> (BTreeMap<String, BuildStage>, String) {
    let joined = text(FILE).replace("\\\n", " ");
    let mut stages = BTreeMap::new();
    let mut last = String::new();
    for line in joined.lines().map(str::trim) {
        let Some((instruction, rest)) = line.split_once(' ').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        if instruction == "FROM" {
            let (base, name) = rest.split_once(" AS ").unwrap();
            name.clone_into(&mut last);
            let base = base.to_owned();
            stages.insert(
                last.clone(),
                BuildStage {
                    base,
                    ..BuildStage::default()
                },
            );
        } else if let Some(stage) = stages.get_mut(&last) {
            let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
            stage.instructions.push((instruction.to_owned(), rest));
        }
    }
    (stages, last)
}

/// The names of the stages that are images.
fn images(stages: &BTreeMap<String, BuildStage>) -> impl Iterator<Item = (&String, &BuildStage)> {
    stages.iter().filter(|(_, stage)| stage.base == "${BASE}")
}

#[test]
fn the_compiler_is_the_pinned_one() {
    let pinned = text("rust-toolchain.toml").parse::<toml::Table>().unwrap();
    let version = pinned["toolchain"]["channel"].as_str().unwrap();
    let line = format!("ARG RUST_VERSION={version}\n");
    assert!(text(FILE).contains(&line), "{line}");
}

#[test]
fn each_image_holds_one_program_of_the_workspace_and_no_rights() {
    let (stages, last) = stages();
    assert_eq!(last, "hemera-api", "the default target");
    assert_eq!(images(&stages).count(), 3);
    for (name, stage) in images(&stages) {
        assert_eq!(stage.all("RUN").count(), 0, "{name}: there is no shell in it");
        assert_eq!(stage.one("USER"), "65532:65532", "{name}");
        let program = format!("/usr/bin/{name}");
        assert_eq!(stage.words("ENTRYPOINT"), [program.as_str()]);
        let copied = format!("--from=build-{name} /out/{name} {program}");
        assert_eq!(stage.one("COPY"), copied);
        let build = &stages[&format!("build-{name}")];
        let run = build.one("RUN");
        assert!(
            run.contains(&format!("cargo build --locked --release --package {name} ")),
            "{run}"
        );
        assert!(
            path("crates").join(name).join("src/main.rs").is_file(),
            "{name} is no program"
        );
    }
}

#[test]
fn the_server_of_the_image_starts_behind_a_proxy_on_the_ports_that_it_exposes() {
    let (stages, _) = stages();
    let stage = &stages["hemera-api"];
    let mut process = Process {
        name: FILE.to_owned(),
        arguments: stage.words("CMD"),
        environment: stage.environment(),
    };
    for (name, value) in [
        ("HEMERA_HTTP__TLS_AT_PROXY", "true"),
        ("HEMERA_ENVIRONMENT", "production"),
        ("HEMERA_HTTP__TRUSTED_PROXIES", "1"),
        ("HEMERA_LIMITS__REPLICAS", "1"),
        ("HEMERA_AUDIT__KEY_FILE", "/run/secrets/audit_key"),
        ("HEMERA_METRICS__LISTEN", "0.0.0.0:9464"),
        ("HEMERA_METRICS__NETWORK_IS_PRIVATE", "true"),
        ("DATABASE_URL", "postgres:///hemera?host=/run/postgresql"),
        ("CLERK_SECRET_KEY", "sk_live_swordfish4711"),
        ("CLERK_ISSUER", "https://clerk.example.com"),
    ] {
        process.environment.insert(name.to_owned(), value.to_owned());
    }
    process.assert_accepted();
    let config = process.server();
    let ports =
        [config.http.listen, config.metrics.listen.unwrap()].map(|address| address.port().to_string());
    assert_eq!(stage.one("EXPOSE"), ports.join(" "));
}

#[test]
fn the_health_check_is_the_binarys_own() {
    let (stages, _) = stages();
    let check = stages["hemera-api"].one("HEALTHCHECK").to_owned();
    let (_, command) = check.split_once(" CMD ").unwrap();
    let command = strings(&serde_json::from_str(command).unwrap());
    let (program, arguments) = command.split_first().unwrap();
    assert_eq!(program, "/usr/bin/hemera-api");
    assert_known(FILE, arguments);
}

#[test]
fn both_engines_see_the_same_files() {
    assert_eq!(text(".dockerignore"), text(".containerignore"));
    let listed = text(".containerignore");
    for entry in listed.lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(path(entry).exists(), "{entry} of .containerignore is not there");
    }
}
