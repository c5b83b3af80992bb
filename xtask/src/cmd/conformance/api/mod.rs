//! Checks of Hemera's own API: its OpenAPI document by itself, what is made from it, a running server against it, and a program of
//! another language through the door in front of it.

use anyhow::Result;

use super::table::Row;
use crate::guard::Guard;
use crate::node::Node;
use crate::python::Python;
use crate::workspace::{Workspace, root};

mod document;
mod door;
mod schemathesis;
mod server;

/// The committed document.
const DOCUMENT: &str = "docs/openapi.json";

/// What the checks need.
pub(super) struct Tools<'a> {
    pub(super) guard: &'a Guard,
    pub(super) workspace: &'a Workspace,
    pub(super) node: &'a Node,
    pub(super) python: &'a Python,
}

/// Runs them all. Servers are found, or installed where that is asked for.
pub(super) fn check(tools: &Tools<'_>, quick: bool, install: bool) -> Result<Vec<Row>> {
    let folder = tools.workspace.target.join("tools");
    let (packages, programs) = (folder.join("witnesses"), folder.join("witnesses-python"));
    let source = root().join("xtask").join("witnesses");
    tools.node.install(tools.guard, &source, &packages)?;
    let programs = tools
        .python
        .install(tools.guard, &source.join("requirements.txt"), &programs)?;

    let mut rows = document::examine(tools, &packages)?;
    let server = server::start(tools, install)?;
    rows.extend(schemathesis::examine(tools, &programs, &server, quick)?);
    rows.extend(door::examine(tools, &packages, &server)?);
    server.stop(tools.guard)?;
    Ok(rows)
}
