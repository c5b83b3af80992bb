//! Tokens of a Clerk machine: no user, no session, and a key that can only make tokens.

use clerk::Machine;

use super::{Token, TokenFuture, TokenSource};

/// Machine-to-machine tokens.
///
/// Each is a JWT, requested with the machine's own key, and always expires. Hemera admits them if its operators have
/// configured this machine. They belong to no user, and none can be revoked before it expires.
///
/// ```
/// use aither_client::ClerkMachine;
/// use aither_client::clerk::{Machine, MachineKey};
///
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let machine = Machine::builder(MachineKey::parse("ak_…")?).build()?;
/// let source = ClerkMachine::new(machine);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClerkMachine(Machine);

impl ClerkMachine {
    /// A source of tokens of `machine`. Sends nothing before the first token is needed.
    pub const fn new(machine: Machine) -> Self {
        Self(machine)
    }
}

impl TokenSource for ClerkMachine {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { Token::minted(&self.0.mint().await?) })
    }
}
