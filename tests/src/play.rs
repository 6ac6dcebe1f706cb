//! Scenarios as tests play them.

use imds_loadgen::{RunResult, Scenario, live, simulate};

/// Reads a scenario that has no mistakes.
///
/// # Panics
/// If it has.
#[must_use]
pub fn scenario(toml: &str) -> Scenario {
    Scenario::from_toml("test.toml", toml).unwrap_or_else(|problems| panic!("{problems}"))
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

/// Plays it in real time, against an embedded emulator. On a machine so busy that the herd was not
/// the one that was planned, a run proves nothing, and is made again.
///
/// # Panics
/// If there is no free port on loopback, or the machine stays too busy.
pub async fn played(scenario: &Scenario) -> RunResult {
    for _ in 0..5 {
        let never = std::future::pending();
        let raw = live::run(scenario, None, |_| {}, never).await;
        let result = RunResult::new(scenario, &raw.expect("a free loopback port"));
        if !result.generator_late {
            return result;
        }
    }
    panic!(
        "{}: this machine is too busy to start a herd in time",
        scenario.name
    );
}
