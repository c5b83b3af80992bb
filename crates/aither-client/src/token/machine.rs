//! Tokens of a Clerk machine: no user, no session, and a key that can do nothing else.

use clerk::Machine;

use super::{Token, TokenFuture, TokenSource};

/// Machine-to-machine tokens.
///
/// Each is a JWT that the machine's own key asks for, and always expires. Hemera admits them where its
/// operators have entered this machine; they carry no user, and nothing can revoke one before its end.
///
/// ```
/// use aither_client::ClerkMachine;
/// use clerk::{Machine, MachineKey};
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
    /// Tokens of `machine`. Nothing is sent before the first token is needed.
    pub const fn new(machine: Machine) -> Self {
        Self(machine)
    }
}

impl TokenSource for ClerkMachine {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async { Token::minted(&self.0.mint().await?) })
    }
}
