//! Scenarios as tests play them.

use imds_loadgen::engine::{live, simulate};
use imds_loadgen::result::run::RunResult;
use imds_loadgen::result::scenario::from_toml;
use imds_loadgen::scenario::story::Scenario;

/// Reads a scenario that has no mistakes.
///
/// # Panics
/// If it has.
#[must_use]
pub fn scenario(toml: &str) -> Scenario {
    from_toml("test.toml", toml).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Plays it in virtual time.
///
/// # Panics
/// If its policies hardly wait.
#[must_use]
pub fn simulated(scenario: &Scenario) -> RunResult {
    let raw = simulate::simulate(scenario).expect("policies that wait");
    RunResult::new(scenario, &raw)
}

/// Plays it in real time, against an embedded emulator, until `proves` says that the result proves
/// something, or five times at most. On a machine so busy that its sessions started late, a herd is
/// not the one that was planned, and what comes of it proves nothing.
///
/// # Panics
/// If there is no free port on loopback.
pub async fn played_until(scenario: &Scenario, proves: impl Fn(&RunResult) -> bool) -> RunResult {
    let mut result = played(scenario).await;
    for _ in 1..5 {
        if proves(&result) {
            break;
        }
        result = played(scenario).await;
    }
    result
}

async fn played(scenario: &Scenario) -> RunResult {
    let never = std::future::pending();
    let raw = live::run(scenario, None, |_| {}, never).await;
    RunResult::new(scenario, &raw.expect("a free loopback port"))
}
