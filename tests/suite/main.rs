//! The parts together, in one test binary.

mod bounds;
mod contract;
mod determinism;
mod faults;
mod parity;
mod scenarios;
mod throttling;
mod tidy;

use imds_loadgen::result::Raw;
use imds_loadgen::{RunResult, Scenario, live, simulate};

fn scenario(toml: &str) -> Scenario {
    Scenario::from_toml("test.toml", toml).unwrap_or_else(|problems| panic!("{problems}"))
}

fn simulated(scenario: &Scenario) -> RunResult {
    let raw = simulate::simulate(scenario).expect("policies that wait");
    RunResult::new(scenario, &raw)
}

async fn played(scenario: &Scenario) -> RunResult {
    let never = std::future::pending();
    let raw: Raw = live::run(scenario, None, |_| {}, never)
        .await
        .expect("a free loopback port");
    RunResult::new(scenario, &raw)
}
