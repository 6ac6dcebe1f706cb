//! What the tests of the parts together share: a raw HTTP exchange, and where the tree is.

pub mod raw;
pub mod scenario;
pub mod stories;
pub mod tree;

use imds_emulator::{Config, Emulator};

/// A configuration without limits and service times, for tests of what is answered. More may follow.
pub const QUICK: &str = "profile = \"unlimited\"\n\
    latency = { token_cold = \"0s\", token_warm = \"0s\", other = \"0s\" }\n";

/// An emulator on free loopback ports with the configuration that a text overrides.
///
/// # Panics
/// If the text is no configuration, or the emulator does not start.
pub async fn emulator(toml: &str) -> Emulator {
    let mut config = Config::from_toml("test.toml", toml).expect("a valid configuration");
    let free = ([127, 0, 0, 1], 0).into();
    (config.listen, config.admin_listen) = (free, free);
    let emulator = Emulator::start(config)
        .await
        .expect("free ports on loopback");
    emulator.ready().await;
    emulator
}
