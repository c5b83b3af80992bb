//! The walk with a development instance of Clerk, on the local Clerk: so that its steps are known to work.

use crate::checklist::Checklist;
use crate::child::Child;
use crate::failure::equal;
use crate::stack::{Instance, Programs};
use crate::staging::{self, Target};

pub(super) async fn walk(programs: &Programs, checklist: &mut Checklist) -> anyhow::Result<()> {
    let arguments = ["--listen", "127.0.0.1:0"];
    let (emulator, origin) = Child::start(&programs.clerk_emulator, &arguments, &[]).await?;
    let target = Target::of_emulator(Instance::Development.secret_key(), &origin);
    Box::pin(staging::walk(programs, target, checklist)).await?;
    let stopped = async {
        let code = emulator.stop().await?;
        equal("its exit code", 0, code)
    };
    checklist.step("The local Clerk stops in order", stopped).await;
    Ok(())
}
