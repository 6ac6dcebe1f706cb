//! The `[processor]` of a scenario, and the `costs` of its groups.

use std::collections::BTreeSet;
use std::time::Duration;

use imds_emulator::document::{FriendlyDuration, Section};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::scenario::processor::{Cores, Costs, PowerShell, Work};
use crate::scenario::script::{Pause, StepKind, Task};

/// The most that one step may cost.
const MOST: Duration = Duration::from_hours(24);

/// `[processor]`, as it is read before the groups.
pub(super) struct Shared<'t> {
    section: Section<'t>,
    pub(super) cores: Option<Cores>,
    /// What steps cost in all groups.
    costs: Vec<(Work, Pause)>,
    /// The costs that a group has made use of.
    used: BTreeSet<Work>,
}

/// What a group says of its sessions' code.
enum Loaded {
    /// Nothing: a session begins with the import.
    Nothing,
    /// Its modules.
    Modules,
    /// Its modules and all that a connect needs.
    Connect,
}

impl<'t> Shared<'t> {
    /// Reads the table, if there is one.
    pub(super) fn read(root: &mut Section<'t>) -> Option<Self> {
        let mut section = root.section("processor")?;
        let count: Option<f64> = section.required("cores");
        let cores = count.and_then(Cores::of);
        if count.is_some() && cores.is_none() {
            section.refuse("cores", "expected 0.1 to 1024");
        }
        let costs = section.section("costs");
        let costs = costs.map_or(vec![], |mut costs| read_costs(&mut costs));
        Some(Self {
            section,
            cores,
            costs,
            used: BTreeSet::new(),
        })
    }

    /// Whether loading costs something in all groups.
    fn loading_costs(&self) -> bool {
        let loading = |(work, _): &(Work, Pause)| matches!(work, Work::Import | Work::FirstConnect);
        self.costs.iter().any(loading)
    }

    /// Refuses costs that no group has a use for.
    pub(super) fn finish(self, complete: bool) -> Option<Cores> {
        let unused = self
            .costs
            .iter()
            .filter(|(work, _)| !self.used.contains(work));
        for (work, _) in unused.filter(|_| complete) {
            let name = work.name();
            self.section.refuse(
                "costs",
                format_args!("expected no {name}: no group has a use for it"),
            );
        }
        self.cores
    }
}

/// The costs of a group: its own, else those of all groups, else what was measured of its client.
pub(super) fn of_group(
    group: &mut Section,
    shared: Option<&mut Shared>,
    powershell: Option<PowerShell>,
    script: Option<&[Task]>,
) -> Costs {
    let Some(shared) = shared else {
        refuse_without_cores(group);
        return Costs::default();
    };
    if group.has("startup") {
        group.refuse(
            "startup",
            "expected costs = { import = … } in its place beside [processor]",
        );
    }
    let loaded = read_loaded(group);
    if !matches!(loaded, Loaded::Nothing) && powershell.is_none() && !shared.loading_costs() {
        group.refuse(
            "loaded",
            "expected sessions whose import or first connect costs anything",
        );
    }
    let section = group.section("costs");
    let own = section.map_or(vec![], |mut costs| read_costs(&mut costs));
    let Some(script) = script else {
        return Costs::default();
    };
    let useful = |work: Work| is_useful(work, script, &loaded);
    refuse_without_use(group, &own, useful);
    let mut costs = Costs::of_sessions(useful);
    costs.set_powershell(powershell);
    let of_all = shared.costs.iter().filter(|(work, _)| useful(*work));
    for (work, length) in of_all {
        shared.used.insert(*work);
        costs.set(*work, *length);
    }
    for (work, length) in own {
        costs.set(work, length);
    }
    costs
}

fn refuse_without_cores(group: &mut Section) {
    for key in ["costs", "loaded"] {
        if group.has(key) {
            let expected = "expected [processor] beside it: without cores nothing costs anything";
            group.refuse(key, expected);
            group.optional::<IgnoredAny>(key);
        }
    }
}

fn refuse_without_use(group: &Section, costs: &[(Work, Pause)], useful: impl Fn(Work) -> bool) {
    for (work, _) in costs.iter().filter(|(work, _)| !useful(*work)) {
        let name = work.name();
        let expected = format_args!("expected no {name}: no session of the group does that");
        group.refuse("costs", expected);
    }
}

fn read_loaded(group: &mut Section) -> Loaded {
    match group.optional::<String>("loaded").as_deref() {
        None => Loaded::Nothing,
        Some("modules") => Loaded::Modules,
        Some("connect") => Loaded::Connect,
        Some(_) => {
            group.refuse("loaded", "expected \"modules\" or \"connect\"");
            Loaded::Nothing
        }
    }
}

fn read_costs(section: &mut Section) -> Vec<(Work, Pause)> {
    let read = |work: Work| Some((work, read_cost(section, work.name())?));
    Work::ALL.into_iter().filter_map(read).collect()
}

/// One length of time, or the least and the most.
fn read_cost(section: &mut Section, key: &str) -> Option<Pause> {
    let [min, max] = match section.optional(key)? {
        Written::One(length) => [length.0; 2],
        Written::Between([min, max]) => [min.0, max.0],
    };
    if min > max {
        section.refuse(key, "expected the shorter time first");
    }
    if max > MOST {
        section.refuse(key, "expected a day at most");
    }
    Some(Pause { min, max })
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a length of time, such as \"100ms\", or two: the least and the most"
)]
enum Written {
    One(FriendlyDuration),
    Between([FriendlyDuration; 2]),
}

/// Whether sessions with this script do that.
fn is_useful(work: Work, script: &[Task], loaded: &Loaded) -> bool {
    let has = |kind| Task::kinds(script).contains(&kind);
    match (work, loaded) {
        (Work::FurtherToken, _) => asks_for_tokens(script),
        (Work::Import, Loaded::Nothing) => true,
        (Work::FirstConnect, Loaded::Nothing | Loaded::Modules) => has(StepKind::Connect),
        (Work::Import | Work::FirstConnect, _) => false,
        (Work::Step(kind), _) => has(kind),
    }
}

fn asks_for_tokens(script: &[Task]) -> bool {
    let for_tokens = [
        StepKind::Connect,
        StepKind::SetContext,
        StepKind::ListResources,
        StepKind::Refresh,
    ];
    let kinds = Task::kinds(script);
    kinds.iter().any(|kind| for_tokens.contains(kind))
}
