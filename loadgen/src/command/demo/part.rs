//! The parts of the demo, each a scenario of the library.

use crate::result::scenario::from_toml;
use crate::scenario::definition::Scenario;
use crate::scenario::library;

/// One part of the demo.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// The folder that its report is written into.
    pub name: &'static str,
    /// Its scenario in the library.
    pub scenario_name: &'static str,
    pub title: &'static str,
    /// What its user changes.
    pub changed: &'static str,
}

/// The page of all remedies, beside the folders of the parts.
pub(super) const REMEDIES: &str = "remedies.html";

/// The parts in their order: the failure, and the remedies, those first that change the least.
pub(crate) const PARTS: [Part; 5] = [
    Part {
        name: "herd",
        scenario_name: "demo-herd",
        title: "All at once",
        changed: "nothing",
    },
    Part {
        name: "gate",
        scenario_name: "demo-gate",
        title: "Gate",
        changed: "the command",
    },
    Part {
        name: "broker",
        scenario_name: "demo-broker",
        title: "Broker",
        changed: "one variable",
    },
    Part {
        name: "retry",
        scenario_name: "demo-retry",
        title: "Better retry",
        changed: "the scripts",
    },
    Part {
        name: "spread",
        scenario_name: "demo-spread",
        title: "Spread out",
        changed: "the schedule",
    },
];

impl Part {
    /// Its scenario, which keeps the trace of every session.
    ///
    /// # Panics
    /// Never: the library has the parts, and its scenarios are tested.
    pub(super) fn scenario(&self) -> Scenario {
        let entry = library::find(self.scenario_name).expect("the library has the parts");
        let scenario = from_toml(self.scenario_name, entry.text);
        let mut scenario = scenario.expect("the suite holds the library to its format");
        scenario.traces = scenario.sessions();
        scenario
    }
}
