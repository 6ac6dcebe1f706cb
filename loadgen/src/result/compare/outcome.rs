//! What can be compared: the result of one run, the summary of many.

use serde_json::Value;

use super::figures;
use crate::result::run::RunResult;
use crate::result::summary::Summary;

/// The outcome of one or many runs, as far as a comparison needs it.
pub(crate) trait Outcomes {
    /// The scenario's name.
    fn scenario(&self) -> &str;
    /// The conditions of the run, by name: two runs with different conditions are not comparable. The same names
    /// in the same order for each kind of document.
    fn conditions(&self) -> Vec<(&'static str, String)>;
    /// The document, for looking up paths.
    fn document(&self) -> Value;
    /// The paths of the figures that are compared by default, as far as the base has them.
    fn paths(&self, base: &Value) -> Vec<String>;
    /// The summary, if it is one.
    fn summary(&self) -> Option<&Summary> {
        None
    }
}

impl Outcomes for RunResult {
    fn scenario(&self) -> &str {
        &self.scenario
    }

    fn conditions(&self) -> Vec<(&'static str, String)> {
        let groups = self.sessions.by_group.iter();
        let cut = if self.cut_short { "yes" } else { "no" };
        vec![
            ("scenario", self.scenario.clone()),
            ("mode", self.mode.name().to_owned()),
            (
                "sessions",
                listed(groups.map(|(name, group)| (name, group.size_by_plan()))),
            ),
            ("cut short", cut.to_owned()),
            ("sources", self.sources.len().to_string()),
        ]
    }

    fn document(&self) -> Value {
        self.to_json()
    }

    fn paths(&self, base: &Value) -> Vec<String> {
        figures::of_run(base, &self.to_json(), self.sessions.by_group.keys())
    }
}

impl Outcomes for Summary {
    fn scenario(&self) -> &str {
        &self.scenario
    }

    /// A figure of few runs is not one of many.
    fn conditions(&self) -> Vec<(&'static str, String)> {
        vec![
            ("scenario", self.scenario.clone()),
            (
                "sessions",
                listed(self.groups.iter().map(|(name, size)| (name, *size))),
            ),
            ("runs", self.runs.to_string()),
        ]
    }

    fn document(&self) -> Value {
        serde_json::to_value(self).expect("the document has string keys and no failing parts")
    }

    fn paths(&self, base: &Value) -> Vec<String> {
        figures::of_runs(base, self.metrics.keys())
    }

    fn summary(&self) -> Option<&Summary> {
        Some(self)
    }
}

fn listed<'a>(groups: impl Iterator<Item = (&'a String, u64)>) -> String {
    let named: Vec<String> = groups
        .map(|(name, size)| format!("{name} {size}"))
        .collect();
    named.join(", ")
}
