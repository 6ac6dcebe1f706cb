//! A grid of cases, as a file describes it: herds of many sizes on VMs of many kinds.

use std::collections::BTreeSet;
use std::time::Duration;

use imds_client::Policy;
use imds_emulator::Config;
use imds_emulator::document::{self, FriendlyDuration, Problems, Section};
use imds_emulator::latency::{Latency, ServiceTime};
use serde::Deserialize;

use super::case::PolicyCase;
use crate::scenario::definition::{MOST_SESSIONS, Scenario};
use crate::scenario::policies::Policies;

/// The version of the format.
pub(crate) const SCHEMA: u32 = 1;

/// Every herd of a grid with every service time on every VM.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    /// What it is called, in reports.
    pub name: String,
    /// The seed of the first run of each case.
    pub seed: u64,
    /// Sessions that are not done by then have failed.
    pub max_duration: Duration,
    /// The sizes of the herds, each at least one session.
    pub herds: Vec<u32>,
    /// Smaller herds are run, but do not count in means: their bound is next to nothing.
    pub mean_from: u32,
    /// Runs of each case, at least one.
    pub runs: u32,
    /// Large herds may have fewer runs.
    pub large: Option<Large>,
    /// Medians of service times.
    pub service_times: Vec<Duration>,
    /// How many times longer one in a hundred service times is than the median, 1 or more.
    pub service_time_tail: f64,
    pub vms: Vec<Vm>,
    policies: Policies,
}

/// `large = { from = 500, runs = 5 }`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Large {
    /// Herds from this size on are large.
    pub from: u32,
    /// Runs of each case with a large herd.
    pub runs: u32,
}

/// A VM that herds meet.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    pub name: String,
    /// VMs of one family are summed up together.
    pub family: String,
    /// For how long it serves no request; its faults are part of `imds`.
    pub down: Duration,
    /// Its limits and faults; service times are the grid's.
    pub imds: Config,
}

impl Grid {
    /// The grid that the default policy was chosen on.
    pub(crate) const BUILT_IN: &str = include_str!("grid.toml");

    /// Reads a grid from the text of the file called `name`.
    ///
    /// # Errors
    /// All problems of the text at once, each with its line and what was expected there.
    pub(crate) fn from_toml(name: &str, text: &str) -> Result<Self, Problems> {
        document::read(name, text, read)
    }

    /// The policies that can be named: the file's own, and the presets.
    #[must_use]
    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// All its cases, the largest herds first, since they take the longest.
    #[must_use]
    pub(crate) fn cases(&self) -> Vec<PolicyCase> {
        let mut cases = Vec::new();
        for vm in &self.vms {
            for &service_time in &self.service_times {
                let herds = self.herds.iter();
                cases.extend(herds.map(|&herd| self.case(vm, service_time, herd)));
            }
        }
        cases.sort_by_key(|case| std::cmp::Reverse(case.sessions));
        cases
    }

    fn case(&self, vm: &Vm, service_time: Duration, herd: u32) -> PolicyCase {
        let mut imds = vm.imds.clone();
        imds.vm.latency = self.latency(service_time);
        let policy = Policy::preset("no-retry").expect("a preset");
        PolicyCase {
            family: vm.family.clone(),
            vm: vm.name.clone(),
            service_time,
            sessions: herd,
            down: vm.down,
            runs: self.runs_of(herd),
            in_mean: herd >= self.mean_from,
            scenario: Scenario::of_herd(imds, herd, policy, self.max_duration),
        }
    }

    /// Warm or cold makes no difference, so that a case has one service time.
    fn latency(&self, p50: Duration) -> Latency {
        let p99 = p50.mul_f64(self.service_time_tail);
        let time = ServiceTime::LogNormal { p50, p99 };
        Latency {
            token_cold: time,
            token_warm: time,
            other: time,
        }
    }

    fn runs_of(&self, herd: u32) -> u32 {
        match self.large {
            Some(large) if herd >= large.from => large.runs.min(self.runs),
            _ => self.runs,
        }
    }
}

fn read(root: &mut Section) -> Option<Grid> {
    let schema = root.required::<u32>("schema");
    if schema.is_some_and(|schema| schema != SCHEMA) {
        let expected = format!("expected {SCHEMA}, the only schema of grids so far");
        root.refuse("schema", expected);
    }
    let name = root.required("name");
    let seed = root.optional("seed").unwrap_or_default();
    let max_duration = root.required::<FriendlyDuration>("max_duration");
    let mean_from = root.optional("mean_from").unwrap_or_default();
    let runs = positive(root, "runs");
    let large: Option<Large> = root.optional("large");
    if large.is_some_and(|large| large.runs == 0) {
        root.refuse("large", "expected runs of 1 or more");
    }
    let herds = herds(root);
    let service_times = service_times(root);
    let tail = tail(root);
    let policies = Policies::read(root);
    let vms = vms(root);
    Some(Grid {
        name: name?,
        seed,
        max_duration: max_duration?.0,
        herds: herds?,
        mean_from,
        runs: runs?,
        large,
        service_times: service_times?,
        service_time_tail: tail?,
        vms: vms?,
        policies,
    })
}

fn positive(root: &mut Section, key: &str) -> Option<u32> {
    let number = root.required(key)?;
    if number == 0 {
        root.refuse(key, "expected 1 or more");
    }
    (number > 0).then_some(number)
}

fn herds(root: &mut Section) -> Option<Vec<u32>> {
    let herds: Vec<u32> = root.required("herds")?;
    let sound = !herds.is_empty() && herds.iter().all(|herd| (1..=MOST_SESSIONS).contains(herd));
    if !sound {
        let expected = format!("expected at least one herd, each of 1 to {MOST_SESSIONS} sessions");
        root.refuse("herds", expected);
    }
    sound.then_some(herds)
}

fn service_times(root: &mut Section) -> Option<Vec<Duration>> {
    let times: Vec<FriendlyDuration> = root.required("service_times")?;
    let possible = Duration::from_micros(1)..=Duration::from_mins(1);
    let sound = !times.is_empty() && times.iter().all(|time| possible.contains(&time.0));
    if !sound {
        root.refuse("service_times", "expected at least one, each of 1us to 1m");
    }
    sound.then(|| times.into_iter().map(|time| time.0).collect())
}

fn tail(root: &mut Section) -> Option<f64> {
    let tail = root.optional("service_time_tail").unwrap_or(1.0);
    let sound = (1.0..=60.0).contains(&tail);
    if !sound {
        root.refuse("service_time_tail", "expected a factor of 1 to 60");
    }
    sound.then_some(tail)
}

/// None, and a problem noted, if there is none or one cannot be read.
fn vms(root: &mut Section) -> Option<Vec<Vm>> {
    if root.lacks("vms") {
        root.refuse("vms", "expected at least one [[vms]]");
    }
    let sections = root.sections("vms");
    let announced = sections.len();
    let mut names = BTreeSet::new();
    let mut vms = Vec::new();
    for mut section in sections {
        let vm = vm(&mut section);
        if let Some(vm) = &vm
            && !names.insert(vm.name.clone())
        {
            section.refuse("name", "expected a name that no other VM has");
        }
        vms.extend(vm);
    }
    (announced > 0 && vms.len() == announced).then_some(vms)
}

fn vm(section: &mut Section) -> Option<Vm> {
    let name = section.required("name");
    let family = section.required("family");
    let down = section.optional::<FriendlyDuration>("down");
    let imds = section.section("imds").map(|mut imds| {
        if imds.has("latency") {
            imds.refuse("latency", "not here: the grid's service_times are played");
        }
        Config::read(&mut imds)
    });
    Some(Vm {
        name: name?,
        family: family?,
        down: down.unwrap_or_default().0,
        imds: imds.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        schema = 1
        name = "small"
        max_duration = "10m"
        runs = 3
        large = { from = 100, runs = 1 }
        mean_from = 50
        herds = [10, 100]
        service_times = ["20ms", "1s"]
        service_time_tail = 3
        [[vms]]
        name = "azure"
        family = "friendly"
        [[vms]]
        name = "charging"
        family = "charging"
        imds = { profile = "azure-charging" }
    "#;

    #[test]
    fn has_a_case_for_each_herd_service_time_and_vm_the_largest_first() {
        let cases = Grid::from_toml("g.toml", SMALL).expect("a grid").cases();
        assert_eq!(cases.len(), 8);
        let sizes: Vec<_> = cases
            .iter()
            .map(|case| (case.sessions, case.runs, case.in_mean))
            .collect();
        assert_eq!(sizes[..4], [(100, 1, true); 4]);
        assert_eq!(sizes[4..], [(10, 3, false); 4]);
    }

    #[test]
    fn lists_every_mistake_with_its_line() {
        let bad = SMALL
            .replace("schema = 1", "schema = 2")
            .replace("runs = 3", "runs = 0")
            .replace("[10, 100]", "[0]")
            .replace("\"1s\"", "\"2h\"")
            .replace("tail = 3", "tail = 0.5")
            .replace("\"azure-charging\"", "\"azure-charging\", latency = {}")
            .replace("name = \"charging\"", "nam = \"charging\"");
        let problems = Grid::from_toml("g.toml", &bad).expect_err("problems");
        let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 5, 8, 9, 10, 14, 15, 17], "{problems}");
    }

    #[test]
    fn what_would_play_nothing_is_refused() {
        let (head, _) = SMALL.split_once("[[vms]]").expect("VMs");
        let none_at_all = head.to_owned();
        let empty = format!("{head}vms = []");
        let no_runs = SMALL.replace("runs = 1 }", "runs = 0 }");
        for (text, expected) in [
            (none_at_all, "vms: expected at least one [[vms]]"),
            (empty, "vms: expected at least one [[vms]]"),
            (no_runs, "large: expected runs of 1 or more"),
        ] {
            let problems = Grid::from_toml("g.toml", &text).expect_err("problems");
            assert!(problems.to_string().ends_with(expected), "{problems}");
        }
    }

    #[test]
    fn the_built_in_grid_is_sound() {
        let grid = Grid::from_toml("grid.toml", Grid::BUILT_IN).expect("a grid");
        assert!(!grid.cases().is_empty());
    }
}
