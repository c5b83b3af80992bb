//! What the programs that read the files in `deploy/` say to them, and those that check workflows.
//!
//! What the files say of Hemera is held against its code by tests of `hemera-api`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{Outcome, Scene};
use crate::install::Need;
use crate::packaged;
use crate::process::{Captured, capture};
use crate::programs::on_path;
use crate::tools::Tool;
use crate::workspace::root;

const CONTAINERFILE: &str = "deploy/Containerfile";
const WORKFLOWS: &str = ".github/workflows";
const HAPROXY: &str = "deploy/haproxy/haproxy.cfg";
const HAPROXY_POSTGRES: &str = "deploy/haproxy/postgres.cfg";
const UNITS: &str = "deploy/systemd";

/// The most that a service may be exposed, in tenths, as `systemd-analyze security` counts.
const EXPOSURE: &str = "20";

pub(super) fn files(scene: &Scene<'_>) -> Result<Outcome> {
    let mut findings: Vec<String> = containerfile(scene)?.into_iter().collect();
    findings.extend(workflows(scene)?);
    findings.extend(haproxy(scene)?);
    let without = match on_path("systemd-analyze") {
        Some(analyze) => {
            findings.extend(units(scene, &analyze)?);
            ""
        }
        None => "; no units: there is no systemd here",
    };
    if findings.is_empty() {
        return Ok(Outcome::Good(format!(
            "Containerfile, workflows, HAProxy, units{without}"
        )));
    }
    Ok(Outcome::Bad {
        note: "correct the files that are named below".to_owned(),
        details: findings.join("\n"),
    })
}

fn containerfile(scene: &Scene<'_>) -> Result<Option<String>> {
    let mut command = from_registry(scene, Tool::hadolint(), "hadolint")?;
    command.args(["--no-color", CONTAINERFILE]);
    Ok(refused(&capture(scene.guard, &mut command)?, CONTAINERFILE))
}

/// What they mean, and what they may do: actions pinned by their commit, no more rights than needed, no text of others in
/// a script.
fn workflows(scene: &Scene<'_>) -> Result<Vec<String>> {
    let mut check = from_registry(scene, Tool::actionlint(), "actionlint")?;
    // With other linters only where they are installed, it would find more on one machine than on another.
    check.args(["-no-color", "-shellcheck=", "-pyflakes="]);
    let mut audit = from_registry(scene, Tool::zizmor(), "zizmor")?;
    audit.args([
        "--offline",
        "--no-progress",
        "--quiet",
        "--color=never",
        WORKFLOWS,
    ]);
    let mut findings = Vec::new();
    for mut command in [check, audit] {
        findings.extend(refused(&capture(scene.guard, &mut command)?, WORKFLOWS));
    }
    Ok(findings)
}

/// A program that no package manager has, to be run in the top folder.
fn from_registry(scene: &Scene<'_>, tool: Option<Tool>, name: &str) -> Result<Command> {
    let tool = tool.with_context(|| format!("no registry has a {name} for this system"))?;
    let programs = match tool.there() {
        Some(programs) => programs,
        None if scene.install => scene.shown.aside(|| tool.fetch(scene.guard))?,
        None => bail!("{name} is missing: run `cargo xtask check deploy --install`"),
    };
    let mut command = Command::new(programs.join(name));
    command.current_dir(root());
    Ok(command)
}

/// With a certificate of its own: HAProxy reads it even where it only checks.
fn haproxy(scene: &Scene<'_>) -> Result<Vec<String>> {
    let program = |name: &str| {
        let require = || packaged::require(scene.guard, name, &Need::HAPROXY, scene.install);
        scene.shown.aside(require)
    };
    let (haproxy, openssl) = (program("haproxy")?, program("openssl")?);
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let certificate = folder.path().join("localhost.pem");
    let mut make = Command::new(openssl);
    make.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ])
    .args(["-days", "1", "-subj", "/CN=localhost", "-keyout"])
    .arg(&certificate)
    .arg("-out")
    .arg(folder.path().join("certificate"));
    let answer = capture(scene.guard, &mut make)?;
    if !answer.status.success() {
        bail!("openssl made no certificate: {}", answer.text());
    }
    let public = std::fs::read_to_string(folder.path().join("certificate"))?;
    let private = std::fs::read_to_string(&certificate)?;
    std::fs::write(&certificate, public + &private)?;
    let check = |file: &str| {
        let mut command = Command::new(&haproxy);
        // A warning is a finding, too.
        command.current_dir(root()).args(["-c", "-dW", "-f", file]);
        command
    };
    let mut servers = check(HAPROXY);
    servers
        .env("TLS_CERTIFICATE", &certificate)
        .env("LISTEN", ":8443")
        .env("HEALTH_LISTEN", "127.0.0.1:8404")
        .env("SERVER_1", "127.0.0.1:8081")
        .env("SERVER_2", "127.0.0.1:8082");
    let mut postgres = check(HAPROXY_POSTGRES);
    postgres
        .env("LISTEN", ":5432")
        .env("MEMBER_1", "127.0.0.1:5433")
        .env("MEMBER_1_CHECK", "8008")
        .env("MEMBER_2", "127.0.0.1:5434")
        .env("MEMBER_2_CHECK", "8009");
    let findings = [
        refused(&capture(scene.guard, &mut servers)?, HAPROXY),
        refused(&capture(scene.guard, &mut postgres)?, HAPROXY_POSTGRES),
    ];
    Ok(findings.into_iter().flatten().collect())
}

/// systemd wants the programs of units to be there: the copies that it sees start another one.
fn units(scene: &Scene<'_>, analyze: &Path) -> Result<Vec<String>> {
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let mut copies = Vec::new();
    for entry in std::fs::read_dir(root().join(UNITS)).with_context(|| format!("{UNITS} cannot be read"))? {
        let file = entry?.path();
        // Beside the units lie a script and files of settings.
        if !is_unit(&file) {
            continue;
        }
        let copy = folder.path().join(file.file_name().unwrap_or_default());
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("{} is no unit", file.display()))?;
        std::fs::write(&copy, with_program(&text, "/bin/true"))?;
        copies.push(copy);
    }
    copies.sort();
    let mut verify = Command::new(analyze);
    verify.args(["verify", "--man=no"]).args(&copies);
    let answer = capture(scene.guard, &mut verify)?;
    let mut findings = Vec::new();
    // What it does not know it says, and goes on.
    if !answer.status.success() || !answer.text().is_empty() {
        findings.push(format!("{UNITS}: {}", answer.text()));
    }
    for service in copies.iter().filter(|copy| is_service(copy)) {
        let mut security = Command::new(analyze);
        security.args([
            "security",
            "--no-pager",
            "--offline=true",
            "--threshold",
            EXPOSURE,
        ]);
        let answer = capture(scene.guard, security.arg(service))?;
        if !answer.status.success() {
            findings.push(format!("{} {}", name(service), exposed(&answer)));
        }
    }
    Ok(findings)
}

/// The unit with another program in its command lines.
fn with_program(unit: &str, program: &str) -> String {
    let replaced = unit.lines().map(|line| match line.split_once('=') {
        Some((key, command)) if key.starts_with("Exec") => {
            let arguments = command.split_once(' ').map_or("", |(_, arguments)| arguments);
            format!("{key}={program} {arguments}\n")
        }
        _ => format!("{line}\n"),
    });
    replaced.collect()
}

fn is_unit(file: &Path) -> bool {
    is_service(file) || file.extension().is_some_and(|extension| extension == "timer")
}

fn is_service(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "service")
}

fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    format!("{UNITS}/{}", name.to_string_lossy())
}

/// What a program says to a file that it refuses.
fn refused(answer: &Captured, file: &str) -> Option<String> {
    (!answer.status.success()).then(|| format!("{file}: {}", answer.text()))
}

/// The lines about what exposes a service, and the sum.
fn exposed(answer: &Captured) -> String {
    let lines = answer.stdout.lines();
    let telling: Vec<&str> = lines.filter(|line| line.starts_with(['✗', '→'])).collect();
    format!("is exposed more than {EXPOSURE} tenths:\n{}", telling.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::with_program;

    #[test]
    fn a_unit_keeps_all_but_its_program() {
        let unit = "[Service]\nExecStart=/usr/bin/hemera-api serve --x=1\nRestart=no\n";
        assert_eq!(
            with_program(unit, "/bin/true"),
            "[Service]\nExecStart=/bin/true serve --x=1\nRestart=no\n"
        );
    }
}
