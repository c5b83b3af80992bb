//! An image in the layout of the Open Container Initiative, made by umoci and read by skopeo.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::containerfile::ImageConfig;
use crate::guard::Guard;
use crate::install::Need;
use crate::packaged;
use crate::process::{Captured, capture};

/// The two programs.
#[derive(Debug)]
pub(super) struct Oci {
    umoci: PathBuf,
    skopeo: PathBuf,
}

/// What skopeo says of an image.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Inspected {
    pub(super) digest: String,
    pub(super) os: String,
    pub(super) architecture: String,
    #[serde(skip)]
    pub(super) layers: Vec<Layer>,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    layers: Vec<Layer>,
}

/// A layer, as it is transferred.
#[derive(Debug, Deserialize)]
pub(super) struct Layer {
    pub(super) digest: String,
    pub(super) size: u64,
}

impl Oci {
    pub(super) fn require(guard: &Guard, may_install: bool) -> Result<Self> {
        let program = |name| packaged::require(guard, name, &Need::OCI, may_install);
        Ok(Self {
            umoci: program("umoci")?,
            skopeo: program("skopeo")?,
        })
    }

    /// Makes the image `layout:tag` of these trees, one layer each.
    pub(super) fn make(
        &self,
        guard: &Guard,
        image: &Image,
        trees: &[&Path],
        config: &ImageConfig,
    ) -> Result<()> {
        let layout = image.layout.display().to_string();
        let name = image.name();
        if !image.layout.exists() {
            self.umoci(guard, &["init", "--layout", &layout])?;
        }
        self.umoci(guard, &["new", "--image", &name])?;
        for tree in trees {
            let tree = tree.display().to_string();
            self.umoci(guard, &["insert", "--rootless", "--image", &name, &tree, "/"])?;
        }
        let mut arguments = vec!["config".to_owned(), "--image".to_owned(), name];
        let mut set = |key: &str, values: &[String]| {
            for value in values {
                arguments.extend([format!("--config.{key}"), value.clone()]);
            }
        };
        set("user", std::slice::from_ref(&config.user));
        set("workingdir", config.working_folder.as_slice());
        set("env", &config.environment);
        set("exposedports", &config.ports);
        set("entrypoint", &config.entrypoint);
        set("cmd", &config.command);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.umoci(guard, &arguments)
    }

    /// Unpacks an image as an engine would, and gives its root.
    pub(super) fn unpack(&self, guard: &Guard, image: &Image, bundle: &Path) -> Result<PathBuf> {
        let shown = bundle.display().to_string();
        self.umoci(guard, &["unpack", "--rootless", "--image", &image.name(), &shown])?;
        Ok(bundle.join("rootfs"))
    }

    /// Copies the image, by which every digest is checked, and reads what it is.
    pub(super) fn inspect(&self, guard: &Guard, image: &Image, scratch: &Path) -> Result<Inspected> {
        let source = format!("oci:{}", image.name());
        let target = format!("dir:{}", scratch.display());
        self.skopeo(guard, &["--insecure-policy", "copy", "--quiet", &source, &target])?;
        let answer = self.skopeo(guard, &["inspect", &source])?;
        let mut inspected: Inspected =
            serde_json::from_str(&answer.stdout).context("skopeo inspect answered something unknown")?;
        let answer = self.skopeo(guard, &["inspect", "--raw", &source])?;
        let manifest: Manifest = serde_json::from_str(&answer.stdout).context("the manifest is unknown")?;
        inspected.layers = manifest.layers;
        Ok(inspected)
    }

    fn umoci(&self, guard: &Guard, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.umoci);
        ok(capture(guard, command.args(arguments))?, "umoci").map(drop)
    }

    fn skopeo(&self, guard: &Guard, arguments: &[&str]) -> Result<Captured> {
        let mut command = Command::new(&self.skopeo);
        ok(capture(guard, command.args(arguments))?, "skopeo")
    }
}

fn ok(answer: Captured, program: &str) -> Result<Captured> {
    if !answer.status.success() {
        bail!("{program} refused: {}", answer.text());
    }
    Ok(answer)
}

/// Where an image lies, and which.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) layout: PathBuf,
    pub(super) tag: String,
}

impl Image {
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.layout.display(), self.tag)
    }
}
