//! What documents have to have in common to be put together: the version of the program, and the scenario.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::scenario::definition::Scenario;

/// The version of this program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Of all that a run depends on, whichever file it is from, so that a comment in a file makes no other scenario. The text
/// that is digested is that of this version alone, as the digest is.
#[must_use]
pub(crate) fn digest(scenario: &Scenario) -> String {
    let digest = Sha256::digest(format!("{scenario:?}"));
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes it all");
        text
    })
}

/// The same, whichever the seed, and however many stories are kept.
#[must_use]
pub(crate) fn digest_of_any_seed(scenario: &Scenario) -> String {
    let mut any = scenario.clone();
    (any.seed, any.traces) = (0, 0);
    digest(&any)
}
