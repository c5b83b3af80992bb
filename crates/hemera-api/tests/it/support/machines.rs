//! A Clerk with machines, and a server that lets one of them in.

use clerk_emulator::{Forgery, Seed, SeedMachine};

/// Hemera's own machine, which tokens must name.
pub(crate) const HEMERA: &str = "mch_2qHmZj1Aa2Bb3Cc4Dd5Ee6Ff7Gg";
/// The machine that is let in.
pub(crate) const AITHER: &str = "mch_2qHmZk4Pw8Rt6Yd1Vb3Nc5Xs7Lf";
/// A machine of the same instance that is not.
pub(crate) const OTHER: &str = "mch_2qHmZm9Qx8Wy7Ez6Ru5Ti4Oo3Pp";

/// The settings that let it in.
pub(crate) const WITH_MACHINE: [(&str, &str); 2] = [
    ("HEMERA_TOKENS__MACHINE_ID", HEMERA),
    ("HEMERA_MACHINES__AITHER__ID", AITHER),
];

/// The demo world in which Aither's machine may talk to Hemera's, and the other one too, as far as Clerk is concerned.
pub(crate) fn machine_world() -> Seed {
    let machine = |id: &str, name: &str, scoped: &[&str]| SeedMachine {
        id: Some(id.to_owned()),
        name: name.to_owned(),
        scoped_machines: scoped.iter().map(|id| (*id).to_owned()).collect(),
        ..SeedMachine::default()
    };
    let mut seed = Seed::demo();
    seed.machines = vec![
        machine(HEMERA, "hemera", &[]),
        machine(AITHER, "aither", &[HEMERA, OTHER]),
        machine(OTHER, "other", &[HEMERA]),
    ];
    seed
}

/// A good token of Aither's machine.
pub(crate) fn machine_token() -> Forgery {
    Forgery::machine(AITHER)
}
