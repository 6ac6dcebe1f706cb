//! The parts of the story, each a scenario of the library.

use crate::result::scenario::from_toml;
use crate::scenario::library;
use crate::scenario::story::Scenario;

/// One part of the story.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    /// The folder that its report is written into.
    pub name: &'static str,
    /// The scenario of the library that it is.
    pub story: &'static str,
    pub title: &'static str,
}

/// The acts in their order.
pub(crate) const ACTS: [Act; 3] = [
    Act {
        name: "herd",
        story: "demo-herd",
        title: "All at once",
    },
    Act {
        name: "spread",
        story: "demo-spread",
        title: "Spread out",
    },
    Act {
        name: "retry",
        story: "demo-retry",
        title: "Better retry",
    },
];

impl Act {
    /// Its scenario, which keeps the story of every session.
    ///
    /// # Panics
    /// Never: the library has the acts, and its scenarios are tested.
    pub(super) fn scenario(&self) -> Scenario {
        let story = library::find(self.story).expect("the library has the acts");
        let scenario = from_toml(self.story, story.text);
        let mut scenario = scenario.expect("the suite holds the library to its format");
        scenario.traces = scenario.sessions();
        scenario
    }
}
